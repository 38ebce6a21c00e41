// Sign-ups, sessions, cookies and invitations (protocol §3).
#include "tests/integration/fixture.hpp"

#include <atomic>
#include <thread>

namespace chatmesh::test {

namespace {

class Accounts : public server_test {
protected:
  static std::string cookie_of(const http_response& answer) {
    const auto set = answer.header("Set-Cookie").value_or("");
    return set.substr(0, set.find(';'));
  }
};

}  // namespace

TEST_F(Accounts, SigningUpMakesAUserACompanyAndItsOwner) {
  api_client nobody{port()};
  const auto email = new_email("ada");
  const json body{{"company", {{"name", "Acme"}}}, {"name", "Ada"}, {"email", email}, {"password", password}};
  const auto answer = nobody.call("POST", "/signup", body);
  ASSERT_EQ(answer.status, 201) << answer.body;
  const auto made = answer.value();
  EXPECT_EQ(names_of(made), (std::vector<std::string>{"company", "employee", "session", "user"}));
  EXPECT_EQ(made.at("user"), (json{{"id", made.at("user").at("id")}, {"name", "Ada"}, {"email", email}}));
  EXPECT_EQ(made.at("employee").at("role"), "owner");
  EXPECT_EQ(made.at("employee").at("status"), "active");
  EXPECT_EQ(made.at("company").at("name"), "Acme");
  EXPECT_EQ(names_of(made.at("session")), (std::vector<std::string>{"expires_at", "token"}));
  EXPECT_EQ(answer.body.find(password), std::string::npos);

  const auto again = nobody.call("POST", "/signup", body);
  EXPECT_EQ(again.status, 409);
  EXPECT_EQ(again.value().at("code"), "email_taken");
}

TEST_F(Accounts, ASessionIsItsTokenOrCookie) {
  auto owner = sign_up(port(), "Acme", "Ada");
  api_client client{port()};
  const auto answer = client.call("POST", "/sessions",
                                  json{{"email", owner.user().at("email")}, {"password", password}});
  ASSERT_EQ(answer.status, 201);
  const auto set = answer.header("Set-Cookie").value_or("");
  EXPECT_EQ(set.find("chatmesh_session="), 0U) << set;
  for (const auto* part : {"HttpOnly", "SameSite=Lax", "Path=/"})
    EXPECT_NE(set.find(part), std::string::npos) << set;
  EXPECT_EQ(set.find("Secure"), std::string::npos) << "without TLS a browser would drop it";

  const auto current = client.call("GET", "/sessions/current", {}, {{"Cookie", "a=b; " + cookie_of(answer) + "; c=d"}});
  EXPECT_EQ(current.status, 200);
  auto same = answer.value();
  same.at("session").erase("token");
  EXPECT_EQ(current.value(), same);
  EXPECT_EQ(client.call("GET", "/sessions/current").status, 401);
  // Authorization wins over the cookie.
  EXPECT_EQ(
      client.call("GET", "/sessions/current", {}, {{"Cookie", cookie_of(answer)}, {"Authorization", "Bearer wrong"}})
          .status,
      401);
}

TEST_F(Accounts, WrongPasswordAndUnknownEMailLookTheSame) {
  auto owner = sign_up(port(), "Acme", "Ada");
  api_client client{port()};
  const header_list id{{"X-Request-Id", "same"}};
  const auto wrong = client.call("POST", "/sessions",
                                 json{{"email", owner.user().at("email")}, {"password", "wrong password"}}, id);
  const auto unknown = client.call("POST", "/sessions",
                                   json{{"email", "nobody@example.com"}, {"password", "wrong password"}}, id);
  EXPECT_EQ(wrong.status, 401);
  EXPECT_EQ(wrong.body, unknown.body);
}

TEST_F(Accounts, ACookieNeedsTheSameSite) {
  auto owner = sign_up(port(), "Acme", "Ada");
  api_client client{port()};
  const auto cookie = cookie_of(
      client.call("POST", "/sessions", json{{"email", owner.user().at("email")}, {"password", password}}));
  const auto host = "localhost:" + std::to_string(port());
  const auto post = [&](header_list more) {
    more.emplace_back("Cookie", cookie);
    more.emplace_back("Host", host);
    return client.call("POST", owner.path() + "/customers", json{{"name", "x"}}, more).status;
  };
  EXPECT_EQ(post({}), 201) << "no browser";
  EXPECT_EQ(post({{"Sec-Fetch-Site", "same-origin"}}), 201);
  EXPECT_EQ(post({{"Sec-Fetch-Site", "none"}}), 201);
  EXPECT_EQ(post({{"Origin", "http://" + host}}), 201);
  EXPECT_EQ(post({{"Sec-Fetch-Site", "cross-site"}}), 403);
  EXPECT_EQ(post({{"Sec-Fetch-Site", "same-site"}}), 403);
  EXPECT_EQ(post({{"Origin", "https://evil.example"}}), 403);
  EXPECT_EQ(post({{"Origin", "null"}}), 403);
  const auto refused = client.call("POST", owner.path() + "/customers", json{{"name", "x"}},
                                   {{"Cookie", cookie}, {"Sec-Fetch-Site", "cross-site"}});
  EXPECT_EQ(refused.value().at("code"), "cross_site");
  const header_list events{{"Cookie", cookie}, {"Accept", "text/event-stream"}, {"Sec-Fetch-Site", "cross-site"}};
  EXPECT_EQ(client.call("GET", owner.path() + "/events", {}, events).status, 403);
  EXPECT_EQ(client.call("GET", owner.path(), {}, {{"Cookie", cookie}, {"Sec-Fetch-Site", "cross-site"}}).status, 200);
}

TEST_F(Accounts, LoggingOutEndsTheSession) {
  auto owner = sign_up(port(), "Acme", "Ada");
  auto other = owner.another_session();
  const auto answer = other.api().call("DELETE", "/sessions/current");
  EXPECT_EQ(answer.status, 204);
  EXPECT_EQ(other.get("").status, 401);
  EXPECT_EQ(other.api().call("DELETE", "/sessions/current").status, 401);
  EXPECT_EQ(owner.get("").status, 200);
}

TEST_F(Accounts, AnInvitationMakesAUserOnce) {
  auto owner = sign_up(port(), "Acme", "Ada");
  const auto stream = owner.another_tab().open_stream();
  const auto invited = send_invitation(owner, "Cy", new_email("cy"), "agent");
  EXPECT_EQ(names_of(invited.at("invitation")), (std::vector<std::string>{"expires_at", "token", "url"}));
  const auto token = invited.at("invitation").at("token").get<std::string>();
  EXPECT_EQ(owner.get("/employees/" + invited.at("id").get<std::string>()).body.find("invitation"), std::string::npos);

  api_client nobody{port()};
  EXPECT_EQ(nobody.call("POST", "/invitations/" + token + "/accept", json{{"password", "short"}}).status, 422);
  EXPECT_EQ(nobody.call("POST", "/invitations/nonsense/accept", json{{"password", password}}).status, 404);
  const auto accepted = accept_invitation(port(), owner.company_id(), token);
  EXPECT_EQ(accepted.employee_id(), invited.at("id"));
  EXPECT_EQ(accepted.self().at("status"), "active");
  EXPECT_EQ(accepted.self().at("user_id"), accepted.user().at("id"));
  EXPECT_EQ(nobody.call("POST", "/invitations/" + token + "/accept", json{{"password", password}}).status, 404);
  const auto event = stream->wait_for_event("employee.updated").value();
  EXPECT_EQ(event.at("object"), owner.read("/employees/" + accepted.employee_id()));
  EXPECT_EQ(stream->body().find(token), std::string::npos) << "the secret is for the inviter alone";
}

TEST_F(Accounts, AnInvitationOfAnExistingUserNeedsItsProof) {
  auto owner = sign_up(port(), "Acme", "Ada"), other = sign_up(port(), "Other", "Olga");
  const auto token =
      send_invitation(owner, "Olga", other.user().at("email"), "agent").at("invitation").at("token").get<std::string>();
  const auto path = "/invitations/" + token + "/accept";
  api_client nobody{port()};
  EXPECT_EQ(nobody.call("POST", path, json{{"password", "a new password"}}).status, 401) << "it never sets a password";
  EXPECT_EQ(nobody.call("POST", path, json{{"password", "short"}}).status, 401) << "wrong, whatever its length";
  EXPECT_EQ(nobody.call("POST", path, json::object()).status, 401);
  auto stranger = sign_up(port(), "Third", "Tom");
  EXPECT_EQ(stranger.api().call("POST", path, json::object()).status, 401) << "another user's session is no proof";
  EXPECT_EQ(log_in(port(), other.company_id(), other.user().at("email")).get("").status, 200);

  const auto accepted = nobody.call("POST", path, json{{"password", password}});
  ASSERT_EQ(accepted.status, 201) << accepted.body;
  EXPECT_EQ(accepted.value().at("user"), other.user());
  EXPECT_EQ(accepted.value().at("memberships").size(), 2U);
  EXPECT_EQ(other.api().call("GET", owner.path()).status, 200);
}

TEST_F(Accounts, AnInvitedUsersSessionIsProofWhateverThePassword) {
  auto owner = sign_up(port(), "Acme", "Ada"), other = sign_up(port(), "Other", "Olga");
  const auto token =
      send_invitation(owner, "Olga", other.user().at("email"), "agent").at("invitation").at("token").get<std::string>();
  EXPECT_EQ(other.api().call("POST", "/invitations/" + token + "/accept", json{{"password", "short"}}).status, 201);
  EXPECT_EQ(log_in(port(), other.company_id(), other.user().at("email")).get("").status, 200);
}

TEST_F(Accounts, AnEmailIsAMemberOnce) {
  team all{port()};
  const auto invited = new_email("x");
  all.owner.create("/employees", {{"name", "x"}, {"email", invited}});
  for (const auto& email : {invited, all.agent.user().at("email").get<std::string>()}) {
    const auto taken = all.owner.post("/employees", json{{"name", "y"}, {"email", email}});
    EXPECT_EQ(taken.status, 409);
    EXPECT_EQ(taken.value().at("code"), "email_taken");
  }
}

TEST_F(Accounts, AnExpiredInvitationIsVoid) {
  with({"--auth.invitation-life=1s"});
  auto owner = sign_up(port(), "Acme", "Ada");
  const auto invited = send_invitation(owner, "Cy", new_email("cy"), "agent");
  const auto path = "/invitations/" + invited.at("invitation").at("token").get<std::string>() + "/accept";
  api_client nobody{port()};
  // A password that is no good: what is valid answers 422 and stays.
  eventually("its end", [&] { return nobody.call("POST", path, json{{"password", "short"}}).status == 404; });
  EXPECT_EQ(nobody.call("POST", path, json{{"password", password}}).status, 404);
}

TEST_F(Accounts, ARemovedEmployeesInvitationIsVoid) {
  auto owner = sign_up(port(), "Acme", "Ada");
  const auto invited = send_invitation(owner, "Cy", new_email("cy"), "agent");
  owner.remove("/employees/" + invited.at("id").get<std::string>());
  const auto path = "/invitations/" + invited.at("invitation").at("token").get<std::string>() + "/accept";
  EXPECT_EQ(api_client{port()}.call("POST", path, json{{"password", password}}).status, 404);
}

TEST_F(Accounts, AnInvitationIsAcceptedOnceHoweverManyTry) {
  auto owner = sign_up(port(), "Acme", "Ada");
  const auto email = new_email("cy");
  const auto invited = send_invitation(owner, "Cy", email, "agent");
  const auto path = "/invitations/" + invited.at("invitation").at("token").get<std::string>() + "/accept";
  std::atomic<int> accepted = 0, refused = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 6; ++i)
    threads.emplace_back([&, i] {
      const auto status =
          api_client{port()}.call("POST", path, json{{"password", "password " + std::to_string(i)}}).status;
      accepted += status == 201 ? 1 : 0;
      // Too late for it; or in time to see a login that is not this one's.
      refused += status == 404 || status == 401 ? 1 : 0;
    });
  for (auto& t : threads)
    t.join();
  EXPECT_EQ(accepted, 1);
  EXPECT_EQ(refused, 5);
  EXPECT_EQ(owner.read_list("/employees").size(), 2U);
}

