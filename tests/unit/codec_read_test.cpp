// Bodies of POST and PUT for the objects of protocol §2.
#include "domain/codec.hpp"
#include "tests/support/faults.hpp"

#include <gtest/gtest.h>

namespace {

using namespace chatmesh::domain;
using chatmesh::test::fault_list;
using chatmesh::test::faults_of;
using chatmesh::test::or_throw;

const id some_id = *id::parse("0198a1b2-c3d4-7e5f-8901-23456789abcd");
const std::string some_id_text = some_id.to_string();

auto read_new_employee(const json& body) {
  return or_throw([&](faults& found) { return chatmesh::domain::read_new_employee(body, found); });
}

auto read_customer(const json& body) {
  return or_throw([&](faults& found) { return chatmesh::domain::read_customer(body, found); });
}

auto read_new_note(const json& body) {
  return or_throw([&](faults& found) { return chatmesh::domain::read_new_note(body, found); });
}

auto read_new_message(const json& body) {
  return or_throw([&](faults& found) { return chatmesh::domain::read_new_message(body, found); });
}

fault_list customer_faults(std::string_view body) {
  return faults_of([body] { read_customer(parse_object(body)); });
}

// The faults of a customer that is in order but for `member`.
fault_list customer_faults_with(const std::string& member) {
  return customer_faults("{\"name\":\"Ada\"," + member + "}");
}

std::string list_of(std::size_t count, const std::string& element) {
  std::string text = "[";
  for (std::size_t i = 0; i < count; ++i)
    text += (i == 0 ? "" : ",") + element;
  return text + "]";
}

std::string attributes_of(std::size_t count) {
  std::string text = "{";
  for (std::size_t i = 0; i < count; ++i)
    text += (i == 0 ? "\"" : ",\"") + std::to_string(i) + "\":true";
  return text + "}";
}

TEST(CodecRead, CompanyTakesNameAndOrigins) {
  const auto read = read_company(
      parse_object(R"({"name":" Acme ","widget_origins":["https://a.example","http://b:80"]})"));
  EXPECT_EQ(read.name, " Acme ");
  EXPECT_EQ(read.widget_origins, (std::vector<std::string>{"https://a.example", "http://b:80"}));
  EXPECT_TRUE(read_company(parse_object(R"({"name":"Acme"})")).widget_origins.empty());
}

TEST(CodecRead, CompanyNamesEveryFault) {
  const auto faults = faults_of([] {
    read_company(
        parse_object(R"({"name":"","widget_origins":["https://a/x",1,"http://b",null],"plan":"free","a/b~c":1})"));
  });
  EXPECT_EQ(faults, (fault_list{"/name too_short", "/widget_origins/0 invalid_format", "/widget_origins/1 wrong_type",
                                "/widget_origins/3 wrong_type", "/plan unknown_field", "/a~1b~0c unknown_field"}));
  EXPECT_EQ(faults_of([] {
              read_company(parse_object("{\"name\":\"A\",\"widget_origins\":" + list_of(51, "\"http://a\"") + "}"));
            }),
            (fault_list{"/widget_origins too_many"}));
}

TEST(CodecRead, NewEmployeeNeedsNameAndEmailAndIsAnAgent) {
  const auto read = read_new_employee(parse_object(R"({"name":"Bo","email":"bo@x"})"));
  EXPECT_EQ(read.name, "Bo");
  EXPECT_EQ(read.email, "bo@x");
  EXPECT_EQ(read.role, role::agent);
  EXPECT_FALSE(read.phone || read.title || read.avatar_url);
  EXPECT_EQ(faults_of([] { read_new_employee(parse_object("{}")); }),
            (fault_list{"/name required", "/email required"}));
  EXPECT_EQ(faults_of([] { read_new_employee(parse_object(R"({"name":null,"email":null,"role":null})")); }),
            (fault_list{"/name required", "/email required", "/role wrong_type"}));
}

TEST(CodecRead, EmployeePutNeedsNameAndRole) {
  const auto read = read_employee(parse_object(
      R"({"name":"Bo","role":"owner","email":null,"phone":"+49 1","title":"","avatar_url":"https://x/y.png"})"));
  EXPECT_EQ(read.role, role::owner);
  EXPECT_FALSE(read.email);
  EXPECT_EQ(read.phone, "+49 1");
  EXPECT_EQ(read.title, "");
  EXPECT_EQ(read.avatar_url, "https://x/y.png");
  EXPECT_EQ(faults_of([] { read_employee(parse_object("{}")); }), (fault_list{"/name required", "/role required"}));
  EXPECT_EQ(faults_of([] {
              read_employee(parse_object(R"({"name":1,"role":"Owner","phone":{},"email":"x","avatar_url":""})"));
            }),
            (fault_list{"/name wrong_type", "/email invalid_format", "/phone wrong_type", "/avatar_url invalid_format",
                        "/role invalid_value"}));
  EXPECT_EQ(faults_of([] { read_employee(parse_object(R"({"name":"Bo","role":3})")); }),
            (fault_list{"/role wrong_type"}));
}

TEST(CodecRead, CustomerHasDefaults) {
  const auto read = read_customer(parse_object(R"({"name":"Ada"})"));
  customer_fields expected;
  expected.name = "Ada";
  EXPECT_EQ(read, expected);
  EXPECT_EQ(read.status, customer_status::open);
  EXPECT_TRUE(read.attributes.is_object());
  EXPECT_EQ(
      read_customer(parse_object(
          R"({"name":"Ada","email":null,"phone":null,"avatar_url":null,"organization":null,"assigned_employee_id":null})")),
      expected);
}

TEST(CodecRead, CustomerKeepsEverythingAsItIs) {
  const auto read = read_customer(parse_object(
      R"({"name":" Ada ","email":"A@x","phone":"1","avatar_url":"http://x","organization":"O","status":"snoozed",)"
      R"("tags":[" vip ","vip","vip"],"attributes":{"b":"x","a":1.5,"c":true,"d":-7,"e":null},"assigned_employee_id":")" +
      some_id_text + "\"}"));
  EXPECT_EQ(read.name, " Ada ");
  EXPECT_EQ(read.email, "A@x");
  EXPECT_EQ(read.phone, "1");
  EXPECT_EQ(read.avatar_url, "http://x");
  EXPECT_EQ(read.organization, "O");
  EXPECT_EQ(read.status, customer_status::snoozed);
  EXPECT_EQ(read.tags, (std::vector<std::string>{" vip ", "vip", "vip"}));
  EXPECT_EQ(dump(read.attributes), R"({"b":"x","a":1.5,"c":true,"d":-7,"e":null})");
  EXPECT_EQ(read.assigned_employee_id, some_id);
}

TEST(CodecRead, CustomerNamesEveryFaultAtOnce) {
  EXPECT_EQ(
      customer_faults(R"({"email":"x","phone":"123456789012345678901234567890123","avatar_url":"x","organization":[],)"
                      R"("status":"gone","tags":["ok","",7],"attributes":{"":1,"n":null,"o":{},"l":[]},)"
                      R"("assigned_employee_id":"nobody","shoe_size":43})"),
      (fault_list{"/name required", "/email invalid_format", "/phone too_long", "/avatar_url invalid_format",
                  "/organization wrong_type", "/status invalid_value", "/tags/1 too_short", "/tags/2 wrong_type",
                  "/attributes/ too_short", "/attributes/o wrong_type", "/attributes/l wrong_type",
                  "/assigned_employee_id not_found", "/shoe_size unknown_field"}));
}

TEST(CodecRead, NullIsAFaultWhereNothingIsNoValue) {
  EXPECT_EQ(customer_faults(R"({"name":null})"), (fault_list{"/name required"}));
  EXPECT_EQ(customer_faults_with(R"("status":null)"), (fault_list{"/status wrong_type"}));
  EXPECT_EQ(customer_faults_with(R"("tags":null)"), (fault_list{"/tags wrong_type"}));
  EXPECT_EQ(customer_faults_with(R"("attributes":null)"), (fault_list{"/attributes wrong_type"}));
}

TEST(CodecRead, WrongTypesAreNamed) {
  EXPECT_EQ(customer_faults_with(R"("tags":"vip")"), (fault_list{"/tags wrong_type"}));
  EXPECT_EQ(customer_faults_with(R"("tags":{"0":"vip"})"), (fault_list{"/tags wrong_type"}));
  EXPECT_EQ(customer_faults_with(R"("attributes":[])"), (fault_list{"/attributes wrong_type"}));
  EXPECT_EQ(customer_faults_with(R"("assigned_employee_id":7)"), (fault_list{"/assigned_employee_id wrong_type"}));
  EXPECT_EQ(customer_faults_with(R"("status":true)"), (fault_list{"/status wrong_type"}));
  EXPECT_EQ(customer_faults_with(R"("email":5)"), (fault_list{"/email wrong_type"}));
}

TEST(CodecRead, AnIntegerBeyond64BitsIsAFaultAndNeverAnotherNumber) {
  EXPECT_EQ(customer_faults_with(R"("attributes":{"a":18446744073709551616,"b":-9223372036854775809,"c":1e30})"),
            (fault_list{"/attributes/a out_of_range", "/attributes/b out_of_range"}));
  EXPECT_EQ(customer_faults_with(R"("attributes":{"a":18446744073709551615,"b":-9223372036854775808})"), fault_list{});
  EXPECT_EQ(customer_faults_with(R"("email":18446744073709551616)"), (fault_list{"/email wrong_type"}));
  EXPECT_EQ(customer_faults_with(R"("version":18446744073709551616)"), fault_list{}) << "read-only fields are ignored";
}

TEST(CodecRead, AnIdWithAFaultIsNil) {
  faults found;
  const auto read = chatmesh::domain::read_customer(parse_object(R"({"name":"","assigned_employee_id":"x"})"), found);
  EXPECT_EQ(found.size(), 2U);
  EXPECT_EQ(read.assigned_employee_id, id{});
}

TEST(CodecRead, TagsAndAttributesAreLimited) {
  EXPECT_EQ(customer_faults_with("\"tags\":" + list_of(50, "\"x\"")), fault_list{});
  EXPECT_EQ(customer_faults_with("\"tags\":" + list_of(51, "\"x\"")), (fault_list{"/tags too_many"}));
  EXPECT_EQ(customer_faults_with("\"attributes\":" + attributes_of(50)), fault_list{});
  EXPECT_EQ(customer_faults_with("\"attributes\":" + attributes_of(51)), (fault_list{"/attributes too_many"}));
  const std::string long_key(65, 'k');
  EXPECT_EQ(customer_faults_with("\"attributes\":{\"" + long_key + "\":1}"),
            (fault_list{"/attributes/" + long_key + " too_long"}));
  EXPECT_EQ(customer_faults_with("\"attributes\":{\"a/b\":\"" + std::string(16385, 'x') + "\"}"),
            (fault_list{"/attributes/a~1b too_long"}));
}

TEST(CodecRead, FaultsDoNotGrowWithAHostileList) {
  EXPECT_EQ(customer_faults_with("\"tags\":" + list_of(10'000, "0")).size(), 51u);
}

TEST(CodecRead, NewNoteNeedsACustomerAndABody) {
  const auto read = read_new_note(
      parse_object("{\"customer_id\":\"" + some_id_text + "\",\"body\":\" x\\n\",\"pinned\":true}"));
  EXPECT_EQ(read.customer_id, some_id);
  EXPECT_EQ(read.body, " x\n");
  EXPECT_TRUE(read.pinned);
  EXPECT_EQ(faults_of([] { read_new_note(parse_object("{}")); }),
            (fault_list{"/customer_id required", "/body required"}));
  EXPECT_EQ(faults_of([] { read_new_note(parse_object(R"({"customer_id":"x","body":"","pinned":"yes"})")); }),
            (fault_list{"/customer_id not_found", "/body too_short", "/pinned wrong_type"}));
  EXPECT_EQ(faults_of([] { read_new_note(parse_object(R"({"customer_id":null,"body":"x"})")); }),
            (fault_list{"/customer_id required"}));
}

TEST(CodecRead, NotePutKeepsItsCustomer) {
  const note_fields current{some_id, "old", true};
  EXPECT_EQ(read_note(parse_object(R"({"body":"new"})"), current), (note_fields{some_id, "new", false}));
  EXPECT_EQ(read_note(parse_object("{\"body\":\"new\",\"customer_id\":\"" + some_id_text + "\"}"), current),
            (note_fields{some_id, "new", false}));
  const auto faults = [&current](const std::string& customer) {
    return faults_of([&] { read_note(parse_object("{\"body\":\"new\",\"customer_id\":" + customer + "}"), current); });
  };
  EXPECT_EQ(faults("\"" + id::make().to_string() + "\""), (fault_list{"/customer_id immutable"}));
  EXPECT_EQ(faults("\"x\""), (fault_list{"/customer_id immutable"}));
  EXPECT_EQ(faults("null"), (fault_list{"/customer_id immutable"}));
  EXPECT_EQ(faults("7"), (fault_list{"/customer_id wrong_type"}));
}

TEST(CodecRead, MessagesAreReadLikeNotes) {
  const auto read = read_new_message(parse_object("{\"customer_id\":\"" + some_id_text + "\",\"body\":\"hello\"}"));
  EXPECT_EQ(read, (message_fields{some_id, "hello"}));
  EXPECT_EQ(faults_of([] { read_new_message(parse_object(R"({"pinned":true})")); }),
            (fault_list{"/customer_id required", "/body required", "/pinned unknown_field"}));
  EXPECT_EQ(read_message(parse_object(R"({"body":"new"})"), read), (message_fields{some_id, "new"}));
  EXPECT_EQ(faults_of([&] { read_message(parse_object(R"({"body":"new","customer_id":"x"})"), read); }),
            (fault_list{"/customer_id immutable"}));
  EXPECT_EQ(faults_of([&] { read_message(parse_object("{\"body\":\"" + std::string(16385, 'x') + "\"}"), read); }),
            (fault_list{"/body too_long"}));
}

TEST(CodecRead, TheInvitationOfAnAnswerIsIgnored) {
  EXPECT_EQ(
      read_employee(parse_object(R"({"name":"Bo","role":"agent","status":"nonsense","invitation":{"token":"t"}})"))
          .name,
      "Bo");
}

}  // namespace
