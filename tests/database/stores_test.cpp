// What readers find: objects as they were written, lists in their order, and nothing of a company that is gone.
#include "database_fixture.hpp"

namespace {

using namespace chatmesh;
using namespace chatmesh::persistence;
using namespace chatmesh::persistence::test;
using domain::entity;

class Stores : public database_test {
protected:
  person ann = sign_up_as("Ann", "ann@example.org");

  template <class Item>
  static std::vector<domain::id> ids(const std::vector<Item>& items) {
    std::vector<domain::id> result;
    for (const Item& each : items)
      result.push_back(each.id);
    return result;
  }
  static std::vector<domain::id> reversed(std::vector<domain::id> of) { return {of.rbegin(), of.rend()}; }
};

TEST_F(Stores, FindALoginHoweverItsEmailIsWritten) {
  sign_up_as("Bob", "Bob.B@Example.org", "Other");
  const auto found = reads->find_login("bOB.b@eXAMPLE.ORG");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->user.email, "Bob.B@Example.org");
  EXPECT_EQ(found->password_hash, "hash of Bob");
  EXPECT_FALSE(reads->find_login("nobody@example.org"));
}

TEST_F(Stores, FindASessionUntilItExpires) {
  const auto found = reads->find_session(ann.token);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->session, ann.session);
  EXPECT_EQ(found->user.id, ann.user);
  EXPECT_EQ(found->user.name, "Ann");
  EXPECT_LT(found->now, found->expires_at);
  EXPECT_TRUE(reads->session_is_live(ann.session));
  tamper("UPDATE sessions SET expires_at = :now", reads->now());
  EXPECT_FALSE(reads->find_session(ann.token));
  EXPECT_FALSE(reads->session_is_live(ann.session));
  EXPECT_FALSE(reads->find_session(fresh_hash()));
}

TEST_F(Stores, FindActiveMembershipsOnly) {
  const auto body = parse(write(ann.as_user(), create_company{{"Second", {}}}).body);
  const person second{ann.user, ann.session, id_at(body, "company"), id_at(body, "employee"), {}};
  auto found = reads->memberships(ann.user);
  ASSERT_EQ(found.size(), 2U);
  for (const membership& each : found)
    EXPECT_EQ(each.employee.company_id, each.company.id);
  write(second.as_member(), delete_object{entity::company, second.company});
  found = reads->memberships(ann.user);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].company.id, ann.company);
  EXPECT_EQ(found[0].employee.id, ann.employee);
}

TEST_F(Stores, FindAnInvitationWhileItIsOpen) {
  const invited open = invite(ann, "bob");
  const auto found = reads->find_invitation(open.token);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->company, ann.company);
  EXPECT_EQ(found->employee, open.employee);
  EXPECT_EQ(found->email, "bob@example.org");
  EXPECT_FALSE(found->existing);
  sign_up_as("Bob", "BOB@example.org", "Bob's");
  EXPECT_EQ(reads->find_invitation(open.token)->existing->user.name, "Bob");
  tamper("UPDATE invitations SET expires_at = :now", reads->now());
  EXPECT_FALSE(reads->find_invitation(open.token));
}

