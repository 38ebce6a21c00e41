// Commands of one transaction see what those before them did, whatever was looked up for all of them beforehand.
#include "database_fixture.hpp"

#include <span>

namespace {

using namespace chatmesh;
using namespace chatmesh::persistence;
using namespace chatmesh::persistence::test;
using domain::entity;

class OneBatch : public database_test {
protected:
  // All of them wait before the first runs, so that one transaction takes them.
  std::vector<write_outcome> together(std::vector<write_request> requests) {
    gate entered, go;
    std::vector<std::promise<write_outcome>> answers(requests.size());
    queue().submit(request(anonymous{}, probe_database{}), [&](const write_outcome&) {
      entered.open();
      go.wait();
    });
    entered.wait();
    for (std::size_t i = 0; i < requests.size(); ++i)
      queue().submit(std::move(requests[i]),
                     [&to = answers[i]](write_outcome outcome) { to.set_value(std::move(outcome)); });
    go.open();
    std::vector<write_outcome> outcomes;
    for (auto& each : answers)
      outcomes.push_back(each.get_future().get());
    return outcomes;
  }

  static token_principal by_token(const person& who) { return {who.company, who.token}; }

  static refusal why(const write_outcome& outcome) { return std::get<refused>(outcome).why; }
  static domain::json body(const write_outcome& outcome) { return parse(std::get<written>(outcome).body); }

  person ann = sign_up_as("Ann", "ann@example.org");
  domain::id customer = add_customer(ann, "Cleo");
};

TEST_F(OneBatch, AnObjectThatChangesTwiceKeepsBothChanges) {
  const auto outcomes = together({request(by_token(ann), patch(entity::customer, customer, R"({"name":"Cleopatra"})")),
                                  request(by_token(ann), patch(entity::customer, customer, R"({"phone":"1"})"))});
  EXPECT_EQ(body(outcomes[1]).at("name"), "Cleopatra");
  EXPECT_EQ(body(outcomes[1]).at("version"), 3);
  EXPECT_EQ(reads->find_customer(ann.company, customer)->name, "Cleopatra");
}

TEST_F(OneBatch, ARepeatedKeyMakesOne) {
  std::vector<write_request> twice;
  for (int i = 0; i < 2; ++i) {
    twice.push_back(request(by_token(ann), customer_named("once")));
    twice.back().key = idempotency{"key", {}};
  }
  const auto outcomes = together(std::move(twice));
  EXPECT_FALSE(std::get<written>(outcomes[0]).replayed);
  EXPECT_TRUE(std::get<written>(outcomes[1]).replayed);
  EXPECT_EQ(std::get<written>(outcomes[0]).body, std::get<written>(outcomes[1]).body);
  EXPECT_EQ(head(ann), 4U);
}

TEST_F(OneBatch, WhatIsDeletedIsGoneForTheNext) {
  const auto outcomes = together({request(by_token(ann), delete_object{entity::customer, customer}),
                                  request(by_token(ann), create_message{{customer, "hello"}}),
                                  request(by_token(ann), patch(entity::customer, customer, R"({"phone":"1"})"))});
  EXPECT_EQ(why(outcomes[1]), refusal::invalid);
  EXPECT_EQ(why(outcomes[2]), refusal::not_found);
  EXPECT_EQ(head(ann), 4U);
}

TEST_F(OneBatch, WhoseMembershipEndsWritesNothingMore) {
  const person bob = hire(ann, "Bob");
  const auto before = head(ann);
  const auto outcomes = together({request(by_token(bob), customer_named("still")),
                                  request(by_token(ann), delete_object{entity::employee, bob.employee}),
                                  request(by_token(bob), customer_named("no more"))});
  EXPECT_TRUE(std::holds_alternative<written>(outcomes[0]));
  EXPECT_EQ(why(outcomes[2]), refusal::not_found);
  EXPECT_EQ(head(ann), before + 2);
}

TEST_F(OneBatch, WhoSignsOutWritesNothingMore) {
  const auto outcomes = together(
      {request(by_token(ann), customer_named("still")), request(ann.as_user(), close_session{}),
       request(by_token(ann), customer_named("no more")), request(ann.as_member(), customer_named("no more"))});
  EXPECT_TRUE(std::holds_alternative<written>(outcomes[0]));
  EXPECT_EQ(why(outcomes[2]), refusal::unauthenticated);
  EXPECT_EQ(why(outcomes[3]), refusal::unauthenticated);
}

TEST_F(OneBatch, AMarkIsMovedByTheOneBefore) {
  const auto first = add_message(ann, customer, "hello"), second = add_message(ann, customer, "again");
  const auto outcomes = together(
      {request(by_token(ann), mark_read{customer, second}), request(by_token(ann), mark_read{customer, first})});
  EXPECT_EQ(body(outcomes[1]).at("message_id"), second.to_string()) << "it would move back";
  EXPECT_FALSE(std::get<written>(outcomes[1]).cursor);
}

// More of one company than its counter's row is moved for: dense, and the chain of hashes is whole.
TEST_F(OneBatch, SequencesAreDenseAcrossCompanies) {
  const person eve = sign_up_as("Eve", "eve@example.org", "Other");
  std::vector<write_request> many;
  for (int i = 0; i < 40; ++i)
    many.push_back(request(by_token(i % 3 == 0 ? eve : ann), customer_named(std::to_string(i))));
  many.push_back(request(by_token(ann), patch(entity::customer, domain::id::make(), "{}")));
  for (std::size_t i = 0; const auto& each : together(std::move(many)))
    EXPECT_EQ(std::holds_alternative<written>(each), i++ < 40);
  EXPECT_EQ(head(eve), 2U + 14);
  EXPECT_EQ(head(ann), 3U + 26);
  write(ann.as_member(), customer_named("after"));
  EXPECT_EQ(head(ann), 3U + 27);
}

}  // namespace
