// The API's documents against the server's own tables. What they say of each route is checked from outside, by
// tests/contract.
#include "domain/frame.hpp"
#include "http/routes.hpp"
#include "http/static_files.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <fstream>
#include <set>

namespace chatmesh::http {

namespace {

using json = nlohmann::json;

constexpr std::string_view base = "/api/v1";
constexpr std::size_t plenty = 64 << 20;

json read_document(const std::string& name) {
  std::ifstream in{std::string{CHATMESH_WEB} + "/api/v1/" + name};
  EXPECT_TRUE(in) << name;
  return json::parse(in);
}

std::set<std::string> routes_of_the_server() {
  std::set<std::string> all;
  for (const auto& each : routes())
    all.insert(each.method + " " + each.pattern);
  for (const auto& each : static_files{CHATMESH_WEB, plenty}.routes())
    if (each.pattern.starts_with(std::string{base} + "/"))
      all.insert(each.method + " " + each.pattern);
  return all;
}

std::set<std::string> routes_of_the_document() {
  std::set<std::string> all;
  const auto document = read_document("openapi.json");
  EXPECT_EQ(document.at("servers").at(0).at("url"), base);
  for (const auto& [path, item] : document.at("paths").items())
    for (const std::string method : {"get", "put", "post", "delete", "options", "head", "patch", "trace"})
      if (item.contains(method)) {
        std::string upper = method;
        std::ranges::transform(upper, upper.begin(), [](unsigned char c) { return std::toupper(c); });
        all.insert(upper + " " + std::string{base} + path);
      }
  return all;
}

}  // namespace

TEST(ApiDocuments, OpenApiNamesEveryRouteAndNoOther) {
  const auto server = routes_of_the_server(), document = routes_of_the_document();
  ASSERT_FALSE(server.empty());
  for (const auto& each : server)
    EXPECT_TRUE(document.contains(each)) << "not in the document: " << each;
  for (const auto& each : document)
    EXPECT_TRUE(server.contains(each)) << "only in the document: " << each;
}

TEST(ApiDocuments, AsyncApiNamesEveryFrameAndNoOther) {
  std::set<std::string> wanted{"hello", "reset", "skip", "heartbeat", "presence", "typing", "goodbye"};
  for (const std::string entity : {"company", "employee", "customer", "note", "message"}) {
    ASSERT_TRUE(domain::parse_entity(entity));
    for (const std::string action : {"created", "updated", "deleted"})
      wanted.insert(entity + "." + action);
  }
  ASSERT_TRUE(domain::parse_entity("read"));
  wanted.insert({"read.created", "read.updated"});  // its end is its customer's
  std::set<std::string> named;
  const auto document = read_document("asyncapi.json");
  for (const auto& [key, message] : document.at("components").at("messages").items())
    named.insert(message.at("name").get<std::string>());
  EXPECT_EQ(named, wanted);
  std::set<std::string> reasons;
  for (int i = 0; i <= static_cast<int>(domain::end_reason::company_deleted); ++i)
    reasons.emplace(domain::to_string(static_cast<domain::end_reason>(i)));
  const auto& goodbye = document.at("components").at("schemas").at("Goodbye");
  EXPECT_EQ(goodbye.at("properties").at("reason").at("enum").get<std::set<std::string>>(), reasons);
}

TEST(ApiDocuments, TheStreamIsARouteOfBoth) {
  const auto document = read_document("asyncapi.json");
  for (const auto& [name, channel] : document.at("channels").items())
    EXPECT_TRUE(routes_of_the_document().contains("GET " + channel.at("address").get<std::string>())) << name;
}

TEST(ApiDocuments, BothMeanTheSameByTheSameName) {
  const auto open = read_document("openapi.json").at("components").at("schemas");
  const auto async = read_document("asyncapi.json").at("components").at("schemas");
  std::size_t shared = 0;
  for (const auto& [name, schema] : async.items()) {
    if (!open.contains(name))
      continue;
    ++shared;
    EXPECT_EQ(schema, open.at(name)) << name;
  }
  EXPECT_GE(shared, 15U) << "objects and events";
}

}  // namespace chatmesh::http
