// How far employees have read: marks that only move forward, of one employee each.
#include "database_fixture.hpp"
#include "persistence/verify.hpp"

namespace {

using namespace chatmesh;
using namespace chatmesh::persistence;
using namespace chatmesh::persistence::test;
using domain::entity;

class Reads : public database_test {
protected:
  domain::json mark(const person& who, const domain::id& customer, const domain::id& message) {
    return parse(write(who.as_member(), mark_read{customer, message}).body);
  }

  std::optional<domain::read_mark> mark_of(const person& who) {
    const auto page = reads->list_reads(who.company, who.employee, {}, {});
    EXPECT_LE(page.items.size(), 1U);
    return page.items.empty() ? std::nullopt : std::optional{page.items.front()};
  }

  // The place in the list of faults, and what is wrong there.
  domain::faults faults_of(const domain::id& customer, const domain::id& message) {
    return refusal_of(ann.as_member(), mark_read{customer, message}).faults;
  }

  person ann = sign_up_as("Ann", "ann@example.org");
  person bob = hire(ann, "bob");
  domain::id cleo = add_customer(ann, "Cleo");
  domain::id first = add_message(ann, cleo, "1"), second = add_message(ann, cleo, "2");
};

}  // namespace

TEST_F(Reads, MoveForwardOnly) {
  told.forget();
  const auto made = mark(ann, cleo, first);
  EXPECT_EQ(made.at("version"), 1);
  EXPECT_EQ(made.at("employee_id"), ann.employee.to_string());
  EXPECT_EQ(made.at("customer_id"), cleo.to_string());
  EXPECT_EQ(made.at("message_id"), first.to_string());
  const auto moved = mark(ann, cleo, second);
  EXPECT_EQ(moved.at("id"), made.at("id"));
  EXPECT_EQ(moved.at("version"), 2);
  EXPECT_EQ(moved.at("message_id"), second.to_string());
  EXPECT_EQ(told_types(), (std::vector<std::string>{"read.created", "read.updated"}));

  told.forget();
  const auto before = head(ann);
  for (const auto& message : {second, first}) {
    const auto answer = write(ann.as_member(), mark_read{cleo, message});
    EXPECT_EQ(parse(answer.body), moved) << "as it is";
    EXPECT_FALSE(answer.cursor);
  }
  EXPECT_TRUE(told_types().empty());
  EXPECT_EQ(head(ann), before);
}

TEST_F(Reads, AreEachEmployeesOwn) {
  mark(ann, cleo, second);
  EXPECT_FALSE(mark_of(bob));
  mark(bob, cleo, first);
  EXPECT_EQ(mark_of(ann)->message_id, second);
  EXPECT_EQ(mark_of(bob)->message_id, first);
  const auto other = add_customer(ann, "Dora");
  EXPECT_EQ(reads->reads_of(bob.company, bob.employee, {cleo, other}).size(), 1U);
  EXPECT_TRUE(reads->reads_of(bob.company, bob.employee, {other}).empty());
}

TEST_F(Reads, NeedAMessageOfThatCustomer) {
  const auto dora = add_customer(ann, "Dora");
  const auto hers = add_message(ann, dora, "x");
  const domain::faults wrong{{"/message_id", "not_found", "no such message of this customer"}};
  EXPECT_EQ(faults_of(cleo, hers), wrong);
  EXPECT_EQ(faults_of(cleo, domain::id::make()), wrong);
  EXPECT_EQ(faults_of(cleo, cleo), wrong);
  const auto eve = sign_up_as("Eve", "eve@example.org", "Other");
  const auto theirs = add_message(eve, add_customer(eve, "Finn"), "x");
  EXPECT_EQ(faults_of(cleo, theirs), wrong);
  EXPECT_EQ(why(ann.as_member(), mark_read{domain::id::make(), first}), refusal::not_found);
  EXPECT_EQ(why(eve.as_member(), mark_read{cleo, first}), refusal::not_found);
  EXPECT_FALSE(mark_of(ann));
}

