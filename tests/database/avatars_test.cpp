// Avatars that were uploaded: who may, what is kept, and for how long.
#include "database_fixture.hpp"
#include "domain/image.hpp"
#include "persistence/sql/hex.hpp"
#include "persistence/verify.hpp"

namespace {

using namespace chatmesh;
using namespace chatmesh::persistence;
using namespace chatmesh::persistence::test;
using domain::entity;

class Avatars : public database_test {
protected:
  static set_avatar avatar(const domain::id& of, const secret_hash& hash) {
    set_avatar command;
    command.employee = of;
    command.image = new_image{hash, "image/png", "cGl4ZWxz"};
    command.url = url_of(hash);
    return command;
  }
  static std::string url_of(const secret_hash& hash) {
    return "https://chat.example" + std::string{domain::images_path} +
           domain::image_name(to_hex(hash), domain::image_format::png);
  }
  void upload(const person& who, const secret_hash& hash) { write(who.as_member(), avatar(who.employee, hash)); }

  domain::optional_text url(const person& who) { return reads->find_employee(who.company, who.employee)->avatar_url; }

  // What a day later is left, of images whose release was noted.
  std::uint64_t prune() {
    tamper("UPDATE images SET released_at = 1 WHERE released_at IS NOT NULL");
    return write(anonymous{}, prune_log{}).removed;
  }

  person ann = sign_up_as("Ann", "ann@example.org");
  person bob = hire(ann, "bob");
  secret_hash one = fresh_hash(), two = fresh_hash();
};

}  // namespace

TEST_F(Avatars, AreSetInOneEventAndFoundByTheirHash) {
  told.forget();
  const auto done = write(bob.as_member(), avatar(bob.employee, one));
  EXPECT_EQ(parse(done.body).at("avatar_url"), url_of(one));
  EXPECT_EQ(parse(done.body), domain::to_json(*reads->find_employee(bob.company, bob.employee)));
  EXPECT_EQ(told_types(), std::vector<std::string>{"employee.updated"});
  const auto found = reads->find_image(one);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->content_type, "image/png");
  EXPECT_EQ(found->base64, "cGl4ZWxz");
  EXPECT_FALSE(reads->find_image(two));

  told.forget();
  const auto again = write(bob.as_member(), avatar(bob.employee, one));
  EXPECT_EQ(parse(again.body), parse(done.body));
  EXPECT_FALSE(again.cursor);
  EXPECT_TRUE(told_types().empty());

  const auto reset = write(bob.as_member(), set_avatar{bob.employee, {}, {}});
  EXPECT_TRUE(parse(reset.body).at("avatar_url").is_null());
  EXPECT_TRUE(reset.cursor);
  EXPECT_FALSE(write(bob.as_member(), set_avatar{bob.employee, {}, {}}).cursor);
}

TEST_F(Avatars, AreForWhoMayWriteTheProfile) {
  const person adam = hire(ann, "adam", domain::role::admin);
  EXPECT_EQ(why(bob.as_member(), avatar(adam.employee, one)), refusal::forbidden);
  EXPECT_EQ(why(adam.as_member(), avatar(ann.employee, one)), refusal::forbidden);
  EXPECT_EQ(why(bob.as_member(), set_avatar{ann.employee, {}, {}}), refusal::forbidden);
  EXPECT_EQ(why(bob.as_member(), avatar(domain::id::make(), one)), refusal::not_found);
  EXPECT_FALSE(reads->find_image(one)) << "a refused one leaves nothing";
  write(adam.as_member(), avatar(bob.employee, one));
  write(ann.as_member(), avatar(ann.employee, two));
  EXPECT_EQ(url(bob), url_of(one));
  EXPECT_EQ(url(ann), url_of(two)) << "the last owner, too";
}

TEST_F(Avatars, GoByTheVersion) {
  auto wanted = request(bob.as_member(), avatar(bob.employee, one));
  wanted.if_match = 99;
  EXPECT_EQ(expect_refused(run(wanted)).why, refusal::version_mismatch);
  auto faulty = avatar(bob.employee, one);
  faulty.faults = {{"", "invalid_value", "no image"}};
  EXPECT_EQ(refusal_of(bob.as_member(), faulty).faults, faulty.faults);
  EXPECT_FALSE(reads->find_image(one));
}

TEST_F(Avatars, GoOnceNobodyHasThem) {
  upload(bob, one);
  EXPECT_EQ(prune(), 0U);
  upload(bob, two);
  EXPECT_EQ(write(anonymous{}, prune_log{}).removed, 0U) << "pages may still show it";
  EXPECT_TRUE(reads->find_image(one));
  EXPECT_EQ(prune(), 1U);
  EXPECT_FALSE(reads->find_image(one));
  EXPECT_TRUE(reads->find_image(two));
  write(bob.as_member(), patch(entity::employee, bob.employee, R"({"avatar_url":"https://elsewhere.example/b.png"})"));
  EXPECT_EQ(prune(), 1U);
  EXPECT_FALSE(reads->find_image(two));
}

TEST_F(Avatars, StayWhereAMessageShowsThem) {
  const auto cleo = add_customer(ann, "Cleo");
  upload(bob, one);
  add_message(bob, cleo, "signed with it");
  upload(bob, two);
  EXPECT_EQ(prune(), 0U);
  EXPECT_TRUE(reads->find_image(one));
  write(bob.as_member(), set_avatar{bob.employee, {}, {}});
  add_message(bob, cleo, "signed with none");
  EXPECT_EQ(prune(), 1U) << "no message was signed with the second";
}

TEST_F(Avatars, ComeBackWithTheirAddress) {
  upload(bob, one);
  upload(bob, two);
  const std::string back = R"({"avatar_url":")" + url_of(one) + "\"}";
  write(bob.as_member(), patch(entity::employee, bob.employee, back));
  EXPECT_EQ(prune(), 1U);
  EXPECT_TRUE(reads->find_image(one));
  EXPECT_FALSE(reads->find_image(two));
  upload(bob, two);
  upload(bob, one);
  EXPECT_EQ(prune(), 1U);
  EXPECT_EQ(url(bob), url_of(one));
  EXPECT_TRUE(reads->find_image(one));
}

TEST_F(Avatars, OfTwoWithTheSameImageGoOneByOne) {
  upload(ann, one);
  upload(bob, one);
  write(ann.as_member(), set_avatar{ann.employee, {}, {}});
  EXPECT_EQ(prune(), 1U);
  EXPECT_TRUE(reads->find_image(one));
  EXPECT_EQ(url(bob), url_of(one));
}

TEST_F(Avatars, StayWithWhoIsRemovedAndGoWithTheCompany) {
  upload(bob, one);
  write(ann.as_member(), delete_object{entity::employee, bob.employee});
  EXPECT_EQ(prune(), 0U);
  EXPECT_TRUE(reads->find_image(one)) << "notes show who wrote them";
  const auto print = [](const std::string&) {};
  EXPECT_EQ(verify(config, {}, print).faults, 0U);
  write(ann.as_member(), delete_object{entity::company, ann.company});
  EXPECT_FALSE(reads->find_image(one));
  tamper("UPDATE companies SET deleted_at = 1");
  while (prune() > 0) {
  }
  session db{config};
  statement count{db.handle(), select("COUNT(*)", "FROM images")};
  EXPECT_EQ(count.one([](row& r) { return r.number(); }), 0);
}
