// The real handlers in a whole server: what a test of the parts can't show.
#include "tests/unit/http_fixture.hpp"

#include "domain/codec.hpp"
#include "domain/cursor.hpp"

namespace chatmesh::http {
namespace {

using domain::json;

class Handlers : public http_test {
protected:
  Handlers() { settings_.rate_limits = false; }

  test::http_response call(std::string_view method, const std::string& path, test::header_list headers = {},
                           const std::optional<json>& body = {}) {
    if (!server_)
      start(routes());
    std::optional<std::string> text;
    if (body)
      text = body->dump();
    return client().request(method, "/api/v1" + path, headers, text);
  }

  static test::header_list bearer(const json& session, test::header_list more = {}) {
    more.emplace_back("Authorization", "Bearer " + session.at("token").get<std::string>());
    return more;
  }

  json sign_up_as(const std::string& name) {
    const auto answer = call("POST", "/signup", {},
                             json{{"company", {{"name", name + " & Co"}}},
                                  {"name", name},
                                  {"email", name + "@example.com"},
                                  {"password", "correct horse"}});
    EXPECT_EQ(answer.status, 201) << answer.body;
    return json::parse(answer.body);
  }

  static std::string company_path(const json& signed_up) {
    return "/companies/" + signed_up.at("company").at("id").get<std::string>();
  }

  // With https://shop.example among its widget's origins.
  json sign_up_with_widget() {
    const json owner = sign_up_as("Ada");
    const auto answer = call("PATCH", company_path(owner), bearer(owner.at("session")),
                             json{{"widget_origins", {"https://shop.example"}}});
    EXPECT_EQ(answer.status, 200) << answer.body;
    return owner;
  }

  std::string widget_path(const json& owner) {
    return "/widget/" + owner.at("company").at("widget_key").get<std::string>() + "/sessions";
  }

  // A stream that was refused for now.
  void expect_overloaded(const test::http_response& answer) {
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.header("Content-Type"), "text/event-stream");
    EXPECT_EQ(answer.header("Connection"), "close");
    EXPECT_EQ(answer.body.find("event: hello"), std::string::npos) << answer.body;
    EXPECT_TRUE(answer.body.starts_with("retry: ")) << answer.body;
    EXPECT_NE(answer.body.find("event: goodbye\ndata: {\"reason\":\"overloaded\""), std::string::npos) << answer.body;
    EXPECT_NE(operations().request("GET", "/metrics").body.find("{reason=\"overloaded\"} 1\n"), std::string::npos);
  }

