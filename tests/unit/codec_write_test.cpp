// The complete JSON form of every object: members, order, nulls, and that it can be PUT back.
#include "domain/codec.hpp"

#include <gtest/gtest.h>

namespace {

using namespace chatmesh::domain;
using namespace std::chrono_literals;

const id a = *id::parse("0198a1b2-0000-7000-8000-00000000000a");
const id b = *id::parse("0198a1b2-0000-7000-8000-00000000000b");
const id c = *id::parse("0198a1b2-0000-7000-8000-00000000000c");
const id d = *id::parse("0198a1b2-0000-7000-8000-00000000000d");
const id e = *id::parse("0198a1b2-0000-7000-8000-00000000000e");

const std::string record_text =
    R"("version":3,"created_at":"1970-01-01T00:00:01.000Z","updated_at":"1970-01-01T00:00:02.345Z"})";
const std::string company_id_text = R"("company_id":"0198a1b2-0000-7000-8000-00000000000a")";

template <typename Object>
Object stored(const id& own) {
  Object o;
  o.id = own;
  o.version = 3;
  o.created_at = timestamp{1s};
  o.updated_at = timestamp{2345ms};
  return o;
}

employee full_employee() {
  auto x = stored<employee>(b);
  x.company_id = a;
  x.user_id = e;
  x.name = "Bo";
  x.email = "bo@x";
  x.phone = "+1";
  x.title = "Boss";
  x.avatar_url = "https://x/bo.png";
  x.role = role::admin;
  return x;
}

const std::string full_employee_text =
    R"({"id":"0198a1b2-0000-7000-8000-00000000000b",)" + company_id_text +
    R"(,"user_id":"0198a1b2-0000-7000-8000-00000000000e","name":"Bo","email":"bo@x","phone":"+1","title":"Boss",)"
    R"("avatar_url":"https://x/bo.png","role":"admin","status":"active",)" +
    record_text;

customer full_customer() {
  auto x = stored<customer>(c);
  x.company_id = a;
  x.name = "Ada";
  x.email = "ada@x";
  x.phone = "1";
  x.avatar_url = "http://x";
  x.organization = "O";
  x.status = customer_status::snoozed;
  x.tags = {"vip", "b"};
  x.attributes = json::parse(R"({"z":1,"a":"x","t":true})");
  x.assigned_employee_id = b;
  x.assigned_employee = full_employee();
  return x;
}

note full_note() {
  auto x = stored<note>(d);
  x.company_id = a;
  x.customer_id = c;
  x.body = "line\nline";
  x.pinned = true;
  x.author = full_employee();
  return x;
}

message full_message() {
  auto x = stored<message>(d);
  x.company_id = a;
  x.customer_id = c;
  x.direction = direction::inbound;
  x.author = {author_kind::customer, c, "Ada", "http://x"};
  x.body = "hello";
  return x;
}

TEST(CodecWrite, User) {
  EXPECT_EQ(dump(to_json(user{a, "Ada", "Ada@x"})),
            R"({"id":"0198a1b2-0000-7000-8000-00000000000a","name":"Ada","email":"Ada@x"})");
}

TEST(CodecWrite, Company) {
  auto x = stored<company>(a);
  x.name = "Acme";
  x.widget_key = "key";
  EXPECT_EQ(dump(to_json(x)),
            R"({"id":"0198a1b2-0000-7000-8000-00000000000a","name":"Acme","widget_key":"key","widget_origins":[],)" +
                record_text);
  x.widget_origins = {"http://a", "http://b"};
  EXPECT_EQ(dump(to_json(x)["widget_origins"]), R"(["http://a","http://b"])");
}

TEST(CodecWrite, Employee) {
  EXPECT_EQ(dump(to_json(full_employee())), full_employee_text);
}

TEST(CodecWrite, InvitedEmployeeHasNoUser) {
  auto x = stored<employee>(b);
  x.company_id = a;
  x.name = "Bo";
  x.status = employee_status::invited;
  EXPECT_EQ(dump(to_json(x)), R"({"id":"0198a1b2-0000-7000-8000-00000000000b",)" + company_id_text +
                                  R"(,"user_id":null,"name":"Bo","email":null,"phone":null,"title":null,)"
                                  R"("avatar_url":null,"role":"agent","status":"invited",)" +
                                  record_text);
}

TEST(CodecWrite, CustomerWithItsAssignedEmployee) {
  EXPECT_EQ(
      dump(to_json(full_customer())),
      R"({"id":"0198a1b2-0000-7000-8000-00000000000c",)" + company_id_text +
          R"(,"name":"Ada","email":"ada@x","phone":"1","avatar_url":"http://x","organization":"O","status":"snoozed",)"
          R"("tags":["vip","b"],"attributes":{"z":1,"a":"x","t":true},)"
          R"("assigned_employee_id":"0198a1b2-0000-7000-8000-00000000000b","assigned_employee":)" +
          full_employee_text + "," + record_text);
}

TEST(CodecWrite, CustomerWithNothing) {
  auto x = stored<customer>(c);
  x.company_id = a;
  x.name = "Ada";
  EXPECT_EQ(
      dump(to_json(x)),
      R"({"id":"0198a1b2-0000-7000-8000-00000000000c",)" + company_id_text +
          R"(,"name":"Ada","email":null,"phone":null,"avatar_url":null,"organization":null,"status":"open","tags":[],)"
          R"("attributes":{},"assigned_employee_id":null,"assigned_employee":null,)" +
          record_text);
}

TEST(CodecWrite, NoteWithItsAuthor) {
  EXPECT_EQ(dump(to_json(full_note())),
            R"({"id":"0198a1b2-0000-7000-8000-00000000000d",)" + company_id_text +
                R"(,"customer_id":"0198a1b2-0000-7000-8000-00000000000c","body":"line\nline","pinned":true,"author":)" +
                full_employee_text + "," + record_text);
}

TEST(CodecWrite, Message) {
  EXPECT_EQ(
      dump(to_json(full_message())),
      R"({"id":"0198a1b2-0000-7000-8000-00000000000d",)" + company_id_text +
          R"(,"customer_id":"0198a1b2-0000-7000-8000-00000000000c","direction":"inbound","author":{"kind":"customer",)"
          R"("id":"0198a1b2-0000-7000-8000-00000000000c","name":"Ada","avatar_url":"http://x"},"body":"hello",)" +
          record_text);
  auto x = full_message();
  x.author.avatar_url.reset();
  EXPECT_TRUE(to_json(x)["author"]["avatar_url"].is_null());
}

TEST(CodecWrite, WhatAGetAnswersCanBePutBack) {
  const auto round = [](const auto& object) { return parse_object(dump(to_json(object))); };
  auto own = stored<company>(a);
  own.name = "Acme";
  own.widget_key = "key";
  own.widget_origins = {"http://a"};
  EXPECT_EQ(read_company(round(own)), static_cast<const company_fields&>(own));
  EXPECT_EQ(read_employee(round(full_employee())), static_cast<const employee_fields&>(full_employee()));
  faults none;
  EXPECT_EQ(read_customer(round(full_customer()), none), static_cast<const customer_fields&>(full_customer()));
  EXPECT_TRUE(none.empty());
  EXPECT_EQ(read_note(round(full_note()), full_note()), static_cast<const note_fields&>(full_note()));
  EXPECT_EQ(read_message(round(full_message()), full_message()), static_cast<const message_fields&>(full_message()));
}

TEST(CodecWrite, WhatAGetAnswersCanBePatchedIn) {
  const auto round = [](const auto& object) { return parse_object(dump(to_json(object))); };
  customer_fields other;
  other.name = "Other";
  faults none;
  EXPECT_EQ(merge_customer(round(full_customer()), other, none), static_cast<const customer_fields&>(full_customer()));
  EXPECT_TRUE(none.empty());
  employee_fields employee;
  EXPECT_EQ(merge_employee(round(full_employee()), employee), static_cast<const employee_fields&>(full_employee()));
}

TEST(CodecWrite, DumpNeverHasALineBreakAndKeepsUnicode) {
  const json value = {{"x", "a\nb\r\xE2\x80\xA8\x01\"\\/"}};
  EXPECT_EQ(dump(value), "{\"x\":\"a\\nb\\r\xE2\x80\xA8\\u0001\\\"\\\\/\"}");
}

TEST(CodecWrite, DumpSurvivesDamagedText) {
  const json value = {{"x", "a\xFFz"}};
  EXPECT_EQ(dump(value), "{\"x\":\"a\xEF\xBF\xBDz\"}");
}

}  // namespace
