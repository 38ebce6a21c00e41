// Create, update, delete of a customer, an employee, a note, by any member: every other member gets the complete
// object.
#include "tests/integration/fixture.hpp"

#include <algorithm>
#include <map>
#include <memory>

namespace chatmesh::test {

namespace {

class Acceptance1 : public server_test {
protected:
  Acceptance1() : server_test({"--stream.skip-delay=20ms"}) {}

  void SetUp() override {
    for (auto* m : team_.all())
      streams_[m] = m->open_stream();
  }

  // Every member but the author's own client gets it; the author's other client is a member like any other.
  void expect_everywhere(member& author, const std::string& cursor, const std::string& type, const json& object) {
    for (auto* m : team_.all()) {
      SCOPED_TRACE(type + " by " + author.self().at("role").get<std::string>() + " at " +
                   m->self().at("role").get<std::string>());
      if (m == &author)
        expect_skipped(*streams_[m], cursor);
      else
        expect_event(*streams_[m], cursor, type, object, author.by());
    }
    expect_event(*other_tab(author), cursor, type, object, author.by());
  }

  team team_{port()};
  std::map<member*, std::unique_ptr<sse_client>> streams_;

private:
  sse_client* other_tab(member& author) {
    auto& stream = other_tabs_[&author];
    if (!stream)
      stream = author.another_tab().open_stream({.cursor = "0"});
    return stream.get();
  }

  std::map<member*, std::unique_ptr<sse_client>> other_tabs_;
};

}  // namespace

TEST_F(Acceptance1, EveryOtherMemberGetsTheCompleteCustomer) {
  for (auto* author : team_.all()) {
    const auto created = author->create("/customers", full_customer("Grace", author->employee_id()));
    const auto path = "/customers/" + created.object.at("id").get<std::string>();
    EXPECT_EQ(created.object, author->read(path));
    expect_everywhere(*author, created.cursor, "customer.created", created.object);

    const auto replaced = author->replace(path, {{"name", "Grace H."}, {"tags", {"navy"}}});
    EXPECT_EQ(replaced.object, author->read(path));
    EXPECT_EQ(replaced.object.at("version"), 2);
    EXPECT_TRUE(replaced.object.at("assigned_employee").is_null());
    expect_everywhere(*author, replaced.cursor, "customer.updated", replaced.object);

    const auto merged = author->merge(path, {{"status", "closed"}, {"attributes", {{"rank", "rear admiral"}}}});
    EXPECT_EQ(merged.object, author->read(path));
    expect_everywhere(*author, merged.cursor, "customer.updated", merged.object);

    const auto deleted = author->remove(path);
    expect_everywhere(*author, deleted, "customer.deleted", merged.object);
    EXPECT_EQ(author->get(path).status, 404);
  }
}

TEST_F(Acceptance1, EveryOtherMemberGetsTheCompleteNote) {
  const auto customer = team_.owner.create("/customers", {{"name", "Grace"}}).object.at("id");
  for (auto* author : team_.all()) {
    const auto created = author->create("/notes", {{"customer_id", customer}, {"body", "Call back.\n\nZ"}});
    const auto path = "/notes/" + created.object.at("id").get<std::string>();
    EXPECT_EQ(created.object, author->read(path));
    expect_everywhere(*author, created.cursor, "note.created", created.object);

    const auto replaced = author->replace(path, {{"customer_id", customer}, {"body", "Called."}, {"pinned", true}});
    EXPECT_EQ(replaced.object, author->read(path));
    expect_everywhere(*author, replaced.cursor, "note.updated", replaced.object);

    const auto deleted = author->remove(path);
    expect_everywhere(*author, deleted, "note.deleted", replaced.object);
    EXPECT_EQ(author->get(path).status, 404);
  }
}

TEST_F(Acceptance1, EveryOtherMemberGetsTheCompleteEmployee) {
  for (auto* author : {&team_.owner, &team_.admin}) {
    const auto created = author->create("/employees",
                                        {{"name", "Dee"}, {"email", new_email("Dee")}, {"title", "Support"}});
    const auto path = "/employees/" + created.object.at("id").get<std::string>();
    const auto invited = author->read(path);
    EXPECT_EQ(without(created.object, {"invitation"}), invited);
    EXPECT_EQ(invited.at("status"), "invited");
    expect_everywhere(*author, created.cursor, "employee.created", invited);

    const auto replaced = author->replace(
        path, {{"name", "Dee D."}, {"role", "agent"}, {"avatar_url", "https://example.org/dee.jpg"}});
    EXPECT_EQ(replaced.object, author->read(path));
    expect_everywhere(*author, replaced.cursor, "employee.updated", replaced.object);

    const auto deleted = author->remove(path);
    const auto last = streams_[&team_.agent]->wait_for_id(deleted).value().at("object");
    EXPECT_EQ(last.at("status"), "removed");
    EXPECT_EQ(without(last, {"status", "version", "updated_at"}),
              without(replaced.object, {"status", "version", "updated_at"}));
    expect_everywhere(*author, deleted, "employee.deleted", last);
    EXPECT_EQ(author->get(path).status, 404);
  }
}

TEST_F(Acceptance1, EveryOtherMemberGetsTheProfileThatAnAgentEdits) {
  const auto path = "/employees/" + team_.agent.employee_id();
  const auto merged = team_.agent.merge(path, {{"title", "Night shift"}, {"phone", "+1 555"}});
  EXPECT_EQ(merged.object, team_.owner.read(path));
  expect_everywhere(team_.agent, merged.cursor, "employee.updated", merged.object);
}

TEST_F(Acceptance1, RemovingAnEmployeeFirstUnassignsItsCustomers) {
  std::vector<std::string> customers;
  for (const auto* name : {"One", "Two"})
    customers.push_back(
        team_.owner.create("/customers", full_customer(name, team_.agent.employee_id())).object.at("id"));
  const auto before = seq_of(team_.owner.head());
  const auto removed = team_.owner.remove("/employees/" + team_.agent.employee_id());
  EXPECT_EQ(seq_of(removed), before + 3);

  auto& stream = *streams_[&team_.admin];
  stream.wait_for_id(removed);
  std::vector<std::string> unassigned;
  for (const auto& frame : stream.events()) {
    const auto event = frame.value();
    if (event.at("seq") <= before || event.at("seq") >= seq_of(removed))
      continue;
    EXPECT_EQ(frame.event, "customer.updated");
    EXPECT_TRUE(event.at("object").at("assigned_employee_id").is_null());
    EXPECT_TRUE(event.at("object").at("assigned_employee").is_null());
    const auto id = event.at("object").at("id").get<std::string>();
    EXPECT_EQ(event.at("object"), team_.admin.read("/customers/" + id));
    unassigned.push_back(id);
  }
  std::ranges::sort(customers);
  std::ranges::sort(unassigned);
  EXPECT_EQ(unassigned, customers);
}

TEST_F(Acceptance1, EveryOtherMemberGetsTheCompleteCompany) {
  const auto merged = team_.admin.merge("",
                                        {{"name", "Acme & Daughters"}, {"widget_origins", {"https://acme.example"}}});
  EXPECT_EQ(merged.object, team_.agent.read(""));
  expect_everywhere(team_.admin, merged.cursor, "company.updated", merged.object);
}

}  // namespace chatmesh::test