  static std::string allowed(const test::http_response& answer) {
    return answer.header("Access-Control-Allow-Origin").value_or("");
  }
};

const test::header_list as_stream{{"Accept", "text/event-stream"}};
const test::header_list shop{{"Origin", "https://shop.example"}};
const test::header_list stranger{{"Origin", "https://evil.example"}};

TEST_F(Handlers, SayWhenToComeBackWhereTheRateIsLimited) {
  settings_.rate_limits = true;
  settings_.auth_per_minute = 1;
  sign_up_as("Ada");
  const json login{{"email", "ada@example.com"}, {"password", "correct horse"}};
  const auto first = call("POST", "/sessions", {}, login);
  EXPECT_NE(first.status, 429) << "sign-ups count for themselves";
  const auto refused = call("POST", "/sessions", {}, login);
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(refused.header("Content-Type"), "application/problem+json");
  EXPECT_EQ(refused.value().at("code"), "rate_limited");
  EXPECT_GE(std::stoi(refused.header("Retry-After").value_or("0")), 1);
}

TEST_F(Handlers, TellAStreamInTheStreamThatTheRateIsLimited) {
  settings_.rate_limits = true;
  settings_.requests_per_second = 1;
  const json owner = sign_up_as("Ada");
  const auto path = company_path(owner);
  test::eventually("a refusal", [&] { return call("GET", path, bearer(owner.at("session"))).status == 429; });
  const auto answer = call("GET", path + "/events", bearer(owner.at("session"), as_stream));
  expect_overloaded(answer);
}

TEST_F(Handlers, TellAStreamInTheStreamThatTheDatabaseIsBusy) {
  const json owner = sign_up_as("Ada");
  const auto path = company_path(owner);
  using persistence::test::gate;
  const auto begun = std::make_shared<gate>(), go_on = std::make_shared<gate>();  // the reader outlives this test
  ASSERT_TRUE(readers().submit(
      [begun, go_on](persistence::stores&) {
        begun->open();
        go_on->wait();
      },
      [] {}));
  begun->wait();
  while (readers().submit([](persistence::stores&) {}, [] {})) {
  }
  const auto answer = call("GET", path + "/events", bearer(owner.at("session"), as_stream));
  const auto other = call("GET", path, bearer(owner.at("session")));
  go_on->open();
  expect_overloaded(answer);
  EXPECT_EQ(other.status, 503);
  EXPECT_TRUE(other.header("Retry-After"));
}

TEST_F(Handlers, LetTheWidgetsPagesReadEveryAnswer) {
  const json owner = sign_up_with_widget();
  const auto opened = call("POST", widget_path(owner), shop, json{{"name", "Grace"}});
  ASSERT_EQ(opened.status, 201) << opened.body;
  EXPECT_EQ(allowed(opened), "https://shop.example");
  EXPECT_FALSE(opened.header("Set-Cookie"));
  const json visitor = json::parse(opened.body);

  const auto faulty = call("POST", "/widget/messages", bearer(visitor, shop), json{{"body", ""}});
  EXPECT_EQ(faulty.status, 422);
  EXPECT_EQ(allowed(faulty), "https://shop.example");
  EXPECT_EQ(allowed(call("POST", widget_path(owner), shop, json{{"name", 1}})), "https://shop.example");
  EXPECT_EQ(allowed(call("GET", "/widget/messages", bearer(visitor, stranger))), "");
  EXPECT_EQ(allowed(call("POST", widget_path(owner), stranger, json{{"name", "Eve"}})), "");
}

TEST_F(Handlers, AnswerPreflightsOfTheCompanysOriginsOnly) {
  const json owner = sign_up_with_widget();
  const auto yes = call("OPTIONS", widget_path(owner), shop);
  EXPECT_EQ(yes.status, 204);
  EXPECT_EQ(allowed(yes), "https://shop.example");
  EXPECT_EQ(yes.header("Access-Control-Allow-Headers"), "Authorization, Content-Type, Last-Event-ID, Idempotency-Key");
  EXPECT_FALSE(yes.header("Access-Control-Allow-Credentials"));
  const auto no = call("OPTIONS", widget_path(owner), stranger);
  EXPECT_EQ(no.status, 204);
  EXPECT_EQ(allowed(no), "");
  EXPECT_FALSE(no.header("Access-Control-Allow-Headers"));
}

TEST_F(Handlers, SayToEveryOneWhichMethodsTheWidgetsRoutesHave) {
  const json owner = sign_up_with_widget();
  const auto of = [&](const std::string& path, const test::header_list& from) {
    const auto answer = call("OPTIONS", path, from);
    return answer.header("Allow").value_or("") + "; " + answer.header("Access-Control-Allow-Methods").value_or("");
  };
  EXPECT_EQ(of(widget_path(owner), {}), "OPTIONS, POST; ");
  EXPECT_EQ(of(widget_path(owner), stranger), "OPTIONS, POST; ");
  EXPECT_EQ(of(widget_path(owner), shop), "OPTIONS, POST; OPTIONS, POST");
  EXPECT_EQ(of("/widget/messages", shop), "GET, HEAD, OPTIONS, POST; GET, HEAD, OPTIONS, POST");
  EXPECT_EQ(of("/widget/events", shop), "GET, HEAD, OPTIONS; GET, HEAD, OPTIONS");
  EXPECT_EQ(of("/widget/typing", {}), "OPTIONS, POST; ");
}

TEST_F(Handlers, LetPagesReadWhatIsRefusedBeforeAHandlerRuns) {
  settings_.cors_origins = {"https://console.example"};
  const json owner = sign_up_with_widget();
  const auto expect = [&](unsigned status, const std::string& method, const std::string& path, test::header_list from) {
    const auto answer = call(method, path, from);
    EXPECT_EQ(answer.status, status) << answer.body;
    EXPECT_EQ(allowed(answer), from.front().second) << method << ' ' << path;
    EXPECT_EQ(answer.header("Vary"), "Origin") << method << ' ' << path;
  };
  const test::header_list console{{"Origin", "https://console.example"}}, html{{"Accept", "text/html"}};
  for (const auto& [path, from] : {std::pair{"/widget/messages", shop}, std::pair{"/companies", console}}) {
    expect(405, "PUT", path, from);
    expect(400, "GET", std::string{path} + "?x=%zz", from);
    auto picky = from;
    picky.insert(picky.end(), html.begin(), html.end());
    expect(406, "POST", path, picky);
  }
  expect(404, "POST", "/widget/unknown/sessions", shop);
  EXPECT_EQ(allowed(call("PUT", "/companies", stranger)), "");
}

TEST_F(Handlers, TellACustomerNothingOfTheCompanysSequence) {
  const json owner = sign_up_with_widget();
  const json visitor = json::parse(call("POST", widget_path(owner), {}, json{{"name", "Grace"}}).body);
  const auto written = call("POST", "/widget/messages", bearer(visitor), json{{"body", "hello"}});
  ASSERT_EQ(written.status, 201) << written.body;
  EXPECT_FALSE(written.header("Chatmesh-Cursor"));
  const json list = json::parse(call("GET", "/widget/messages", bearer(visitor)).body);
  EXPECT_EQ(list.at("items"), json::array({json::parse(written.body)}));
  EXPECT_FALSE(domain::parse_cursor(list.at("cursor").get<std::string>())) << "it is sealed";
}

TEST_F(Handlers, ShowACustomerItsOwnMessagesOnly) {
  const json owner = sign_up_with_widget();
  const json grace = json::parse(call("POST", widget_path(owner), {}, json{{"name", "Grace"}}).body);
  const json mary = json::parse(call("POST", widget_path(owner), {}, json{{"name", "Mary"}}).body);
  EXPECT_EQ(call("POST", "/widget/messages", bearer(grace), json{{"body", "from Grace"}}).status, 201);
  EXPECT_EQ(json::parse(call("GET", "/widget/messages", bearer(mary)).body).at("items"), json::array());
  // The token is looked for in Authorization alone.
  const std::string cookie = "chatmesh_session=" + grace.at("token").get<std::string>();
  EXPECT_EQ(call("GET", "/widget/messages", {{"Cookie", cookie}}).status, 401);
}

TEST_F(Handlers, TakeAnyVersionOfAListedIfMatch) {
  const json owner = sign_up_as("Ada");
  const auto patch = [&](const char* condition, const char* name) {
    return call("PATCH", company_path(owner), bearer(owner.at("session"), {{"If-Match", condition}}),
                json{{"name", name}});
  };
  EXPECT_EQ(patch("\"7\", W/\"1.4\", \"9\"", "One").header("ETag"), "\"2\"");
  const auto refused = patch("\"7\", \"abc\"", "Two");
  EXPECT_EQ(refused.status, 412);
  EXPECT_EQ(json::parse(refused.body).at("current").at("name"), "One");
  EXPECT_EQ(patch("2", "Three").status, 400);
  EXPECT_EQ(json::parse(call("GET", company_path(owner), bearer(owner.at("session"))).body).at("name"), "One");
}

TEST_F(Handlers, GiveTheSameAnswerForWhatIsAnothersAndWhatIsNot) {
  const json ada = sign_up_as("Ada");
  const json bob = sign_up_as("Bob");
  const auto made = call("POST", company_path(bob) + "/customers", bearer(bob.at("session")), json{{"name", "Grace"}});
  const std::string customer = json::parse(made.body).at("id").get<std::string>();
  EXPECT_EQ(made.header("Location"), "/api/v1" + company_path(bob) + "/customers/" + customer);

  const auto ask = [&](const std::string& path) {
    const auto answer = call("GET", path, bearer(ada.at("session"), {{"X-Request-Id", "same"}}));
    return std::pair{answer.status, answer.body};
  };
  const std::string unknown = domain::id::make().to_string();
  const auto nothing = ask(company_path(ada) + "/customers/" + unknown);
  EXPECT_EQ(nothing.first, 404);
  EXPECT_EQ(ask(company_path(ada) + "/customers/" + customer), nothing);
  EXPECT_EQ(ask(company_path(ada) + "/customers/17"), nothing);
  EXPECT_EQ(ask("/companies/" + unknown), nothing);
  EXPECT_EQ(ask(company_path(bob)), nothing);
  EXPECT_EQ(ask(company_path(bob) + "/customers/" + customer), nothing);
}

TEST_F(Handlers, TakeTheSessionOfTheInvitedUserForAProof) {
  const json ada = sign_up_as("Ada");
  const json bob = sign_up_as("Bob");
  const auto invited = call("POST", company_path(ada) + "/employees", bearer(ada.at("session")),
                            json{{"name", "Bob"}, {"email", "BOB@example.com"}, {"role", "agent"}});
  ASSERT_EQ(invited.status, 201) << invited.body;
  const std::string token = json::parse(invited.body).at("invitation").at("token").get<std::string>();
  EXPECT_EQ(call("POST", "/invitations/" + token + "/accept", bearer(ada.at("session")), json::object()).status, 401);
  const auto accepted = call("POST", "/invitations/" + token + "/accept", bearer(bob.at("session")), json::object());
  ASSERT_EQ(accepted.status, 201) << accepted.body;
  EXPECT_EQ(json::parse(accepted.body).at("memberships").size(), 2u);
}

TEST_F(Handlers, RefuseToBeginASessionForAnotherSitesPageOverAnOldOne) {
  sign_up_as("Ada");
  const json login{{"email", "Ada@example.com"}, {"password", "correct horse"}};
  const test::header_list cross_site{{"Cookie", "chatmesh_session=old"}, {"Sec-Fetch-Site", "cross-site"}};
  EXPECT_EQ(call("POST", "/sessions", cross_site, login).status, 403);
  EXPECT_EQ(call("POST", "/sessions", {{"Cookie", "chatmesh_session=old"}}, login).status, 201);
}

TEST_F(Handlers, TakeTheCookieAwayWithTheSession) {
  const json ada = sign_up_as("Ada");
  const std::string cookie = "chatmesh_session=" + ada.at("session").at("token").get<std::string>();
  const auto ended = call("DELETE", "/sessions/current", {{"Cookie", cookie}});
  EXPECT_EQ(ended.status, 204);
  EXPECT_EQ(ended.header("Set-Cookie"), "chatmesh_session=; HttpOnly; SameSite=Lax; Path=/; Max-Age=0");
  EXPECT_EQ(call("GET", "/sessions/current", {{"Cookie", cookie}}).status, 401);
}

TEST_F(Handlers, ReadASnapshotAsTheProtocolHasIt) {
  const json ada = sign_up_as("Ada");
  const auto answer = call("GET", company_path(ada) + "/snapshot", bearer(ada.at("session")));
  ASSERT_EQ(answer.status, 200) << answer.body;
  const json snapshot = json::parse(answer.body);
  EXPECT_EQ(snapshot.at("company"), ada.at("company"));
  EXPECT_EQ(snapshot.at("me"), ada.at("employee"));
  EXPECT_EQ(snapshot.at("employees"), json::array({ada.at("employee")}));
  EXPECT_EQ(snapshot.at("presence"), (json{{"online", json::array()}}));
  EXPECT_EQ(snapshot.at("truncated"), false);
  const json list = json::parse(call("GET", company_path(ada) + "/customers", bearer(ada.at("session"))).body);
  EXPECT_EQ(snapshot.at("cursor"), list.at("cursor"));
}

}  // namespace
}  // namespace chatmesh::http
