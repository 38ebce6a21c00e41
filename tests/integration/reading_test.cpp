// Lists, filters and the snapshot (protocol §1, §3, §5).
#include "tests/integration/fixture.hpp"
#include "tests/support/replica.hpp"

#include <algorithm>
#include <set>

namespace chatmesh::test {

namespace {

class Reading : public server_test {
protected:
  static std::set<std::string> ids(const json& items) {
    std::set<std::string> all;
    for (const auto& item : items)
      EXPECT_TRUE(all.insert(item.at("id")).second) << "twice: " << item;
    return all;
  }

  static std::string id_of(const written& w) { return w.object.at("id"); }
};

}  // namespace

TEST_F(Reading, ListsComeInPagesOfAnySize) {
  constexpr int count = 23;
  auto owner = sign_up(port(), "Acme", "Ada");
  std::set<std::string> customers, notes, messages, employees{owner.employee_id()};
  for (int i = 0; i < count; ++i) {
    const auto customer = id_of(owner.create("/customers", {{"name", "Customer " + std::to_string(i)}}));
    customers.insert(customer);
    notes.insert(id_of(owner.create("/notes", {{"customer_id", customer}, {"body", "x"}})));
    messages.insert(id_of(owner.create("/messages", {{"customer_id", customer}, {"body", "x"}})));
    employees.insert(id_of(owner.create("/employees", {{"name", "x"}, {"email", new_email("x")}})));
  }
  for (const int limit : {1, 2, 7, count, 500}) {
    EXPECT_EQ(ids(owner.read_list("/customers", limit)), customers);
    EXPECT_EQ(ids(owner.read_list("/notes", limit)), notes);
    EXPECT_EQ(ids(owner.read_list("/messages", limit)), messages);
    EXPECT_EQ(ids(owner.read_list("/employees", limit)), employees);
  }
  const auto page = owner.read("/customers?limit=5");
  EXPECT_EQ(page.at("items").size(), 5U);
  EXPECT_EQ(page.at("cursor"), owner.head());
  EXPECT_TRUE(owner.read("/customers?limit=" + std::to_string(count)).at("next").is_null());
}

TEST_F(Reading, ItemsOfAListAreCompleteObjects) {
  auto owner = sign_up(port(), "Acme", "Ada");
  const auto customer = id_of(owner.create("/customers", full_customer("Grace", owner.employee_id())));
  owner.create("/notes", {{"customer_id", customer}, {"body", "x"}});
  owner.create("/messages", {{"customer_id", customer}, {"body", "x"}});
  for (const std::string collection : {"/employees", "/customers", "/notes", "/messages"}) {
    const auto items = owner.read_list(collection);
    ASSERT_EQ(items.size(), 1U) << collection;
    EXPECT_EQ(items.at(0), owner.read(collection + "/" + items.at(0).at("id").get<std::string>()));
  }
}

TEST_F(Reading, AListThatChangesWhileItIsPagedRepeatsNothing) {
  auto owner = sign_up(port(), "Acme", "Ada");
  std::set<std::string> first;
  for (int i = 0; i < 12; ++i)
    first.insert(id_of(owner.create("/customers", {{"name", "x"}})));
  json items = json::array();
  std::string after;
  do {
    const auto page = owner.read("/customers?limit=4" + after);
    items.insert(items.end(), page.at("items").begin(), page.at("items").end());
    after = page.at("next").is_null() ? "" : "&after=" + page.at("next").get<std::string>();
    owner.create("/customers", {{"name", "meanwhile"}});
    owner.merge("/customers/" + *first.begin(), {{"phone", std::to_string(items.size())}});
  } while (!after.empty());
  const auto seen = ids(items);
  EXPECT_TRUE(std::ranges::includes(seen, first));
}

TEST_F(Reading, FiltersOfCustomers) {
  team all{port()};
  auto body = full_customer("Grace", all.agent.employee_id());
  const auto grace = id_of(all.owner.create("/customers", body));
  const auto alan = id_of(
      all.owner.create("/customers", {{"name", "Alan T."}, {"status", "closed"}, {"tags", {"x,y"}}}));
  const std::set<std::string> only_grace{grace}, only_alan{alan};
  EXPECT_EQ(ids(all.owner.read_list("/customers?status=open")), only_grace);
  EXPECT_EQ(ids(all.owner.read_list("/customers?status=closed")), only_alan);
  EXPECT_EQ(ids(all.owner.read_list("/customers?tag=vip")), only_grace);
  EXPECT_EQ(ids(all.owner.read_list("/customers?tag=x%2Cy")), only_alan);
  EXPECT_EQ(ids(all.owner.read_list("/customers?tag=vi")), std::set<std::string>{});
  EXPECT_EQ(ids(all.owner.read_list("/customers?assigned_employee_id=" + all.agent.employee_id())), only_grace);
  EXPECT_EQ(ids(all.owner.read_list("/customers?status=closed&tag=vip")), std::set<std::string>{});
}

TEST_F(Reading, SearchOfCustomersKnowsUnicode) {
  auto owner = sign_up(port(), "Acme", "Ada");
  const auto strasse = id_of(owner.create("/customers", {{"name", "Jürgen Straße"}, {"phone", "+49 (0)30 12"}}));
  const auto sofia = id_of(owner.create("/customers", {{"name", "София"}, {"email", "Sofia@Example.BG"}}));
  const auto cafe = id_of(owner.create("/customers", {{"name", "x"}, {"organization", "Cafe\u0301 100%"}}));
  const auto found = [&](const std::string& query) { return ids(owner.read_list("/customers?q=" + query)); };
  using set = std::set<std::string>;
  EXPECT_EQ(found("J%C3%9CRGEN%20STRASSE"), set{strasse});
  EXPECT_EQ(found("j%C3%BCrgen+stra%C3%9Fe"), set{strasse}) << "a plus is a blank in a query";
  EXPECT_EQ(found("%D0%A1%D0%9E%D0%A4"), set{sofia});
  EXPECT_EQ(found("sofia%40EXAMPLE.bg"), set{sofia});
  EXPECT_EQ(found("CAF%C3%89"), set{cafe});
  EXPECT_EQ(found("100%25"), set{cafe});
  EXPECT_EQ(found("(0)30"), set{strasse});
  EXPECT_EQ(found("nobody"), set{});
  EXPECT_EQ(found("%25"), set{cafe}) << "no wildcard";
  EXPECT_EQ(found("_"), set{});
  EXPECT_EQ(found(""), (set{strasse, sofia, cafe})) << "an empty box searches for nothing";
  EXPECT_EQ(found("%E2%80%8B"), set{}) << "nobody has nothing that can be seen";
  EXPECT_EQ(found("%EF%BB%BF"), set{});
  EXPECT_EQ(ids(owner.read_list("/customers?status=closed&q=x")), set{});
  owner.merge("/customers/" + sofia, {{"name", "Elena"}});
  EXPECT_EQ(found("%D0%A1%D0%BE%D1%84%D0%B8%D1%8F"), set{});
  EXPECT_EQ(found("elena"), set{sofia});
}

TEST_F(Reading, SearchTakesALineBreakForABlank) {
  auto owner = sign_up(port(), "Acme", "Ada");
  const auto broken = id_of(owner.create("/customers", {{"name", "a\nb"}, {"email", "c@d.example"}}));
  const auto found = [&](const std::string& query) { return ids(owner.read_list("/customers?q=" + query)); };
  using set = std::set<std::string>;
  EXPECT_EQ(found("a%0Ab"), set{broken});
  EXPECT_EQ(found("A+B"), set{broken});
  EXPECT_EQ(found("b%0Ac"), set{}) << "across two fields";
  EXPECT_EQ(found("%0A"), set{broken});
}

TEST_F(Reading, NotesAndMessagesOfOneCustomer) {
  auto owner = sign_up(port(), "Acme", "Ada");
  const auto one = id_of(owner.create("/customers", {{"name", "One"}})),
             two = id_of(owner.create("/customers", {{"name", "Two"}}));
  std::vector<std::string> messages;
  for (int i = 0; i < 4; ++i)
    messages.push_back(id_of(owner.create("/messages", {{"customer_id", one}, {"body", std::to_string(i)}})));
  owner.create("/messages", {{"customer_id", two}, {"body", "x"}});
  const auto note = id_of(owner.create("/notes", {{"customer_id", two}, {"body", "x"}}));
  EXPECT_EQ(ids(owner.read_list("/messages?customer_id=" + one)),
            (std::set<std::string>{messages.begin(), messages.end()}));
  EXPECT_EQ(ids(owner.read_list("/notes?customer_id=" + two)), std::set<std::string>{note});
  EXPECT_EQ(ids(owner.read_list("/notes?customer_id=" + one)), std::set<std::string>{});
  const auto before = ids(owner.read_list("/messages?customer_id=" + one + "&before=" + messages[2]));
  EXPECT_EQ(before, (std::set<std::string>{messages[0], messages[1]}));
}

TEST_F(Reading, WhatACustomerTakesAlongIsGone) {
  team all{port()};
  const auto stream = all.agent.open_stream();
  const auto customer = id_of(all.owner.create("/customers", {{"name", "Grace"}}));
  const auto note = id_of(all.owner.create("/notes", {{"customer_id", customer}, {"body", "x"}}));
  const auto message = id_of(all.owner.create("/messages", {{"customer_id", customer}, {"body", "x"}}));
  const auto before = seq_of(all.owner.head());
  const auto end = all.owner.remove("/customers/" + customer);
  EXPECT_EQ(seq_of(end), before + 1) << "one event implies the rest";
  EXPECT_EQ(all.owner.get("/notes/" + note).status, 404);
  EXPECT_EQ(all.owner.get("/messages/" + message).status, 404);
  EXPECT_TRUE(all.owner.read_list("/notes").empty());
  EXPECT_TRUE(all.owner.read_list("/messages").empty());
  stream->wait_for_id(end);
}

TEST_F(Reading, ASnapshotHasWhatAClientStartsFrom) {
  team all{port()};
  const auto stream = all.admin.open_stream();
  const auto grace = id_of(all.owner.create("/customers", full_customer("Grace", all.agent.employee_id())));
  const auto alan = id_of(all.owner.create("/customers", {{"name", "Alan"}}));
  all.owner.create("/messages", {{"customer_id", grace}, {"body", "first"}});
  const auto last = all.owner.create("/messages", {{"customer_id", grace}, {"body", "last"}}).object;
  all.owner.create("/notes", {{"customer_id", grace}, {"body", "not in a snapshot"}});

  const auto snapshot = all.agent.read("/snapshot");
  EXPECT_EQ(names_of(snapshot), (std::vector<std::string>{"activity", "company", "cursor", "customers", "employees",
                                                          "me", "messages", "presence", "reads", "truncated"}));
  EXPECT_EQ(snapshot.at("cursor"), all.owner.head());
  EXPECT_EQ(snapshot.at("company"), all.owner.read(""));
  EXPECT_EQ(by_id(snapshot.at("employees")), by_id(all.owner.read_list("/employees")));
  EXPECT_EQ(by_id(snapshot.at("customers")), by_id(all.owner.read_list("/customers")));
  EXPECT_EQ(snapshot.at("customers").at(0).at("id"), grace) << "latest active first";
  EXPECT_EQ(snapshot.at("messages"), json::array({last}));
  EXPECT_EQ(snapshot.at("truncated"), false);
  EXPECT_EQ(snapshot.at("me"), all.owner.read("/employees/" + all.agent.employee_id()));
  EXPECT_EQ(snapshot.at("presence"), (json{{"online", {all.admin.employee_id()}}}));
}

TEST_F(Reading, CustomersByActivityAndByName) {
  auto owner = sign_up(port(), "Acme", "Ada");
  const auto make = [&](const char* name) { return id_of(owner.create("/customers", {{"name", name}})); };
  const auto zoe = make("zoe"), ben = make("Ben"), ada = make("ADA");
  const auto order = [&](const std::string& query, int limit) {
    std::vector<std::string> found;
    for (const auto& item : owner.read_list("/customers" + query, limit))
      found.push_back(item.at("id"));
    return found;
  };
  const auto said = owner.create("/messages", {{"customer_id", zoe}, {"body", "x"}}).object;
  const auto closed = owner.merge("/customers/" + ben, {{"status", "closed"}}).object;
  owner.merge("/customers/" + ada, {{"phone", "1"}});
  for (const int limit : {1, 2, 100}) {
    EXPECT_EQ(order("?sort=activity", limit), (std::vector{ben, zoe, ada}));
    EXPECT_EQ(order("?sort=name", limit), (std::vector{ada, ben, zoe}));
    EXPECT_EQ(order("?sort=name&status=open", limit), (std::vector{ada, zoe}));
    EXPECT_EQ(order("?sort=activity&q=E", limit), (std::vector{ben, zoe}));
    EXPECT_EQ(order("", limit), (std::vector{ada, ben, zoe})) << "newest first";
  }
  const auto page = owner.read("/customers?sort=activity&include=messages&limit=2");
  EXPECT_EQ(page.at("activity"), (json{closed.at("updated_at"), said.at("created_at")}));
  EXPECT_EQ(page.at("messages"), json::array({said}));
  EXPECT_EQ(page.at("cursor"), owner.head());
  const auto snapshot = owner.read("/snapshot");
  EXPECT_EQ(snapshot.at("activity").size(), snapshot.at("customers").size());
  EXPECT_EQ(snapshot.at("activity").at(0), page.at("activity").at(0));
  EXPECT_EQ(snapshot.at("customers").at(0), page.at("items").at(0)) << "one order in both";
}

TEST_F(Reading, AnOrderThatIsUnknownIsNamed) {
  auto owner = sign_up(port(), "Acme", "Ada");
  for (const auto& [query, parameter] :
       {std::pair{"sort=size", "'sort'"}, {"sort=", "'sort'"}, {"include=notes", "'include'"}}) {
    const auto answer = owner.get(std::string{"/customers?"} + query);
    EXPECT_EQ(answer.status, 400) << query;
    EXPECT_NE(answer.value().at("detail").get<std::string>().find(parameter), std::string::npos) << answer.body;
  }
  const auto customer = id_of(owner.create("/customers", {{"name", "x"}}));
  for (const std::string sort : {"activity", "name"})
    EXPECT_EQ(owner.get("/customers?sort=" + sort + "&after=" + customer).status, 400) << "a mark of another order";
}

TEST_F(Reading, ASnapshotIsBoundedAndSaysSo) {
  constexpr int most = 200;
  auto owner = sign_up(port(), "Acme", "Ada");
  for (int i = 0; i < most; ++i)
    owner.create("/customers", {{"name", "Customer " + std::to_string(i)}});
  EXPECT_EQ(owner.read("/snapshot").at("truncated"), false);
  const auto newest = id_of(owner.create("/customers", {{"name", "One more"}}));
  const auto snapshot = owner.read("/snapshot");
  EXPECT_EQ(snapshot.at("truncated"), true);
  EXPECT_EQ(snapshot.at("customers").size(), static_cast<std::size_t>(most));
  EXPECT_EQ(ids(snapshot.at("customers")).count(newest), 1U);
}

TEST_F(Reading, StreamingFromASnapshotBringsWhatChangedSince) {
  team all{port()};
  mark(all.owner, "Before");
  const auto snapshot = all.agent.read("/snapshot");
  const auto since = mark(all.owner, "Since");
  const auto stream = all.agent.open_stream({.cursor = snapshot.at("cursor").get<std::string>()});
  stream->wait_for_id(since);
  EXPECT_EQ(stream->events().size(), 1U);
}

}  // namespace chatmesh::test
