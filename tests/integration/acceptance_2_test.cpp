// A customer's message: all members get it complete.
#include "tests/integration/fixture.hpp"
#include "tests/support/replica.hpp"

#include <memory>

namespace chatmesh::test {

namespace {

class Acceptance2 : public server_test {};

json by_customer(const visitor& v) {
  return {{"kind", "customer"}, {"id", v.customer_id()}, {"name", v.customer().at("name")}};
}

}  // namespace

TEST_F(Acceptance2, EveryMemberGetsACustomersMessageComplete) {
  team all{port()};
  std::vector<std::unique_ptr<sse_client>> streams;
  for (auto* m : all.all())
    streams.push_back(m->open_stream());
  const auto key = all.owner.read("").at("widget_key").get<std::string>();

  visitor grace{port(), key, {{"name", "Grace"}, {"email", "grace@example.org"}}};
  const auto message = grace.say("Hello? ¿Hay alguien? 👋");
  const auto id = message.object.at("id").get<std::string>();

  const auto complete = all.agent.read("/messages/" + id);
  EXPECT_EQ(complete.at("direction"), "inbound");
  EXPECT_EQ(complete.at("customer_id"), grace.customer_id());
  EXPECT_EQ(complete.at("body"), "Hello? ¿Hay alguien? 👋");
  EXPECT_EQ(complete.at("author").at("kind"), "customer");
  EXPECT_EQ(complete.at("author").at("id"), grace.customer_id());
  for (const auto& stream : streams) {
    const auto frame = stream->wait_for_event("message.created");
    EXPECT_EQ(frame.value().at("object"), complete);
    EXPECT_EQ(frame.value().at("by"), by_customer(grace));
    const auto customer = stream->wait_for_event("customer.created").value().at("object");
    EXPECT_EQ(customer, all.agent.read("/customers/" + grace.customer_id()));
  }
}

TEST_F(Acceptance2, AMembersAnswerReachesTheOthersAndTheCustomersList) {
  team all{port()};
  const auto stream = all.admin.open_stream();
  visitor grace{port(), all.owner.read("").at("widget_key"), {{"name", "Grace"}}};
  grace.say("Hello?");
  const auto answer = all.agent.create("/messages", {{"customer_id", grace.customer_id()}, {"body", "Good evening."}});
  EXPECT_EQ(answer.object.at("direction"), "outbound");
  EXPECT_EQ(answer.object.at("author").at("id"), all.agent.employee_id());
  expect_event(*stream, answer.cursor, "message.created", answer.object, all.agent.by());

  const auto seen = grace.api().call("GET", "/widget/messages").value().at("items");
  ASSERT_EQ(seen.size(), 2U);
  EXPECT_EQ(by_id(seen).at(answer.object.at("id").get<std::string>()).at("body"), "Good evening.");
}

TEST_F(Acceptance2, OnlyATokenMakesAReturningCustomer) {
  auto owner = sign_up(port(), "Acme", "Ada");
  const auto key = owner.read("").at("widget_key").get<std::string>();
  visitor first{port(), key, {{"name", "Grace"}, {"email", "grace@example.org"}}};
  visitor again{port(), key, {{"customer_token", first.api().token}}};
  visitor claims{port(), key, {{"name", "Grace"}, {"email", "grace@example.org"}}};
  visitor forged{port(), key, {{"name", "Grace"}, {"customer_token", std::string(43, 'x')}}};
  EXPECT_EQ(again.customer_id(), first.customer_id());
  EXPECT_NE(claims.customer_id(), first.customer_id());
  EXPECT_NE(forged.customer_id(), first.customer_id());
}

TEST_F(Acceptance2, AMessageTokenIsNoMembersSession) {
  auto owner = sign_up(port(), "Acme", "Ada");
  visitor grace{port(), owner.read("").at("widget_key"), {{"name", "Grace"}}};
  EXPECT_EQ(grace.api().call("GET", owner.path() + "/customers").status, 401);
  EXPECT_EQ(owner.api().call("GET", "/widget/messages").status, 401);
  EXPECT_EQ(api_client{port()}.call("POST", "/widget/nobody/sessions", json{{"name", "X"}}).status, 404);
}

}  // namespace chatmesh::test