TEST_F(Accounts, AnInvitationIsForItsAddressWhateverTheProfileSays) {
  auto owner = sign_up(port(), "Acme", "Ada"), other = sign_up(port(), "Other", "Olga");
  const auto email = new_email("cy");
  const auto invited = send_invitation(owner, "Cy", email, "agent");
  owner.merge("/employees/" + invited.at("id").get<std::string>(), {{"email", other.user().at("email")}});
  const auto accepted = accept_invitation(port(), owner.company_id(), invited.at("invitation").at("token"));
  EXPECT_EQ(accepted.user().at("email"), email) << "who changes contact data does not name another's login";
}

TEST_F(Accounts, AnInvitationTakesTheRoleThatTheEmployeeHasByThen) {
  auto owner = sign_up(port(), "Acme", "Ada");
  const auto invited = send_invitation(owner, "Cy", new_email("cy"), "owner");
  owner.merge("/employees/" + invited.at("id").get<std::string>(), {{"role", "agent"}});
  auto accepted = accept_invitation(port(), owner.company_id(), invited.at("invitation").at("token"));
  EXPECT_EQ(accepted.self().at("role"), "agent");
  EXPECT_EQ(accepted.patch("", json{{"name", "x"}}).status, 403);
}

TEST_F(Accounts, ADeletedCompanysInvitationIsVoid) {
  auto owner = sign_up(port(), "Acme", "Ada");
  const auto invited = send_invitation(owner, "Cy", new_email("cy"), "agent");
  owner.remove("");
  const auto path = "/invitations/" + invited.at("invitation").at("token").get<std::string>() + "/accept";
  EXPECT_EQ(api_client{port()}.call("POST", path, json{{"password", password}}).status, 404);
}

