// Complete objects: a customer with its assigned employee's details, an employee with avatar and contact, a note with
// metadata; the fields that protocol §2 names, no more and no less.
#include "tests/integration/fixture.hpp"

#include <set>

namespace chatmesh::test {

namespace {

class Acceptance5 : public server_test {};

using names = std::set<std::string>;

names fields_of(const json& object) {
  const auto all = names_of(object);
  return {all.begin(), all.end()};
}

const names employee_fields{"id",         "company_id", "user_id", "name",    "email",      "phone",     "title",
                            "avatar_url", "role",       "status",  "version", "created_at", "updated_at"};
const names customer_fields{"id",
                            "company_id",
                            "name",
                            "email",
                            "phone",
                            "avatar_url",
                            "organization",
                            "status",
                            "tags",
                            "attributes",
                            "assigned_employee_id",
                            "assigned_employee",
                            "version",
                            "created_at",
                            "updated_at"};
const names note_fields{"id",     "company_id", "customer_id", "body",      "pinned",
                        "author", "version",    "created_at",  "updated_at"};
const names message_fields{"id",   "company_id", "customer_id", "direction", "author",
                           "body", "version",    "created_at",  "updated_at"};
const names company_fields{"id", "name", "widget_key", "widget_origins", "version", "created_at", "updated_at"};

}  // namespace

TEST_F(Acceptance5, AnEmployeeComesWithAvatarAndContact) {
  team all{port()};
  const auto stream = all.admin.open_stream();
  const json details{{"name", "Ada L."},
                     {"email", "ada@example.net"},
                     {"phone", "+44 20"},
                     {"title", "Countess"},
                     {"avatar_url", "https://example.org/ada.webp"},
                     {"role", "owner"}};
  const auto cursor = all.owner.replace("/employees/" + all.owner.employee_id(), details).cursor;
  const auto object = stream->wait_for_id(cursor).value().at("object");
  EXPECT_EQ(fields_of(object), employee_fields);
  for (const auto& [name, value] : details.items())
    EXPECT_EQ(object.at(name), value) << name;
  EXPECT_EQ(object.at("status"), "active");
  EXPECT_EQ(object.at("user_id"), all.owner.user().at("id"));
}

TEST_F(Acceptance5, ACustomerComesWithItsAssignedEmployee) {
  team all{port()};
  const auto stream = all.admin.open_stream();
  const auto path = "/employees/" + all.agent.employee_id();
  all.agent.merge(path, {{"avatar_url", "https://example.org/cy.png"}, {"phone", "+1 212"}});
  const auto details = full_customer("Grace", all.agent.employee_id());
  const auto made = all.owner.create("/customers", details);
  const auto created = stream->wait_for_id(made.cursor).value().at("object");
  EXPECT_EQ(fields_of(created), customer_fields);
  EXPECT_EQ(created.at("assigned_employee"), all.owner.read(path));
  const auto given = full_customer("Grace", all.agent.employee_id());
  for (const auto& [name, value] : given.items())
    EXPECT_EQ(created.at(name), value) << name;

  // The employee's new details are there at once, in reads, tags and the next event.
  all.agent.merge(path, {{"title", "Lead"}});
  const auto answer = all.owner.get("/customers/" + made.object.at("id").get<std::string>());
  EXPECT_EQ(answer.value().at("assigned_employee"), all.owner.read(path));
  EXPECT_EQ(answer.value().at("version"), 1);
  EXPECT_EQ(answer.header("ETag"), "\"1." + all.owner.read(path).at("version").dump() + "\"");
  const auto touched = all.owner.merge("/customers/" + made.object.at("id").get<std::string>(), {{"name", "Grace H."}});
  EXPECT_EQ(stream->wait_for_id(touched.cursor).value().at("object").at("assigned_employee").at("title"), "Lead");
}

TEST_F(Acceptance5, ANoteComesWithAuthorAndMetadata) {
  team all{port()};
  const auto stream = all.admin.open_stream();
  const auto customer = all.owner.create("/customers", {{"name", "Grace"}}).object.at("id");
  const auto made = all.agent.create("/notes", {{"customer_id", customer}, {"body", "Likes COBOL"}, {"pinned", true}});
  const auto object = stream->wait_for_id(made.cursor).value().at("object");
  EXPECT_EQ(fields_of(object), note_fields);
  EXPECT_EQ(object.at("author"), all.owner.read("/employees/" + all.agent.employee_id()));
  EXPECT_EQ(object.at("customer_id"), customer);
  EXPECT_EQ(object.at("pinned"), true);
  EXPECT_EQ(object.at("version"), 1);
  EXPECT_EQ(object.at("created_at"), object.at("updated_at"));
}

TEST_F(Acceptance5, ANoteKeepsItsAuthorWhoLeft) {
  team all{port()};
  const auto customer = all.owner.create("/customers", {{"name", "Grace"}}).object.at("id");
  const auto note = all.agent.create("/notes", {{"customer_id", customer}, {"body", "Bye"}}).object;
  all.owner.remove("/employees/" + all.agent.employee_id());
  const auto author = all.owner.read("/notes/" + note.at("id").get<std::string>()).at("author");
  EXPECT_EQ(author.at("id"), all.agent.employee_id());
  EXPECT_EQ(author.at("status"), "removed");
}

TEST_F(Acceptance5, AMessageAndACompanyHaveTheirFields) {
  team all{port()};
  const auto stream = all.admin.open_stream();
  const auto customer = all.owner.create("/customers", {{"name", "Grace"}}).object.at("id");
  const auto message = all.agent.create("/messages", {{"customer_id", customer}, {"body", "Hello"}});
  const auto object = stream->wait_for_id(message.cursor).value().at("object");
  EXPECT_EQ(fields_of(object), message_fields);
  EXPECT_EQ(fields_of(object.at("author")), (names{"kind", "id", "name", "avatar_url"}));
  const auto company = all.owner.merge("", {{"name", "Acme 2"}});
  EXPECT_EQ(fields_of(stream->wait_for_id(company.cursor).value().at("object")), company_fields);
}

TEST_F(Acceptance5, TextComesBackByteForByte) {
  team all{port()};
  const auto stream = all.admin.open_stream();
  // Outside the BMP, combining, right to left, line ends of every kind, SSE's own words, and what JSON must escape.
  const std::string text =
      "  \U0001F469\u200D\U0001F680 e\u0301 \u202Eabc \u2028 \u2029\r\n\rdata: x\n\nid: 1\n\\ \" / \x7F \t \x01 ";
  const auto customer = all.owner.create("/customers", {{"name", " Grace  "}}).object;
  EXPECT_EQ(customer.at("name"), " Grace  ");
  const auto note = all.owner.create("/notes", {{"customer_id", customer.at("id")}, {"body", text}});
  EXPECT_EQ(note.object.at("body"), text);
  EXPECT_EQ(stream->wait_for_id(note.cursor).value().at("object").at("body"), text);
}

}  // namespace chatmesh::test
