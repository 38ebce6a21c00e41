#include "domain/change.hpp"

#include <gtest/gtest.h>

namespace {

using namespace chatmesh::domain;
using namespace std::chrono_literals;

const id company_id = *id::parse("0198a1b2-0000-7000-8000-00000000000a");
const id employee_id = *id::parse("0198a1b2-0000-7000-8000-00000000000b");

change some_change() {
  change c;
  c.company_id = company_id;
  c.epoch = 0x5f3a9c01;
  c.seq = 1842;
  c.at = timestamp{2345ms};
  c.entity = entity::customer;
  c.action = action::updated;
  c.object_id = id::make();
  c.by = {author_kind::employee, employee_id, "Ada \"L\"", "tab-1"};
  return c;
}

TEST(Change, EncodesTheProtocolsEventData) {
  EXPECT_EQ(encode_change_data(some_change(), R"({"id":"x","name":"y"})"),
            R"({"seq":1842,"type":"customer.updated","entity":"customer","action":"updated",)"
            R"("company_id":"0198a1b2-0000-7000-8000-00000000000a","at":"1970-01-01T00:00:02.345Z",)"
            R"("by":{"kind":"employee","id":"0198a1b2-0000-7000-8000-00000000000b","name":"Ada \"L\""},)"
            R"("object":{"id":"x","name":"y"}})");
}

TEST(Change, SystemHasNoId) {
  auto c = some_change();
  c.by = {author_kind::system, std::nullopt, "system", ""};
  const auto data = json::parse(encode_change_data(c, "{}"));
  EXPECT_TRUE(data["by"]["id"].is_null());
  EXPECT_EQ(data["by"]["kind"], "system");
  EXPECT_EQ(data["by"]["name"], "system");
}

TEST(Change, NeverTellsTheClient) {
  EXPECT_EQ(encode_change_data(some_change(), "{}").find("tab-1"), std::string::npos);
}

TEST(Change, TakesTheObjectsTextAsItIs) {
  const std::string object = R"({"b":1.50,"a":"\u00e9"})";
  const auto data = encode_change_data(some_change(), object);
  EXPECT_TRUE(data.ends_with("\"object\":" + object + "}")) << data;
}

TEST(Change, NamesEveryType) {
  for (const auto e :
       {entity::company, entity::employee, entity::customer, entity::note, entity::message, entity::read}) {
    for (const auto a : {action::created, action::updated, action::deleted}) {
      auto c = some_change();
      c.entity = e;
      c.action = a;
      const auto data = json::parse(encode_change_data(c, "{}"));
      EXPECT_EQ(data["type"], std::string{to_string(e)} + "." + std::string{to_string(a)});
      EXPECT_EQ(data["entity"], to_string(e));
      EXPECT_EQ(data["action"], to_string(a));
    }
  }
}

}  // namespace
