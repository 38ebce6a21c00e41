// What API tokens may write, and how it is told.
#include "database_fixture.hpp"

namespace {

using namespace chatmesh;
using namespace chatmesh::persistence;
using namespace chatmesh::persistence::test;
using domain::entity;
using domain::role;

class WriteApiTokens : public database_test {
protected:
  struct key {
    domain::id id;
    token_principal who;
  };
  key make_token(const person& by, role of, const std::string& name = "Importer") {
    const create_api_token command{{name, of}, fresh_hash()};
    return {id_of(parse(write(by.as_member(), command).body)), {by.company, command.token}};
  }

  person ann = sign_up_as("Ann", "ann@example.org");
};

TEST_F(WriteApiTokens, MakeNoEvent) {
  const auto before = head(ann);
  const key made = make_token(ann, role::admin);
  EXPECT_EQ(head(ann), before);
  const auto kept = reads->find_api_token(ann.company, made.id);
  ASSERT_TRUE(kept);
  EXPECT_EQ(kept->name, "Importer");
  EXPECT_EQ(kept->role, role::admin);
  EXPECT_FALSE(kept->last_used_at);
}

TEST_F(WriteApiTokens, ActAsThemselvesAndSignAsWhoMadeThem) {
  const key agent = make_token(ann, role::agent);
  const auto customer = add_customer(ann, "Cleo");
  told.forget();
  const auto note = parse(write(agent.who, create_note{{customer, "n", false}}).body);
  EXPECT_EQ(note.at("author").at("id"), ann.employee.to_string());
  EXPECT_EQ(note.at("author").at("role"), "owner") << "the signer is told as they are";
  const auto by = told.changes().front().by;
  EXPECT_EQ(by.kind, domain::author_kind::token);
  EXPECT_EQ(by.id, agent.id);
  EXPECT_EQ(by.name, "Importer");
  EXPECT_EQ(reads->find_note(ann.company, id_of(note))->author.role, role::owner);
}

TEST_F(WriteApiTokens, HaveTheirOwnRole) {
  const key agent = make_token(ann, role::agent), admin = make_token(ann, role::admin);
  EXPECT_EQ(why(agent.who, patch(entity::company, ann.company, R"({"name":"x"})")), refusal::forbidden);
  EXPECT_EQ(why(admin.who, delete_object{entity::company, ann.company}), refusal::forbidden);
  write(admin.who, patch(entity::company, ann.company, R"({"name":"x"})"));
  EXPECT_EQ(why(agent.who, patch(entity::employee, ann.employee, R"({"title":"x"})")), refusal::forbidden);
  EXPECT_EQ(why(agent.who, create_api_token{{"x", role::agent}, fresh_hash()}), refusal::forbidden);
  EXPECT_EQ(why(admin.who, create_api_token{{"x", role::owner}, fresh_hash()}), refusal::forbidden);
}

TEST_F(WriteApiTokens, HaveNoMorePowerThanWhoMadeThemHasNow) {
  const person bob = hire(ann, "Bob", role::owner);
  const key power = make_token(bob, role::owner);
  const create_api_token another{{"x", role::owner}, fresh_hash()};
  EXPECT_EQ(effective_role(*reads->find_api_token(power.who.token)), role::owner);
  write(ann.as_member(), patch(entity::employee, bob.employee, R"({"role":"admin"})"));
  EXPECT_EQ(why(power.who, another), refusal::forbidden);
  write(power.who, patch(entity::company, ann.company, R"({"name":"x"})"));
  write(ann.as_member(), patch(entity::employee, bob.employee, R"({"role":"agent"})"));
  EXPECT_EQ(why(power.who, patch(entity::company, ann.company, R"({"name":"y"})")), refusal::forbidden);
  EXPECT_EQ(effective_role(*reads->find_api_token(power.who.token)), role::agent);
  EXPECT_EQ(reads->find_api_token(ann.company, power.id)->role, role::owner) << "what it was given";
  write(ann.as_member(), patch(entity::employee, bob.employee, R"({"role":"owner"})"));
  write(power.who, another);
}

TEST_F(WriteApiTokens, EndWithTheMembershipOfWhoMadeThem) {
  const person bob = hire(ann, "Bob", role::owner);
  const key first = make_token(bob, role::owner), second = make_token(bob, role::agent);
  const key other = make_token(ann, role::agent);
  told.forget();
  write(ann.as_member(), delete_object{entity::employee, bob.employee});
  for (const key& gone : {first, second}) {
    EXPECT_EQ(why(gone.who, customer_named("x")), refusal::unauthenticated);
    EXPECT_FALSE(reads->find_api_token(gone.who.token));
    EXPECT_FALSE(reads->api_token_is_live(gone.id));
  }
  ASSERT_EQ(told.ends().size(), 2U);
  EXPECT_EQ(told.ends().back().authority, 2U);
  EXPECT_EQ(told.changes().back().authority, 2U) << "whoever delivers the removal learns of the ends first";
  EXPECT_EQ(reads->ended_sessions(ann.company, 0).size(), 2U);
  write(other.who, customer_named("x"));
}

TEST_F(WriteApiTokens, OfSomeoneRemovedBeforeThisWasSoAreNone) {
  const person bob = hire(ann, "Bob", role::owner);
  const key power = make_token(bob, role::owner);
  tamper("UPDATE employees SET status = 'removed' WHERE id = :id", bob.employee);
  EXPECT_EQ(why(power.who, customer_named("x")), refusal::unauthenticated);
  EXPECT_FALSE(reads->find_api_token(power.who.token));
}

TEST_F(WriteApiTokens, KeepTheirOwnIdempotencyKeys) {
  const key first = make_token(ann, role::agent), second = make_token(ann, role::agent);
  const secret_hash post = fresh_hash();
  const auto create = [&](const token_principal& who) {
    write_request wanted = request(who, customer_named("Cleo"));
    wanted.key = idempotency{"k", post};
    return expect_written(run(wanted));
  };
  EXPECT_FALSE(create(first.who).replayed);
  EXPECT_TRUE(create(first.who).replayed);
  EXPECT_FALSE(create(second.who).replayed);
}

TEST_F(WriteApiTokens, EndAtOnceAndRaiseTheAuthority) {
  const key gone = make_token(ann, role::agent);
  told.forget();
  write(ann.as_member(), revoke_api_token{gone.id});
  EXPECT_EQ(why(gone.who, customer_named("x")), refusal::unauthenticated);
  EXPECT_FALSE(reads->find_api_token(gone.who.token));
  EXPECT_FALSE(reads->api_token_is_live(gone.id));
  ASSERT_EQ(told.ends().size(), 1U);
  EXPECT_EQ(told.ends().front().authority, 1U);
  EXPECT_EQ(told.ends().front().sessions, std::vector{gone.id});
  EXPECT_EQ(reads->ended_sessions(ann.company, 0), std::vector{gone.id});
  EXPECT_EQ(why(ann.as_member(), revoke_api_token{gone.id}), refusal::not_found);
}

TEST_F(WriteApiTokens, AreOfOneCompany) {
  const person eve = sign_up_as("Eve", "eve@example.org", "Other");
  const key anns = make_token(ann, role::owner);
  EXPECT_EQ(why(token_principal{eve.company, anns.who.token}, customer_named("x")), refusal::not_found);
  EXPECT_EQ(why(eve.as_member(), revoke_api_token{anns.id}), refusal::not_found);
  EXPECT_FALSE(reads->find_api_token(eve.company, anns.id));
  EXPECT_TRUE(reads->list_api_tokens(eve.company, {}).items.empty());
}

TEST_F(WriteApiTokens, NoteTheirUseOnceAMinute) {
  const key used = make_token(ann, role::agent);
  const auto last_used = [&] { return reads->find_api_token(ann.company, used.id)->last_used_at; };
  write(anonymous{}, use_api_token{used.id});
  const auto first = last_used();
  ASSERT_TRUE(first);
  write(used.who, customer_named("x"));
  EXPECT_EQ(last_used(), first);
  tamper("UPDATE api_tokens SET last_used_at = :at", *first - last_use_precision - std::chrono::seconds{1});
  write(used.who, customer_named("x"));
  EXPECT_GE(last_used(), first);
}

TEST_F(WriteApiTokens, GoWithTheirCompany) {
  const key kept = make_token(ann, role::owner);
  write(kept.who, delete_object{entity::company, ann.company});
  EXPECT_FALSE(reads->find_api_token(kept.who.token));
  EXPECT_FALSE(reads->api_token_is_live(kept.id));
  EXPECT_EQ(why(kept.who, customer_named("x")), refusal::unauthenticated);
  tamper("UPDATE companies SET deleted_at = 1 WHERE deleted_at IS NOT NULL");
  while (write(anonymous{}, prune_log{}).removed > 0) {
  }
  session db{config};
  EXPECT_EQ(statement(db.handle(), select("COUNT(*)", "FROM api_tokens")).one([](row& r) { return r.number(); }), 0);
}

}  // namespace
