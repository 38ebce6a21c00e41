// Idempotency-Key (protocol §1): the same request once, whatever happens in between.
#include "tests/integration/fixture.hpp"

#include <barrier>
#include <memory>
#include <set>
#include <thread>

namespace chatmesh::test {

namespace {

constexpr int twins = 8;

class IdempotencyKeys : public server_test {
protected:
  struct post {
    std::string path;
    json body;
  };

  // Every POST that keeps its answer, of a member and of a visitor.
  std::vector<post> all_posts(team& all) {
    const json about{{"customer_id", all.owner.create("/customers", {{"name", "Grace"}}).object.at("id")},
                     {"body", "x"}};
    const auto own = all.owner.path();
    return {{"/companies", {{"name", "Second"}}},
            {own + "/employees", {{"name", "x"}, {"email", new_email("x")}}},
            {own + "/customers", {{"name", "x"}}},
            {own + "/notes", about},
            {own + "/messages", about},
            {own + "/api_tokens", {{"name", "x"}}}};
  }

  // Several clients send the same at the same moment.
  static std::vector<http_response> at_once(const api_client& as, const std::string& path, const json& body,
                                            const std::string& key) {
    std::vector<http_response> answers(twins);
    std::barrier start{twins};
    std::vector<std::thread> threads;
    for (auto& answer : answers)
      threads.emplace_back([&] {
        api_client own{as.where()};
        own.token = as.token;
        own.call("GET", "/sessions/current");  // connected
        start.arrive_and_wait();
        answer = own.call("POST", path, body, {{"Idempotency-Key", key}});
      });
    for (auto& t : threads)
      t.join();
    return answers;
  }
};

// The answer without what a replay leaves out.
json shown(const http_response& answer) {
  return without(answer.value(), {"invitation", "token"});
}

}  // namespace

TEST_F(IdempotencyKeys, OfTwinsOneIsDoneAndTheOthersGetItsAnswer) {
  team all{port()};
  for (const auto& [path, body] : all_posts(all)) {
    SCOPED_TRACE(path);
    const auto answers = at_once(all.owner.api(), path, body, random_token());
    int done = 0;
    std::set<std::string> seen;
    for (const auto& answer : answers) {
      if (answer.status == 409) {
        EXPECT_EQ(answer.value().at("code"), "idempotency_in_flight");
        continue;
      }
      ASSERT_EQ(answer.status, 201) << answer.body;
      done += answer.header("Idempotency-Replayed") ? 0 : 1;
      seen.insert(shown(answer).dump());
    }
    EXPECT_EQ(done, 1);
    EXPECT_EQ(seen.size(), 1U);
  }
  EXPECT_EQ(all.owner.read_list("/customers").size(), 2U);
  EXPECT_EQ(all.owner.read_list("/notes").size(), 1U);
  EXPECT_EQ(all.owner.read_list("/messages").size(), 1U);
  EXPECT_EQ(all.owner.read_list("/employees").size(), 4U);
  EXPECT_EQ(all.owner.read_list("/api_tokens").size(), 1U);
}

TEST_F(IdempotencyKeys, AVisitorsMessageIsSaidOnce) {
  auto owner = sign_up(port(), "Acme", "Ada");
  visitor grace{port(), owner.read("").at("widget_key"), {{"name", "Grace"}}};
  for (const auto& answer : at_once(grace.api(), "/widget/messages", {{"body", "Hello"}}, "key"))
    EXPECT_TRUE(answer.status == 201 || answer.status == 409) << answer.body;
  EXPECT_EQ(owner.read_list("/messages").size(), 1U);
}

TEST_F(IdempotencyKeys, AnotherRequestWithTheKeyIsRefused) {
  team all{port()};
  for (const auto& [path, body] : all_posts(all)) {
    SCOPED_TRACE(path);
    const header_list key{{"Idempotency-Key", random_token()}};
    const auto first = all.owner.api().call("POST", path, body, key);
    ASSERT_EQ(first.status, 201) << first.body;
    auto other = body;
    other[body.contains("body") ? "body" : "name"] = "something else";
    const auto refused = all.owner.api().call("POST", path, other, key);
    EXPECT_EQ(refused.status, 422);
    EXPECT_EQ(refused.value().at("code"), "idempotency_mismatch");
    if (path != "/companies") {  // which is the user's; what follows is the employee's
      const auto elsewhere = all.owner.post("/messages", json{{"body", "x"}}, key);
      EXPECT_EQ(elsewhere.value().at("code"), "idempotency_mismatch") << "another path is another request";
    }
    EXPECT_EQ(all.admin.post("/customers", json{{"name", "x"}}, key).status, 201) << "another author has other keys";
  }
}

// The client reads nothing of the answer: the event tells that the commit is done, then the power fails.
TEST_F(IdempotencyKeys, SurviveAKillBetweenCommitAndAnswer) {
  team all{port()};
  for (int i = 0; i < 5; ++i) {
    const auto from = all.admin.head();
    auto stream = all.admin.open_stream_from(from);
    const auto name = "Customer " + std::to_string(i);
    auto headers = all.owner.api().headers();
    headers.emplace_back("Idempotency-Key", "key" + std::to_string(i));
    http_client unread{port()};
    unread.send(
        encode_request("POST", "/api/v1" + all.owner.path() + "/customers", headers, json{{"name", name}}.dump()));
    const auto event = stream->wait_for_event("customer.created");
    server().kill();
    server().start();
    for (auto* m : all.all())
      m->api().http().close();

    const auto again = all.owner.post("/customers", json{{"name", name}}, {headers.back()});
    EXPECT_EQ(again.status, 201) << again.body;
    EXPECT_EQ(again.header("Idempotency-Replayed"), "true");
    EXPECT_EQ(again.value(), event.value().at("object"));
    EXPECT_EQ(again.cursor(), event.id);
    EXPECT_EQ(all.owner.read_list("/customers").size(), static_cast<std::size_t>(i) + 1);
    EXPECT_EQ(all.owner.head(), event.id) << "a replay made an event";
  }
}

TEST_F(IdempotencyKeys, ASecretIsNeverAnsweredTwice) {
  auto owner = sign_up(port(), "Acme", "Ada");
  const header_list key{{"Idempotency-Key", "k"}};
  const json login{{"email", owner.user().at("email")}, {"password", password}};
  const auto first = owner.api().call("POST", "/sessions", login, key);
  const auto second = owner.api().call("POST", "/sessions", login, key);
  EXPECT_EQ(second.status, 201);
  EXPECT_FALSE(second.header("Idempotency-Replayed")) << "a session is a new one each time";
  EXPECT_NE(first.value().at("session").at("token"), second.value().at("session").at("token"));
}

}  // namespace chatmesh::test