TEST_F(Reads, AreNothingThatAProgramOrACustomerHas) {
  create_api_token make;
  make.fields = {"ci", domain::role::owner};
  make.token = fresh_hash();
  write(ann.as_member(), make);
  EXPECT_EQ(why(token_principal{ann.company, make.token}, mark_read{cleo, first}), refusal::no_employee);
  const auto guest = open_widget(ann);
  EXPECT_EQ(why(guest.who, mark_read{cleo, first}), refusal::unauthenticated);
}

TEST_F(Reads, StayWhenTheirMessageGoesAndGoWithTheirCustomer) {
  mark(ann, cleo, second);
  write(ann.as_member(), delete_object{entity::message, second});
  EXPECT_EQ(mark_of(ann)->message_id, second);
  mark(ann, cleo, first);
  EXPECT_EQ(mark_of(ann)->message_id, second);
  const auto third = add_message(ann, cleo, "3");
  mark(ann, cleo, third);
  EXPECT_EQ(mark_of(ann)->message_id, third);
  told.forget();
  write(ann.as_member(), delete_object{entity::customer, cleo});
  EXPECT_EQ(told_types(), std::vector<std::string>{"customer.deleted"});
  EXPECT_FALSE(mark_of(ann));
}

TEST_F(Reads, ArePagedByCustomer) {
  std::vector<domain::id> customers{cleo};
  mark(ann, cleo, first);
  for (int i = 0; i < 6; ++i) {
    customers.push_back(add_customer(ann, "c"));
    mark(ann, customers.back(), add_message(ann, customers.back(), "x"));
  }
  std::vector<domain::id> seen;
  page_request request{3, {}};
  do {
    const auto page = reads->list_reads(ann.company, ann.employee, {}, request);
    for (const auto& each : page.items)
      seen.push_back(each.customer_id);
    request.after = page.next;
  } while (request.after);
  EXPECT_EQ(seen, (std::vector<domain::id>{customers.rbegin(), customers.rend()}));
  EXPECT_EQ(reads->list_reads(ann.company, ann.employee, cleo, {}).items.size(), 1U);
  EXPECT_TRUE(reads->list_reads(ann.company, ann.employee, domain::id{}, {}).items.empty());
  EXPECT_THROW(reads->list_reads(ann.company, ann.employee, {}, {3, "x"}), domain::malformed);
  write(ann.as_member(), delete_object{entity::company, ann.company});
  EXPECT_TRUE(reads->list_reads(ann.company, ann.employee, {}, {}).items.empty());
}

TEST_F(Reads, AreInTheChainAndNotInTheAuditTrail) {
  mark(ann, cleo, first);
  mark(bob, cleo, first);
  mark(ann, cleo, second);
  const auto last = add_message(bob, cleo, "3");
  const auto trail = reads->list_audit(ann.company, {}, {});
  ASSERT_FALSE(trail.items.empty());
  EXPECT_EQ(trail.items.front().change.object_id, last);
  for (const auto& each : trail.items)
    EXPECT_NE(each.change.entity, entity::read);
  std::string lines;
  const auto print = [&](const std::string& line) { lines += line + "\n"; };
  EXPECT_EQ(verify(config, {}, print).faults, 0U) << lines;
  tamper("UPDATE reads SET message_id = :message WHERE employee_id = :employee", second, bob.employee);
  EXPECT_EQ(verify(config, {}, print).faults, 1U) << lines;
}

TEST_F(Reads, AreErasedWithTheirCompany) {
  mark(ann, cleo, first);
  write(ann.as_member(), delete_object{entity::company, ann.company});
  tamper("UPDATE companies SET deleted_at = 1");
  std::uint64_t removed = 0;
  do
    removed = write(anonymous{}, prune_log{}).removed;
  while (removed > 0);
  session db{config};
  statement count{db.handle(), select("COUNT(*)", "FROM reads")};
  EXPECT_EQ(count.one([](row& r) { return r.number(); }), 0);
}
