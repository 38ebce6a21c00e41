// Nothing of company A reaches company B: streams, lists, ids, errors, snapshot, changes.
#include "tests/integration/fixture.hpp"

#include <memory>
#include <tuple>

namespace chatmesh::test {

namespace {

constexpr const char* unknown_id = "018f0000-0000-7000-8000-000000000000";

struct ids {
  std::string customer, note, message, employee, api_token;
};

// A company whose every text and id holds or is a word that no one else knows.
struct rich_company {
  rich_company(std::uint16_t port, const std::string& word)
      : secret(word), owner(sign_up(port, word + " Inc", word)), colleague(invite(owner, word + " Colleague")) {
    const auto id = [](const written& w) { return w.object.at("id").get<std::string>(); };
    known.customer = id(owner.create("/customers", full_customer(word + " Customer", owner.employee_id())));
    known.note = id(owner.create("/notes", {{"customer_id", known.customer}, {"body", word + " note"}}));
    known.message = id(owner.create("/messages", {{"customer_id", known.customer}, {"body", word + " message"}}));
    known.employee = colleague.employee_id();
    known.api_token = id(owner.create("/api_tokens", {{"name", word + " token"}}));
  }

  std::vector<std::string> secrets() const {
    return {secret,        owner.company_id(), known.customer,  known.note,
            known.message, known.employee,     known.api_token, owner.employee_id()};
  }

