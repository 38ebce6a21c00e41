#include "domain/entities.hpp"

#include <gtest/gtest.h>

namespace {

using namespace chatmesh::domain;

TEST(Entities, NamesReadBackAsWhatTheyName) {
  for (const auto x :
       {entity::company, entity::employee, entity::customer, entity::note, entity::message, entity::read})
    EXPECT_EQ(parse_entity(to_string(x)), x);
  for (const auto x : {action::created, action::updated, action::deleted})
    EXPECT_EQ(parse_action(to_string(x)), x);
  for (const auto x : {role::agent, role::admin, role::owner})
    EXPECT_EQ(parse_role(to_string(x)), x);
  for (const auto x : {employee_status::active, employee_status::invited, employee_status::removed})
    EXPECT_EQ(parse_employee_status(to_string(x)), x);
  for (const auto x : {customer_status::open, customer_status::snoozed, customer_status::closed})
    EXPECT_EQ(parse_customer_status(to_string(x)), x);
  for (const auto x : {direction::inbound, direction::outbound})
    EXPECT_EQ(parse_direction(to_string(x)), x);
  for (const auto x : {author_kind::employee, author_kind::customer, author_kind::token, author_kind::system})
    EXPECT_EQ(parse_author_kind(to_string(x)), x);
}

TEST(Entities, NamesAreTheProtocols) {
  EXPECT_EQ(to_string(entity::company), "company");
  EXPECT_EQ(to_string(entity::employee), "employee");
  EXPECT_EQ(to_string(entity::customer), "customer");
  EXPECT_EQ(to_string(entity::note), "note");
  EXPECT_EQ(to_string(entity::message), "message");
  EXPECT_EQ(to_string(action::created), "created");
  EXPECT_EQ(to_string(action::updated), "updated");
  EXPECT_EQ(to_string(action::deleted), "deleted");
  EXPECT_EQ(to_string(role::agent), "agent");
  EXPECT_EQ(to_string(role::admin), "admin");
  EXPECT_EQ(to_string(role::owner), "owner");
  EXPECT_EQ(to_string(employee_status::active), "active");
  EXPECT_EQ(to_string(employee_status::invited), "invited");
  EXPECT_EQ(to_string(employee_status::removed), "removed");
  EXPECT_EQ(to_string(customer_status::open), "open");
  EXPECT_EQ(to_string(customer_status::snoozed), "snoozed");
  EXPECT_EQ(to_string(customer_status::closed), "closed");
  EXPECT_EQ(to_string(direction::inbound), "inbound");
  EXPECT_EQ(to_string(direction::outbound), "outbound");
  EXPECT_EQ(to_string(author_kind::employee), "employee");
  EXPECT_EQ(to_string(author_kind::customer), "customer");
  EXPECT_EQ(to_string(author_kind::token), "token");
  EXPECT_EQ(to_string(author_kind::system), "system");
}

TEST(Entities, UnknownNamesAreNothing) {
  for (const auto* text : {"", "Company", "companies", "owner ", "nobody"}) {
    EXPECT_FALSE(parse_entity(text));
    EXPECT_FALSE(parse_action(text));
    EXPECT_FALSE(parse_role(text));
    EXPECT_FALSE(parse_employee_status(text));
    EXPECT_FALSE(parse_customer_status(text));
    EXPECT_FALSE(parse_direction(text));
    EXPECT_FALSE(parse_author_kind(text));
  }
}

TEST(Entities, RolesAreInOrderOfPower) {
  EXPECT_LT(role::agent, role::admin);
  EXPECT_LT(role::admin, role::owner);
}

TEST(Entities, CustomersDifferByEachFieldButNotByTheOrderOfAttributes) {
  customer_fields one;
  one.name = "Ada";
  one.tags = {"a", "b"};
  one.attributes = json::parse(R"({"x":1,"y":"2"})");
  auto same = one;
  same.attributes = json::parse(R"({"y":"2","x":1})");
  EXPECT_EQ(one, same);

  const auto differs = [&one](auto change) {
    auto other = one;
    change(other);
    return !(one == other);
  };
  EXPECT_TRUE(differs([](auto& c) { c.name = "ada"; }));
  EXPECT_TRUE(differs([](auto& c) { c.email = ""; }));
  EXPECT_TRUE(differs([](auto& c) { c.phone = "1"; }));
  EXPECT_TRUE(differs([](auto& c) { c.avatar_url = "http://x"; }));
  EXPECT_TRUE(differs([](auto& c) { c.organization = "X"; }));
  EXPECT_TRUE(differs([](auto& c) { c.status = customer_status::closed; }));
  EXPECT_TRUE(differs([](auto& c) { c.tags = {"b", "a"}; }));
  EXPECT_TRUE(differs([](auto& c) { c.assigned_employee_id = id::make(); }));
  for (const auto* attributes : {"{}", R"({"x":1})", R"({"x":1,"z":"2"})", R"({"x":2,"y":"2"})", R"({"x":"1","y":"2"})",
                                 R"({"x":1.0,"y":"2"})", R"({"x":true,"y":"2"})", R"({"x":1,"y":"2","z":3})"})
    EXPECT_TRUE(differs([&](auto& c) { c.attributes = json::parse(attributes); })) << attributes;
}

}  // namespace
