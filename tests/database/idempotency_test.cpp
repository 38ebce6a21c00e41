// Idempotency-Key: the same request once, whatever happens in between.
#include "database_fixture.hpp"

namespace {

using namespace chatmesh;
using namespace chatmesh::persistence;
using namespace chatmesh::persistence::test;
using domain::entity;

class Idempotency : public database_test {
protected:
  person ann = sign_up_as("Ann", "ann@example.org");

  static write_request keyed(principal who, command what, const std::string& key, const secret_hash& hash) {
    write_request r = request(std::move(who), std::move(what));
    r.key = idempotency{key, hash};
    return r;
  }

  const secret_hash post = fresh_hash();
  const create_customer cleo = customer_named("Cleo");
};

TEST_F(Idempotency, ARepeatGetsTheFirstAnswerAndMakesNoSecondEvent) {
  const written first = expect_written(run(keyed(ann.as_member(), cleo, "k", post)));
  EXPECT_FALSE(first.replayed);
  told.forget();
  const written again = expect_written(run(keyed(ann.as_member(), cleo, "k", post)));
  EXPECT_TRUE(again.replayed);
  EXPECT_EQ(again.body, first.body);
  EXPECT_EQ(again.etag, first.etag);
  EXPECT_EQ(again.cursor, first.cursor);
  EXPECT_TRUE(told.changes().empty());
  EXPECT_EQ(reads->count_customers(ann.company), 1U);
}

TEST_F(Idempotency, OutlivesARestart) {
  const written first = expect_written(run(keyed(ann.as_member(), cleo, "k", post)));
  restart_writer();
  EXPECT_EQ(expect_written(run(keyed(ann.as_member(), cleo, "k", post))).body, first.body);
}

TEST_F(Idempotency, AnotherRequestUnderTheSameKeyIsRefused) {
  expect_written(run(keyed(ann.as_member(), cleo, "k", post)));
  EXPECT_EQ(expect_refused(run(keyed(ann.as_member(), cleo, "k", fresh_hash()))).why, refusal::idempotency_mismatch);
  EXPECT_FALSE(expect_written(run(keyed(ann.as_member(), cleo, "other", post))).replayed);
}

TEST_F(Idempotency, KeysBelongToTheirAuthor) {
  const person bob = hire(ann, "bob");
  const written first = expect_written(run(keyed(ann.as_member(), cleo, "k", post)));
  const written second = expect_written(run(keyed(bob.as_member(), cleo, "k", post)));
  EXPECT_FALSE(second.replayed);
  EXPECT_NE(second.body, first.body);
}

TEST_F(Idempotency, ARefusedRequestIsNotKept) {
  domain::customer_fields fields = customer_fields_of("Cleo");
  fields.assigned_employee_id = domain::id::make();
  EXPECT_EQ(expect_refused(run(keyed(ann.as_member(), create_customer{fields}, "k", post))).why, refusal::invalid);
  EXPECT_FALSE(expect_written(run(keyed(ann.as_member(), cleo, "k", fresh_hash()))).replayed);
}

TEST_F(Idempotency, AuthorityIsCheckedBeforeAReplay) {
  const person adam = hire(ann, "adam", domain::role::admin);
  const create_employee wanted = employee_named("x", "x@example.org");
  expect_written(run(keyed(adam.as_member(), wanted, "k", post)));
  EXPECT_TRUE(expect_written(run(keyed(adam.as_member(), wanted, "k", post))).replayed);
  write(ann.as_member(), patch(entity::employee, adam.employee, R"({"role":"agent"})"));
  EXPECT_EQ(expect_refused(run(keyed(adam.as_member(), wanted, "k", post))).why, refusal::forbidden);
  write(ann.as_member(), delete_object{entity::employee, adam.employee});
  EXPECT_EQ(expect_refused(run(keyed(adam.as_member(), cleo, "k", post))).why, refusal::not_found);
}

TEST_F(Idempotency, HoldsForCompaniesNotesAndMessages) {
  const auto customer = add_customer(ann, "Cleo");
  const visit vic = open_widget(ann, "Vic");
  const std::pair<principal, command> all[] = {{ann.as_user(), create_company{{"Second", {}}}},
                                               {ann.as_member(), create_note{{customer, "n", false}}},
                                               {ann.as_member(), create_message{{customer, "m"}}},
                                               {vic.who, create_message{{{}, "m"}}}};
  int key = 0;
  for (const auto& [who, what] : all) {
    const std::string name = std::to_string(++key);
    const written first = expect_written(run(keyed(who, what, name, post)));
    const written again = expect_written(run(keyed(who, what, name, post)));
    EXPECT_TRUE(again.replayed);
    EXPECT_EQ(again.body, first.body);
  }
}

TEST_F(Idempotency, IsKeptForADay) {
  const auto age = [&](std::chrono::minutes by) {
    tamper("UPDATE idempotency SET created_at = :at", reads->now() - by);
  };
  expect_written(run(keyed(ann.as_member(), cleo, "k", post)));
  age(std::chrono::hours{24} - std::chrono::minutes{5});
  EXPECT_TRUE(expect_written(run(keyed(ann.as_member(), cleo, "k", post))).replayed);
  age(std::chrono::hours{24});
  EXPECT_FALSE(expect_written(run(keyed(ann.as_member(), cleo, "k", post))).replayed);
  EXPECT_TRUE(expect_written(run(keyed(ann.as_member(), cleo, "k", post))).replayed) << "the new one is kept in turn";
}

TEST_F(Idempotency, IsPrunedAfterADay) {
  expect_written(run(keyed(ann.as_member(), cleo, "k", post)));
  EXPECT_EQ(write(anonymous{}, prune_log{}).removed, 0U);
  tamper("UPDATE idempotency SET created_at = 0");
  EXPECT_EQ(write(anonymous{}, prune_log{}).removed, 1U);
  EXPECT_EQ(write(anonymous{}, prune_log{}).removed, 0U);
}

}  // namespace