TEST_F(Accounts, WhoWasRemovedMayBeInvitedAgain) {
  team all{port()};
  const auto email = all.agent.user().at("email").get<std::string>();
  all.owner.remove("/employees/" + all.agent.employee_id());
  const auto invited = send_invitation(all.owner, "Cy", email, "agent");
  EXPECT_NE(invited.at("id"), all.agent.employee_id());
  auto again = accept_as(all.agent, all.owner.company_id(), invited.at("invitation").at("token"));
  EXPECT_EQ(again.employee_id(), invited.at("id"));
  EXPECT_EQ(again.get("").status, 200);
  EXPECT_EQ(all.agent.get("").status, 200) << "the old session is the same user's";
}

TEST_F(Accounts, ASignedInUserMakesAnotherCompany) {
  auto owner = sign_up(port(), "Acme", "Ada");
  const auto made = owner.api().call("POST", "/companies", json{{"name", "Second"}});
  ASSERT_EQ(made.status, 201) << made.body;
  EXPECT_EQ(made.value().at("employee").at("role"), "owner");
  EXPECT_EQ(made.value().at("employee").at("user_id"), owner.user().at("id"));
  const auto path = "/companies/" + made.value().at("company").at("id").get<std::string>();
  EXPECT_EQ(owner.api().call("GET", path).value(), made.value().at("company"));
  EXPECT_EQ(api_client{port()}.call("POST", "/companies", json{{"name", "x"}}).status, 401);
}

TEST_F(Accounts, LoginsAreTheUsersAlone) {
  team all{port()};
  const auto secret = all.agent.user().at("email").get<std::string>();
  all.owner.merge("/employees/" + all.agent.employee_id(), {{"email", "contact@example.com"}});
  for (const auto* path : {"/employees", "/snapshot"})
    EXPECT_EQ(all.owner.get(path).body.find(secret), std::string::npos) << path;
  EXPECT_EQ(log_in(port(), all.agent.company_id(), secret).employee_id(), all.agent.employee_id());
}

}  // namespace chatmesh::test