  std::string secret;
  member owner, colleague;
  ids known;
};

struct attempt {
  std::string method, path;
  std::optional<json> body;
};

std::vector<attempt> attempts(const ids& k) {
  const json customer{{"name", "x"}}, note{{"customer_id", k.customer}, {"body", "x"}};
  std::vector<attempt> all{{"GET", "", {}},
                           {"PUT", "", json{{"name", "x"}}},
                           {"PATCH", "", json{{"name", "x"}}},
                           {"DELETE", "", {}},
                           {"GET", "/snapshot", {}},
                           {"GET", "/events", {}},
                           {"GET", "/changes", {}},
                           {"GET", "/changes?cursor=0", {}},
                           {"GET", "/presence", {}},
                           {"POST", "/typing", json{{"customer_id", k.customer}}},
                           {"POST", "/employees", json{{"name", "x"}, {"email", "x@example.com"}}},
                           {"POST", "/customers", customer},
                           {"POST", "/notes", note},
                           {"POST", "/messages", note},
                           {"GET", "/api_tokens", {}},
                           {"POST", "/api_tokens", customer},
                           {"GET", "/api_tokens/" + k.api_token, {}},
                           {"DELETE", "/api_tokens/" + k.api_token, {}}};
  const std::tuple<const char*, std::string, json> kinds[] = {
      {"/employees", k.employee, json{{"name", "x"}, {"role", "agent"}}},
      {"/customers", k.customer, customer},
      {"/notes", k.note, note},
      {"/messages", k.message, note}};
  for (const auto& [collection, id, body] : kinds) {
    const auto path = std::string{collection} + "/" + id;
    all.push_back({"GET", collection, {}});
    all.push_back({"GET", path, {}});
    all.push_back({"PUT", path, body});
    all.push_back({"PATCH", path, body});
    all.push_back({"DELETE", path, {}});
  }
  return all;
}

// All of the answer but the time of it.
std::string text_of(const http_response& answer) {
  std::string text = std::to_string(answer.status);
  for (const auto& [name, value] : answer.headers)
    if (name != "Date")
      text += "\n" + name + ": " + value;
  return text + "\n\n" + answer.body;
}

class Acceptance4 : public server_test {};

}  // namespace

TEST_F(Acceptance4, NoByteOfOneCompanyReachesAnothersMembers) {
  auto outsider = sign_up(port(), "Innocent", "Ivy");
  const auto stream = outsider.another_tab().open_stream({.cursor = "0"});
  const auto everything = outsider.open_stream({.cursor = "0"});
  rich_company other{port(), "Zanzibar"};
  const auto theirs = other.colleague.open_stream();
  mark(other.owner, "Zanzibar marker");
  other.owner.post("/typing", json{{"customer_id", other.known.customer}});

  const auto marker = mark(outsider);
  stream->wait_for_id(marker);
  everything->wait_for_position(seq_of(marker));
  std::string all = stream->body() + everything->body();
  for (const auto* path : {"", "/employees", "/customers", "/notes", "/messages", "/snapshot", "/changes?cursor=0",
                           "/presence", "/api_tokens", "/customers?tag=Zanzibar"})
    all += outsider.get(path).body;
  all += outsider.api().call("GET", "/sessions/current").body;
  for (const auto& secret : other.secrets())
    EXPECT_EQ(all.find(secret), std::string::npos) << secret;
}

TEST_F(Acceptance4, WhatIsAnothersIsAsIfItDidNotExist) {
  auto outsider = sign_up(port(), "Innocent", "Ivy");
  rich_company other{port(), "Zanzibar"};
  const auto own = outsider.path();
  const ids nothing{unknown_id, unknown_id, unknown_id, unknown_id, unknown_id};
  const auto theirs = attempts(other.known), unknown = attempts(nothing);
  const auto ask = [&](const std::string& company, const attempt& a) {
    return outsider.api().call(a.method, "/companies/" + company + a.path, a.body, {{"X-Request-Id", "same-for-both"}});
  };
  const auto before = other.owner.head();

  for (std::size_t i = 0; i < theirs.size(); ++i) {
    SCOPED_TRACE(theirs[i].method + " " + theirs[i].path);
    // Another's company; a company that is not there at all.
    const auto hidden = ask(other.owner.company_id(), theirs[i]);
    EXPECT_EQ(hidden.status, 404);
    EXPECT_EQ(text_of(hidden), text_of(ask(unknown_id, unknown[i])));
    EXPECT_EQ(text_of(hidden), text_of(ask("no-id-at-all", unknown[i])));
    // Another's object under one's own company; an object that is not there at all.
    const bool one_object = theirs[i].path.rfind('/') > 0 && theirs[i].path.rfind('/') != std::string::npos;
    if (one_object) {
      EXPECT_EQ(text_of(ask(outsider.company_id(), theirs[i])), text_of(ask(outsider.company_id(), unknown[i])));
    }
  }
  EXPECT_EQ(other.owner.head(), before);
}

TEST_F(Acceptance4, AnothersIdsCanNotBeReferredTo) {
  auto outsider = sign_up(port(), "Innocent", "Ivy");
  rich_company other{port(), "Zanzibar"};
  const auto compare = [&](const std::string& path, json body, const char* field, const std::string& id) {
    const header_list same{{"X-Request-Id", "same-for-both"}};
    body[field] = id;
    const auto hidden = outsider.post(path, body, same);
    EXPECT_EQ(hidden.status, 422);
    body[field] = unknown_id;
    EXPECT_EQ(text_of(hidden), text_of(outsider.post(path, body, same)));
  };
  compare("/notes", {{"body", "x"}}, "customer_id", other.known.customer);
  compare("/messages", {{"body", "x"}}, "customer_id", other.known.customer);
  compare("/customers", {{"name", "x"}}, "assigned_employee_id", other.known.employee);
}

TEST_F(Acceptance4, WithoutASessionEverythingIs401) {
  rich_company other{port(), "Zanzibar"};
  api_client nobody{port()}, forger{port()};
  forger.token = std::string(43, 'A');
  for (const auto& a : attempts(other.known)) {
    SCOPED_TRACE(a.method + " " + a.path);
    for (auto* who : {&nobody, &forger}) {
      const auto answer = who->call(a.method, other.owner.path() + a.path, a.body);
      EXPECT_EQ(answer.status, 401);
      EXPECT_EQ(answer.value().at("code"), "unauthenticated");
      EXPECT_EQ(answer.header("WWW-Authenticate"), "Bearer");
      EXPECT_EQ(answer.body.find(other.secret), std::string::npos);
    }
  }
}

TEST_F(Acceptance4, AMemberOfTwoCompaniesGetsEachOnesEventsOnItsStreamOnly) {
  rich_company first{port(), "Zanzibar"}, second{port(), "Quixote"};
  const auto invited = send_invitation(second.owner, "Both", first.colleague.user().at("email"), "agent");
  auto there = accept_as(first.colleague, second.owner.company_id(), invited.at("invitation").at("token"));
  EXPECT_EQ(there.user(), first.colleague.user());
  const auto memberships = there.api().call("GET", "/sessions/current").value().at("memberships");
  EXPECT_EQ(memberships.size(), 2U);

  const auto at_first = first.colleague.open_stream(), at_second = there.open_stream();
  const auto first_marker = mark(first.owner, "Zanzibar marker"), second_marker = mark(second.owner, "Quixote marker");
  at_first->wait_for_id(first_marker);
  at_second->wait_for_id(second_marker);
  const auto last = mark(first.owner, "Zanzibar last");
  at_first->wait_for_id(last);
  EXPECT_EQ(at_first->body().find("Quixote"), std::string::npos);
  EXPECT_EQ(at_second->body().find("Zanzibar"), std::string::npos);
  EXPECT_EQ(there.get("/customers/" + first.known.customer).status, 404);
}

}  // namespace chatmesh::test
