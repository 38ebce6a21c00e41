// How often one may ask (protocol §1, 429): the defaults admit what an office does, and what is beyond them is told.
#include "tests/integration/fixture.hpp"
#include "tests/support/images.hpp"

#include <functional>

namespace chatmesh::test {

namespace {

constexpr int a_minute = 60;

class RateLimits : public server_test {
protected:
  void SetUp() override { with({"--limits.rate=on"}); }

  // Asks again until it is too often: what comes in time fills up what was taken, slower than this asks.
  static http_response ask_too_often(const std::function<http_response()>& ask) {
    http_response last;
    eventually("the limit", [&] { return (last = ask()).status == 429; });
    return last;
  }

  static void expect_refusal(const http_response& answer) {
    EXPECT_EQ(answer.header("Content-Type"), "application/problem+json");
    EXPECT_EQ(answer.value().at("code"), "rate_limited");
    EXPECT_GE(std::stoi(answer.header("Retry-After").value()), 1);
  }
};

}  // namespace

TEST_F(RateLimits, AdmitSixtySignUpsAndSixtyAcceptsAMinuteAndAddress) {
  auto owner = sign_up(port(), "Acme", "Ada");
  for (int i = 1; i < a_minute; ++i)
    sign_up(port(), "Company", "Person");  // throws for any other answer than 201
  for (int i = 0; i < a_minute; ++i)
    invite(owner, "Colleague");
  EXPECT_EQ(owner.read_list("/employees").size(), a_minute + 1U);

  api_client nobody{port()};
  expect_refusal(ask_too_often([&] { return nobody.call("POST", "/signup", json::object()); }));
  expect_refusal(ask_too_often([&] { return nobody.call("POST", "/invitations/x/accept", json::object()); }));
  expect_refusal(ask_too_often([&] { return nobody.call("POST", "/sessions", json::object()); }));
  EXPECT_EQ(owner.get("").status, 200) << "who is signed in is not concerned";
}

TEST_F(RateLimits, RefuseATokenThatAsksTooOftenAndNoOther) {
  with({"--limits.rate=on", "--limits.requests-per-second=20"});
  auto owner = sign_up(port(), "Acme", "Ada");
  program busy{owner, "Busy"};
  auto quiet = owner.another_session();
  expect_refusal(ask_too_often([&] { return busy.get("/presence"); }));
  EXPECT_EQ(quiet.get("/presence").status, 200);
  EXPECT_EQ(owner.get("/presence").status, 200);
}

TEST_F(RateLimits, RefuseACustomerWhoSaysTooMuchAndNoOther) {
  with({"--limits.rate=on", "--limits.customer-messages-per-minute=5"});
  auto owner = sign_up(port(), "Acme", "Ada");
  const auto key = owner.read("").at("widget_key").get<std::string>();
  visitor loud{port(), key, {{"name", "Loud"}}}, quiet{port(), key, {{"name", "Quiet"}}};
  for (int i = 0; i < 5; ++i)
    loud.say("x");
  expect_refusal(ask_too_often([&] { return loud.api().call("POST", "/widget/messages", json{{"body", "x"}}); }));
  EXPECT_EQ(loud.api().call("GET", "/widget/messages").status, 200) << "what was said can be read";
  quiet.say("x");
}

TEST_F(RateLimits, CountForTheAddressThatATrustedProxyNames) {
  with({"--limits.rate=on", "--http.trusted-proxies=127.0.0.0/8,::1"});
  api_client proxy{port()};
  const auto attempt = [&](const std::string& address) {
    return proxy.call("POST", "/sessions", json::object(), {{"X-Forwarded-For", address}});
  };
  expect_refusal(ask_too_often([&] { return attempt("198.51.100.1"); }));
  EXPECT_EQ(attempt("198.51.100.2").status, 422) << "another client of the same proxy";
  EXPECT_EQ(attempt("198.51.100.2, 198.51.100.1").status, 429) << "what a client makes up itself does not count";
}

TEST_F(RateLimits, RefuseAMemberWhoUploadsTooManyImages) {
  with({"--limits.rate=on", "--limits.images-per-minute=5"});
  auto owner = sign_up(port(), "Acme", "Ada");
  const auto path = "/api/v1" + owner.path() + "/employees/" + owner.employee_id() + "/avatar";
  auto headers = owner.api().headers();
  headers.emplace_back("Content-Type", "image/png");
  const auto upload = [&] { return owner.api().http().request("PUT", path, headers, images::png); };
  EXPECT_EQ(upload().status, 200);
  expect_refusal(ask_too_often(upload));
  EXPECT_EQ(owner.get("").status, 200);
}

TEST_F(RateLimits, RefuseAnAddressWhoseCustomersSayTooMuch) {
  with({"--limits.rate=on", "--limits.address-messages-per-minute=5"});
  auto owner = sign_up(port(), "Acme", "Ada");
  const auto key = owner.read("").at("widget_key").get<std::string>();
  visitor one{port(), key, {{"name", "One"}}}, other{port(), key, {{"name", "Other"}}};
  for (int i = 0; i < 4; ++i)
    one.say("x");
  other.say("x");
  expect_refusal(ask_too_often([&] { return other.api().call("POST", "/widget/messages", json{{"body", "x"}}); }));
  EXPECT_EQ(owner.get("").status, 200);
}

TEST_F(RateLimits, RefuseAnAddressThatOpensTooManyWidgets) {
  with({"--limits.rate=on", "--limits.auth-per-minute=5"});
  auto owner = sign_up(port(), "Acme", "Ada");
  const auto path = "/widget/" + owner.read("").at("widget_key").get<std::string>() + "/sessions";
  api_client nobody{port()};
  for (int i = 0; i < 5; ++i)
    EXPECT_EQ(nobody.call("POST", path, json::object()).status, 201);
  expect_refusal(ask_too_often([&] { return nobody.call("POST", path, json::object()); }));
}

// An EventSource gives up for good on any status but 200.
TEST_F(RateLimits, TellAStreamInTheStream) {
  with({"--limits.rate=on", "--limits.requests-per-second=1"});
  auto owner = sign_up(port(), "Acme", "Ada");
  eventually("the limit", [&] {
    const auto stream = owner.open_stream();
    EXPECT_EQ(stream->head().status, 200);
    return stream->frames().front().event == "goodbye" && farewell(*stream) == "overloaded";
  });
}

TEST_F(RateLimits, CanBeOff) {
  with({"--limits.rate=off", "--limits.auth-per-minute=1", "--limits.requests-per-second=1"});
  auto owner = sign_up(port(), "Acme", "Ada");
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(owner.get("").status, 200);
    sign_up(port(), "Company", "Person");
  }
}

}  // namespace chatmesh::test
