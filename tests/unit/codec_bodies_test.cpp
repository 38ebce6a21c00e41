#include "domain/codec.hpp"
#include "tests/support/faults.hpp"

#include <gtest/gtest.h>

namespace {

using namespace chatmesh::domain;
using chatmesh::test::fault_list;
using chatmesh::test::faults_of;

TEST(CodecBodies, SignupIsRead) {
  const auto read = read_signup(
      parse_object(R"({"company":{"name":"Acme"},"name":"Ada","email":"Ada@x","password":"0123456789"})"));
  EXPECT_EQ(read.company.name, "Acme");
  EXPECT_EQ(read.name, "Ada");
  EXPECT_EQ(read.email, "Ada@x");
  EXPECT_EQ(read.password, "0123456789");
}

TEST(CodecBodies, SignupNamesEveryFault) {
  const auto faults = [](std::string_view body) { return faults_of([body] { read_signup(parse_object(body)); }); };
  EXPECT_EQ(faults("{}"), (fault_list{"/company required", "/name required", "/email required", "/password required"}));
  EXPECT_EQ(faults(R"({"company":{"plan":1},"name":" ","email":"x","password":"012345678","token":1})"),
            (fault_list{"/company/name required", "/company/plan unknown_field", "/name invalid_value",
                        "/email invalid_format", "/password too_short", "/token unknown_field"}));
  EXPECT_EQ(faults(R"({"company":"Acme","name":"Ada","email":"a@x","password":1234567890})"),
            (fault_list{"/company wrong_type", "/password wrong_type"}));
  EXPECT_EQ(faults(R"({"company":null,"name":"Ada","email":"a@x","password":"0123456789"})"),
            (fault_list{"/company required"}));
}

TEST(CodecBodies, LoginJudgesTypesButNoFormat) {
  const auto read = read_login(parse_object(R"({"email":"nobody","password":"x"})"));
  EXPECT_EQ(read.email, "nobody");
  EXPECT_EQ(read.password, "x");
  EXPECT_EQ(faults_of([] { read_login(parse_object(R"({"email":1,"name":"x"})")); }),
            (fault_list{"/email wrong_type", "/password required", "/name unknown_field"}));
  EXPECT_EQ(
      faults_of([] { read_login(parse_object("{\"email\":\"\",\"password\":\"" + std::string(1025, 'x') + "\"}")); }),
      (fault_list{"/password too_long"}));
}

TEST(CodecBodies, AcceptMayBeEmpty) {
  const auto empty = read_accept(parse_object(R"({"name":null})"), false);
  EXPECT_FALSE(empty.name || empty.password);
  const auto read = read_accept(parse_object(R"({"name":"Bo","password":"0123456789"})"), true);
  EXPECT_EQ(read.name, "Bo");
  EXPECT_EQ(read.password, "0123456789");
  EXPECT_EQ(faults_of([] { read_accept(parse_object(R"({"name":"","password":"short","email":"a@x"})"), true); }),
            (fault_list{"/name too_short", "/password too_short", "/email unknown_field"}));
  EXPECT_EQ(faults_of([] { read_accept(parse_object("{}"), true); }), (fault_list{"/password required"}));
}

TEST(CodecBodies, APasswordOfALoginThatExistsIsNotJudged) {
  for (const auto& password : {std::string{"short"}, std::string{}, std::string(5000, 'x')})
    EXPECT_EQ(read_accept(parse_object("{\"password\":\"" + password + "\"}"), false).password, password);
}

TEST(CodecBodies, WidgetSessionMayBeEmpty) {
  const auto empty = read_widget_session(parse_object("{}"));
  EXPECT_FALSE(empty.name || empty.email || empty.customer_token);
  const auto read = read_widget_session(parse_object(R"({"name":"Eve","email":"e@x","customer_token":"nonsense"})"));
  EXPECT_EQ(read.name, "Eve");
  EXPECT_EQ(read.email, "e@x");
  EXPECT_EQ(read.customer_token, "nonsense");
  EXPECT_EQ(
      faults_of(
          [] { read_widget_session(parse_object(R"({"name":"\u200b","email":"x","customer_token":1,"id":1})")); }),
      (fault_list{"/name invalid_value", "/email invalid_format", "/customer_token wrong_type", "/id unknown_field"}));
}

TEST(CodecBodies, InboundMessageIsItsBody) {
  EXPECT_EQ(read_inbound_message(parse_object(R"({"body":" hi "})")), " hi ");
  EXPECT_EQ(faults_of([] { read_inbound_message(parse_object(R"({"customer_id":"x"})")); }),
            (fault_list{"/body required", "/customer_id unknown_field"}));
}

TEST(CodecBodies, TypingNamesACustomer) {
  const auto customer = id::make();
  EXPECT_EQ(read_typing(parse_object("{\"customer_id\":\"" + customer.to_string() + "\"}")), customer);
  EXPECT_EQ(faults_of([] { read_typing(parse_object("{}")); }), (fault_list{"/customer_id required"}));
  EXPECT_EQ(faults_of([] { read_typing(parse_object(R"({"customer_id":"x"})")); }),
            (fault_list{"/customer_id not_found"}));
}

}  // namespace
