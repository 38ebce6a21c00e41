// PATCH: RFC 7396 on the writable fields.
#include "domain/codec.hpp"
#include "tests/support/faults.hpp"

#include <gtest/gtest.h>

namespace {

using namespace chatmesh::domain;
using chatmesh::test::fault_list;
using chatmesh::test::faults_of;
using chatmesh::test::or_throw;

auto merge_customer(const json& patch, const customer_fields& current) {
  return or_throw([&](faults& found) { return chatmesh::domain::merge_customer(patch, current, found); });
}

customer_fields some_customer() {
  customer_fields f;
  f.name = "Ada";
  f.email = "ada@x";
  f.phone = "1";
  f.status = customer_status::closed;
  f.tags = {"a", "b"};
  f.attributes = json::parse(R"({"plan":"pro","seats":3,"trial":false})");
  f.assigned_employee_id = id::make();
  return f;
}

customer_fields patched(std::string_view patch) {
  return merge_customer(parse_object(patch), some_customer());
}

fault_list customer_faults(std::string_view patch) {
  return faults_of([patch] { patched(patch); });
}

TEST(CodecMerge, AnEmptyPatchChangesNothing) {
  const auto customer = some_customer();
  EXPECT_EQ(merge_customer(parse_object("{}"), customer), customer);
  const company_fields company{"Acme", {"http://a"}};
  EXPECT_EQ(merge_company(parse_object("{}"), company), company);
  employee_fields employee;
  employee.name = "Bo";
  employee.title = "Boss";
  employee.role = role::owner;
  EXPECT_EQ(merge_employee(parse_object("{}"), employee), employee);
  const note_fields note{id::make(), "x", true};
  EXPECT_EQ(merge_note(parse_object("{}"), note), note);
  const message_fields message{id::make(), "x"};
  EXPECT_EQ(merge_message(parse_object("{}"), message), message);
}

TEST(CodecMerge, ChangesWhatItNamesAndNothingElse) {
  auto expected = some_customer();
  const auto assigned = id::make();
  expected.assigned_employee_id = assigned;
  expected.name = "Grace";
  expected.tags = {"c"};
  auto current = some_customer();
  const auto read = merge_customer(
      parse_object(R"({"name":"Grace","tags":["c"],"assigned_employee_id":")" + assigned.to_string() + "\"}"), current);
  EXPECT_EQ(read, expected);
  EXPECT_EQ(merge_company(parse_object(R"({"name":"B"})"), {"A", {"http://a"}}), (company_fields{"B", {"http://a"}}));
}

TEST(CodecMerge, NullTakesAnOptionalFieldToItsDefault) {
  const auto read = patched(
      R"({"email":null,"phone":null,"status":null,"tags":null,"attributes":null,"assigned_employee_id":null})");
  customer_fields expected;
  expected.name = "Ada";
  EXPECT_EQ(read, expected);
  EXPECT_EQ(merge_note(parse_object(R"({"pinned":null})"), {id{}, "x", true}).pinned, false);
  EXPECT_TRUE(merge_company(parse_object(R"({"widget_origins":null})"), {"A", {"http://a"}}).widget_origins.empty());
}

TEST(CodecMerge, NullForARequiredFieldIsAFault) {
  EXPECT_EQ(customer_faults(R"({"name":null})"), (fault_list{"/name required"}));
  EXPECT_EQ(faults_of([] {
              merge_company(parse_object(R"({"name":null})"), {"A", {}});
            }),
            (fault_list{"/name required"}));
  employee_fields employee;
  employee.name = "Bo";
  EXPECT_EQ(faults_of([&] { merge_employee(parse_object(R"({"name":null,"role":null})"), employee); }),
            (fault_list{"/name required", "/role required"}));
  EXPECT_EQ(faults_of([] {
              merge_note(parse_object(R"({"body":null})"), {id{}, "x", true});
            }),
            (fault_list{"/body required"}));
  EXPECT_EQ(faults_of([] {
              merge_message(parse_object(R"({"body":null})"), {id{}, "x"});
            }),
            (fault_list{"/body required"}));
}

TEST(CodecMerge, MergesAttributesOneByOne) {
  const auto read = patched(R"({"attributes":{"seats":4,"trial":null,"absent":null,"city":"Wien"}})");
  EXPECT_EQ(dump(read.attributes), R"({"plan":"pro","seats":4,"city":"Wien"})");
  EXPECT_EQ(dump(patched(R"({"attributes":{}})").attributes), dump(some_customer().attributes));
  auto current = some_customer();
  current.attributes = json::parse(R"({"plan":null,"seats":null})");
  const auto merged = merge_customer(parse_object(R"({"attributes":{"seats":null}})"), current);
  EXPECT_EQ(dump(merged.attributes), R"({"plan":null})") << "a null that is there stays, a null that is given removes";
}

TEST(CodecMerge, FaultsOfTheResultAreNamed) {
  EXPECT_EQ(customer_faults(R"({"attributes":{"seats":{"x":null},"l":[]},"tags":[1],"email":{"x":1}})"),
            (fault_list{"/email wrong_type", "/tags/0 wrong_type", "/attributes/seats wrong_type",
                        "/attributes/l wrong_type"}));
  EXPECT_EQ(customer_faults(R"({"attributes":"x"})"), (fault_list{"/attributes wrong_type"}));
}

TEST(CodecMerge, CountsTheAttributesOfTheResult) {
  customer_fields current;
  current.name = "Ada";
  for (int i = 0; i < 50; ++i)
    current.attributes[std::string{"k"}.append(std::to_string(i))] = i;
  EXPECT_EQ(faults_of([&] { merge_customer(parse_object(R"({"attributes":{"more":1}})"), current); }),
            (fault_list{"/attributes too_many"}));
  const auto swapped = merge_customer(parse_object(R"({"attributes":{"more":1,"k0":null}})"), current);
  EXPECT_EQ(swapped.attributes.size(), 50u);
}

TEST(CodecMerge, UnknownFieldsAreFaultsAndReadOnlyOnesAreIgnored) {
  EXPECT_EQ(customer_faults(R"({"nickname":null,"shoe":1})"),
            (fault_list{"/nickname unknown_field", "/shoe unknown_field"}));
  const auto before = some_customer();
  EXPECT_EQ(merge_customer(parse_object(R"({"id":"x","version":99,"company_id":null,"assigned_employee":{"name":"x"},)"
                                        R"("created_at":null,"updated_at":1})"),
                           before),
            before);
}

TEST(CodecMerge, CustomerIdStaysFixed) {
  const note_fields note{id::make(), "x", false};
  const message_fields message{id::make(), "x"};
  EXPECT_EQ(merge_note(parse_object("{\"customer_id\":\"" + note.customer_id.to_string() + "\"}"), note), note);
  for (const auto& value : {std::string{"null"}, json(id::make().to_string()).dump()}) {
    const auto patch = parse_object("{\"customer_id\":" + value + "}");
    EXPECT_EQ(faults_of([&] { merge_note(patch, note); }), (fault_list{"/customer_id immutable"}));
    EXPECT_EQ(faults_of([&] { merge_message(patch, message); }), (fault_list{"/customer_id immutable"}));
  }
}

}  // namespace