TEST_F(Stores, KeepEveryFieldOfACompany) {
  write(ann.as_member(),
        put(entity::company, ann.company,
            R"({"name":"Änderung & Söhne","widget_origins":["https://a.example","http://b.example:8080"]})"));
  const auto found = reads->find_company(ann.company);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->name, "Änderung & Söhne");
  EXPECT_EQ(found->widget_origins, (std::vector<std::string>{"https://a.example", "http://b.example:8080"}));
  EXPECT_EQ(found->widget_key.size(), 22U);
  EXPECT_EQ(found->version, 2U);
  EXPECT_EQ(reads->find_company_by_widget_key(found->widget_key)->id, ann.company);
  EXPECT_FALSE(reads->find_company_by_widget_key("another"));
}

TEST_F(Stores, KeepEveryFieldOfAnEmployee) {
  const domain::employee_fields fields{"Bob",     "bob@example.org",         "+49 1",
                                       "Support", "https://a.example/b.png", domain::role::admin};
  const auto body = parse(
      write(ann.as_member(), create_employee{fields, {fresh_hash(), in(std::chrono::hours{1})}}).body);
  const auto found = reads->find_employee(ann.company, id_of(body));
  ASSERT_TRUE(found);
  EXPECT_EQ(static_cast<const domain::employee_fields&>(*found), fields);
  EXPECT_EQ(found->status, domain::employee_status::invited);
  EXPECT_FALSE(found->user_id);
  EXPECT_EQ(domain::to_json(*found), body);
}

TEST_F(Stores, KeepEveryFieldOfACustomer) {
  domain::customer_fields fields{
      "Cleo", "cleo@example.org", "1", "https://a.example/c.png", "Org", domain::customer_status::snoozed, {"z", "a"},
      {},     ann.employee};
  fields.attributes = parse(R"({"text":"x","whole":-7,"part":0.1,"large":18446744073709551615,"yes":true})");
  const auto found = reads->find_customer(ann.company, add_customer(ann, fields));
  ASSERT_TRUE(found);
  EXPECT_EQ(static_cast<const domain::customer_fields&>(*found), fields);
  EXPECT_EQ(domain::dump(found->attributes), domain::dump(fields.attributes));
  EXPECT_EQ(domain::to_json(found->assigned_employee.value()),
            domain::to_json(*reads->find_employee(ann.company, ann.employee)));
}

TEST_F(Stores, KeepEveryFieldOfANoteAndAMessage) {
  const auto customer = add_customer(ann, "Cleo");
  const auto note = id_of(parse(write(ann.as_member(), create_note{{customer, "line\nline", true}}).body));
  const auto found = reads->find_note(ann.company, note);
  ASSERT_TRUE(found);
  EXPECT_EQ(static_cast<const domain::note_fields&>(*found), (domain::note_fields{customer, "line\nline", true}));
  EXPECT_EQ(found->author.id, ann.employee);
  const auto message = reads->find_message(ann.company, add_message(ann, customer, "hello"));
  ASSERT_TRUE(message);
  EXPECT_EQ(message->body, "hello");
  EXPECT_EQ(message->direction, domain::direction::outbound);
  EXPECT_EQ(message->author.kind, domain::author_kind::employee);
  EXPECT_EQ(message->author.id, ann.employee);
}

TEST_F(Stores, ANoteShowsItsAuthorAsTheyAreAMessageAsTheyWere) {
  const auto customer = add_customer(ann, "Cleo");
  const auto note = add_note(ann, customer, "n");
  const auto message = add_message(ann, customer, "m");
  write(ann.as_member(), patch(entity::employee, ann.employee, R"({"name":"Anna"})"));
  EXPECT_EQ(reads->find_note(ann.company, note)->author.name, "Anna");
  EXPECT_EQ(reads->find_message(ann.company, message)->author.name, "Ann");
}

TEST_F(Stores, NothingIsFoundUnderAnotherCompany) {
  const person bob = sign_up_as("Bob", "bob@example.org", "Other");
  const auto customer = add_customer(ann, "Cleo");
  const auto note = add_note(ann, customer, "n");
  const auto message = add_message(ann, customer, "m");
  EXPECT_FALSE(reads->find_member(bob.company, ann.user));
  EXPECT_FALSE(reads->find_employee(bob.company, ann.employee));
  EXPECT_FALSE(reads->find_customer(bob.company, customer));
  EXPECT_FALSE(reads->find_note(bob.company, note));
  EXPECT_FALSE(reads->find_message(bob.company, message));
  EXPECT_TRUE(reads->list_notes(bob.company, customer, {}).items.empty());
  EXPECT_TRUE(reads->list_messages(bob.company, customer, {}, {}).items.empty());
  EXPECT_TRUE(reads->latest_messages(bob.company, {customer}).empty());
}

TEST_F(Stores, NothingButTheLogIsLeftOfADeletedCompany) {
  const auto customer = add_customer(ann, "Cleo");
  const auto note = add_note(ann, customer, "n");
  const auto message = add_message(ann, customer, "m");
  const auto visitor = open_widget(ann);
  const auto open = invite(ann, "bob");
  const auto key = reads->find_company(ann.company)->widget_key;
  write(ann.as_member(), delete_object{entity::company, ann.company});
  EXPECT_FALSE(reads->find_company(ann.company));
  EXPECT_FALSE(reads->find_company_by_widget_key(key));
  EXPECT_FALSE(reads->find_member(ann.company, ann.user));
  EXPECT_FALSE(reads->find_employee(ann.company, ann.employee));
  EXPECT_FALSE(reads->find_customer(ann.company, customer));
  EXPECT_FALSE(reads->find_note(ann.company, note));
  EXPECT_FALSE(reads->find_message(ann.company, message));
  EXPECT_FALSE(reads->find_visitor(visitor.token));
  EXPECT_FALSE(reads->find_invitation(open.token));
  EXPECT_TRUE(reads->all_employees(ann.company).empty());
  EXPECT_TRUE(reads->list_customers(ann.company, {}, {}).items.empty());
  EXPECT_EQ(reads->count_customers(ann.company), 0U);
  EXPECT_TRUE(reads->find_session(ann.token)) << "the login is the user's, not the company's";
  EXPECT_EQ(type_of(reads->read_log(ann.company, 0, 100, 1 << 20).changes.back()), "company.deleted");
}

TEST_F(Stores, PagesAreNewestFirstAndWithoutGap) {
  std::vector<domain::id> made;
  for (int i = 0; i < 7; ++i)
    made.push_back(add_customer(ann, "c" + std::to_string(i)));
  std::vector<domain::id> seen;
  page_request request{3, {}};
  int pages = 0;
  for (bool more = true; more; ++pages) {
    const auto page = reads->list_customers(ann.company, {}, request);
    EXPECT_LE(page.items.size(), 3U);
    for (const auto& each : page.items)
      seen.push_back(each.id);
    request.after = page.next;
    more = page.next.has_value();
  }
  EXPECT_EQ(pages, 3);
  EXPECT_EQ(seen, reversed(made));
}

TEST_F(Stores, APageThatIsJustFullIsTheLast) {
  for (int i = 0; i < 3; ++i)
    add_customer(ann, "c" + std::to_string(i));
  EXPECT_FALSE(reads->list_customers(ann.company, {}, {3, {}}).next);
  EXPECT_TRUE(reads->list_customers(ann.company, {}, {2, {}}).next);
}

TEST_F(Stores, RefuseAPageMarkThatTheyDidNotMake) {
  EXPECT_THROW(reads->list_customers(ann.company, {}, {10, "' OR 1=1"}), domain::malformed);
  EXPECT_THROW(reads->list_employees(ann.company, {10, ""}), domain::malformed);
}

TEST_F(Stores, FilterCustomersByEveryCombination) {
  const person bob = hire(ann, "bob");
  struct made_customer {
    domain::id id;
    domain::customer_fields fields;
  };
  std::vector<made_customer> all;
  for (const auto status : {domain::customer_status::open, domain::customer_status::closed})
    for (const auto& tags : {std::vector<std::string>{}, std::vector<std::string>{"vip", "x"}})
      for (const auto& assignee : {std::optional<domain::id>{}, std::optional{bob.employee}}) {
        for (const auto* name : {"Cleo", "Straße"}) {
          domain::customer_fields fields{name, {}, {}, {}, {}, status, tags, domain::json::object(), assignee};
          all.push_back({add_customer(ann, fields), fields});
        }
      }
  for (unsigned mask = 0; mask < 16; ++mask) {
    customer_query filter;
    if (mask & 1U)
      filter.status = domain::customer_status::closed;
    if (mask & 2U)
      filter.tag = "vip";
    if (mask & 4U)
      filter.assigned_employee_id = bob.employee;
    if (mask & 8U)
      filter.text = "STRASSE";
    std::vector<domain::id> expected;
    for (const auto& each : all)
      if ((!filter.status || each.fields.status == *filter.status) && (!filter.tag || !each.fields.tags.empty()) &&
          (!filter.text || each.fields.name == "Straße") &&
          (!filter.assigned_employee_id || each.fields.assigned_employee_id == filter.assigned_employee_id))
        expected.push_back(each.id);
    EXPECT_EQ(ids(reads->list_customers(ann.company, filter, {}).items), reversed(expected)) << "filters " << mask;
  }
}

TEST_F(Stores, SearchFindsAnyPartOfTheFourFieldsAndNothingElse) {
  domain::customer_fields fields = customer_fields_of("Zoë 100%_!", {"tagged"});
  fields.email = "Zoe@Example.org";
  fields.phone = "+49 30";
  fields.organization = "ΟΔΟΣ GmbH";
  fields.attributes["city"] = "Köln";
  const auto zoe = add_customer(ann, fields);
  add_customer(ann, "Other");
  const auto found = [&](const char* text) {
    return ids(reads->list_customers(ann.company, {{}, {}, {}, text}, {}).items);
  };
  for (const auto* text : {"ZOË", "zoe\u0308", "00%_!", "EXAMPLE.ORG", "9 3", "οδος", "gmbh"})
    EXPECT_EQ(found(text), std::vector{zoe}) << text;
  for (const auto* text : {"tagged", "köln", "1000", "00%%", "00%__", "zoexample"})
    EXPECT_TRUE(found(text).empty()) << text;
}

TEST_F(Stores, SearchFollowsWhatIsWritten) {
  const auto customer = add_customer(ann, "Before");
  const auto finds = [&](const char* text) {
    return !reads->list_customers(ann.company, {{}, {}, {}, text}, {}).items.empty();
  };
  write(ann.as_member(), patch(entity::customer, customer, R"({"name":"After","phone":"123"})"));
  EXPECT_FALSE(finds("before"));
  EXPECT_TRUE(finds("AFTER"));
  EXPECT_TRUE(finds("23"));
  write(ann.as_member(), patch(entity::customer, customer, R"({"phone":null})"));
  EXPECT_FALSE(finds("23"));
}

TEST_F(Stores, TheTagFilterFollowsTheTags) {
  domain::customer_fields fields;
  fields.name = "Cleo";
  fields.tags = {"old"};
  const auto customer = add_customer(ann, fields);
  write(ann.as_member(), patch(entity::customer, customer, R"({"tags":["new"]})"));
  EXPECT_TRUE(reads->list_customers(ann.company, {{}, "old", {}}, {}).items.empty());
  EXPECT_EQ(ids(reads->list_customers(ann.company, {{}, "new", {}}, {}).items), std::vector{customer});
}

TEST_F(Stores, ListNotesAndMessagesOfOneCustomer) {
  const auto cleo = add_customer(ann, "Cleo"), dora = add_customer(ann, "Dora");
  const std::vector notes{add_note(ann, cleo, "1"), add_note(ann, dora, "2"), add_note(ann, cleo, "3")};
  const std::vector messages{add_message(ann, cleo, "1"), add_message(ann, dora, "2"), add_message(ann, cleo, "3")};
  EXPECT_EQ(ids(reads->list_notes(ann.company, {}, {}).items), reversed(notes));
  EXPECT_EQ(ids(reads->list_notes(ann.company, cleo, {}).items), (std::vector{notes[2], notes[0]}));
  EXPECT_EQ(ids(reads->list_messages(ann.company, {}, {}, {}).items), reversed(messages));
  EXPECT_EQ(ids(reads->list_messages(ann.company, cleo, {}, {}).items), (std::vector{messages[2], messages[0]}));
  EXPECT_EQ(ids(reads->list_messages(ann.company, {}, messages[2], {}).items), (std::vector{messages[1], messages[0]}));
  EXPECT_EQ(ids(reads->list_messages(ann.company, cleo, messages[2], {}).items), std::vector{messages[0]});
}

TEST_F(Stores, ListsLeaveRemovedEmployeesOut) {
  const person bob = hire(ann, "bob");
  EXPECT_EQ(ids(reads->list_employees(ann.company, {}).items), (std::vector{bob.employee, ann.employee}));
  EXPECT_EQ(ids(reads->all_employees(ann.company)), (std::vector{bob.employee, ann.employee}));
  write(ann.as_member(), delete_object{entity::employee, bob.employee});
  EXPECT_EQ(ids(reads->list_employees(ann.company, {}).items), std::vector{ann.employee});
  EXPECT_EQ(ids(reads->all_employees(ann.company)), std::vector{ann.employee});
}

TEST_F(Stores, TellTheLatestMessageOfEachThatHasOne) {
  const auto cleo = add_customer(ann, "Cleo"), dora = add_customer(ann, "Dora"), eve = add_customer(ann, "Eve");
  add_message(ann, cleo, "1");
  add_message(ann, dora, "2");
  const auto latest = add_message(ann, cleo, "3");
  EXPECT_EQ(ids(reads->latest_messages(ann.company, {eve, cleo})), std::vector{latest});
}

TEST_F(Stores, AWidgetTokenNamesItsCustomerUntilItExpires) {
  const visit first = open_widget(ann);
  const auto found = reads->find_visitor(first.token);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->company, ann.company);
  EXPECT_EQ(found->customer, first.who.customer);
  tamper("UPDATE widget_tokens SET expires_at = :now", reads->now());
  EXPECT_FALSE(reads->find_visitor(first.token));
}

}  // namespace
