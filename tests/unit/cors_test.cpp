#include "http/cors.hpp"

#include "http/settings.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace chatmesh::http {
namespace {

const std::vector<std::string> origins{"https://shop.example", "http://localhost:3000"};

request from(std::string origin) {
  request r;
  r.headers = {{"Origin", std::move(origin)}};
  return r;
}

std::string field(const header_list& headers, std::string_view name) {
  const auto found = std::ranges::find(headers, name, [](const auto& each) { return each.first; });
  return found == headers.end() ? std::string{} : found->second;
}

TEST(Cors, AllowsTheCompanysOriginsAndTellsCachesSo) {
  request r = from("http://localhost:3000");
  EXPECT_TRUE(allow_origin(r, origins));
  EXPECT_EQ(field(r.answer_headers, "Access-Control-Allow-Origin"), "http://localhost:3000");
  EXPECT_EQ(field(r.answer_headers, "Vary"), "Origin");
}

TEST(Cors, AllowsNoOtherOrigin) {
  for (const char* origin :
       {"https://evil.example", "https://shop.example.evil.example", "http://shop.example", "null", "*"}) {
    request r = from(origin);
    EXPECT_FALSE(allow_origin(r, origins)) << origin;
    EXPECT_EQ(field(r.answer_headers, "Access-Control-Allow-Origin"), "") << origin;
    EXPECT_EQ(field(r.answer_headers, "Vary"), "Origin");
  }
  request no_browser;
  EXPECT_FALSE(allow_origin(no_browser, origins));
  allow_any_origin(no_browser);
  EXPECT_EQ(field(no_browser.answer_headers, "Access-Control-Allow-Origin"), "");
}

TEST(Cors, ConfiguredOriginsMayUseTheApiButNotTheWidgetsRoutes) {
  settings s;
  request closed = from("https://shop.example");
  closed.path = "/api/v1/sessions";
  EXPECT_FALSE(allow_configured_origin(closed, s));
  EXPECT_TRUE(closed.answer_headers.empty()) << "nothing depends on the origin";
  s.cors_origins = origins;
  for (const auto* path : {"/api/v1/sessions", "/api/v1/companies/x/events", "/api/v1/none"}) {
    request r = from("https://shop.example");
    r.path = path;
    EXPECT_TRUE(allow_configured_origin(r, s)) << path;
    EXPECT_EQ(field(r.answer_headers, "Access-Control-Allow-Origin"), "https://shop.example");
    EXPECT_EQ(field(r.answer_headers, "Vary"), "Origin");
    EXPECT_EQ(field(r.answer_headers, "Access-Control-Allow-Credentials"), "");
  }
  for (const auto* path : {"/", "/index.html", "/api/v1/widget/messages"}) {
    request r = from("https://shop.example");
    r.path = path;
    EXPECT_FALSE(allow_configured_origin(r, s)) << path;
    EXPECT_TRUE(r.answer_headers.empty()) << path;
  }
}

TEST(Cors, NeverAllowsCredentials) {
  request r = from("https://shop.example");
  allow_origin(r, origins);
  allow_any_origin(r);
  EXPECT_EQ(field(r.answer_headers, "Access-Control-Allow-Credentials"), "");
  EXPECT_EQ(field(preflight_answer("GET", true).headers, "Access-Control-Allow-Credentials"), "");
}

TEST(Cors, PreflightNamesWhatTheWidgetNeedsOnlyWhereAllowed) {
  const auto yes = preflight_answer("OPTIONS, POST", true), no = preflight_answer("OPTIONS, POST", false);
  EXPECT_EQ(field(yes.headers, "Access-Control-Allow-Headers"),
            "Authorization, Content-Type, Last-Event-ID, Idempotency-Key");
  EXPECT_EQ(field(yes.headers, "Access-Control-Allow-Methods"), "OPTIONS, POST");
  EXPECT_EQ(no.status, 204u);
  EXPECT_EQ(no.headers, (header_list{{"Allow", "OPTIONS, POST"}}));
}

TEST(Cors, LetsAnyPageReadWhatTheWidgetsRoutesRefuseUnheard) {
  settings s;
  s.cors_origins = origins;
  for (const auto* target : {"/api/v1/widget/messages?x=%zz", "http://host/api/v1/widget/events"}) {
    request r = from("https://any.example");
    r.target = target;
    allow_refusal(r, s);
    EXPECT_EQ(field(r.answer_headers, "Access-Control-Allow-Origin"), "https://any.example") << target;
    EXPECT_EQ(field(r.answer_headers, "Vary"), "Origin");
  }
  request said = from("https://evil.example");
  said.path = "/api/v1/widget/messages";
  allow_origin(said, origins);
  allow_refusal(said, s);
  EXPECT_EQ(field(said.answer_headers, "Access-Control-Allow-Origin"), "") << "the company has said no";
  for (const auto* origin : {"https://shop.example", "https://evil.example"}) {
    request r = from(origin);
    r.target = "/api/v1/companies?x=%zz";
    allow_refusal(r, s);
    EXPECT_EQ(field(r.answer_headers, "Vary"), "Origin");
    EXPECT_EQ(field(r.answer_headers, "Access-Control-Allow-Origin").empty(), origin != origins.front());
  }
}

}  // namespace
}  // namespace chatmesh::http
