// What a client may choose (RFC 9110 §12): coding, media type, method; and which other origins' pages may.
#include "tests/integration/fixture.hpp"
#include "tests/support/gunzip.hpp"

namespace chatmesh::test {

namespace {

const header_list gzip{{"Accept-Encoding", "gzip, deflate, br"}};

class Negotiation : public server_test {
protected:
  static constexpr auto origin = "https://app.example.com";
  Negotiation() : server_test({std::string{"--http.cors-origins=http://localhost:3000,"} + origin}) {}

  void make_customers(int count) {
    for (int i = 0; i < count; ++i)
      owner_.create("/customers", full_customer("Customer " + std::to_string(i)));
  }

  http_response preflight(const std::string& path, const std::string& from, const std::string& method) {
    http_client client{port()};
    return client.request("OPTIONS", "/api/v1" + path,
                          {{"Origin", from},
                           {"Access-Control-Request-Method", method},
                           {"Access-Control-Request-Headers", "authorization,content-type"}});
  }

  member owner_ = sign_up(port(), "Acme", "Ada");
};

}  // namespace

TEST_F(Negotiation, LargeJsonIsCompressedForWhoAsks) {
  make_customers(10);
  for (const auto* path : {"/customers", "/snapshot", "/changes?cursor=0"}) {
    const auto plain = owner_.get(path), packed = owner_.get(path, gzip);
    ASSERT_GT(plain.body.size(), 1024U) << path;
    EXPECT_FALSE(plain.header("Content-Encoding")) << path;
    EXPECT_EQ(packed.header("Content-Encoding"), "gzip") << path;
    EXPECT_EQ(packed.header("Content-Type"), "application/json") << path;
    EXPECT_EQ(packed.header("Cache-Control"), "no-store, no-transform") << path;
    EXPECT_LT(packed.body.size(), plain.body.size() / 2) << path;
    EXPECT_EQ(gunzip(packed.body), plain.body) << path;
    for (const auto& answer : {plain, packed})
      EXPECT_EQ(answer.header("Vary"), "Accept-Encoding, Origin") << path;
    const auto head = owner_.call("HEAD", path, {}, gzip);
    EXPECT_EQ(head.header("Content-Encoding"), "gzip") << path;
    EXPECT_EQ(head.header("Content-Length"), packed.header("Content-Length")) << path;
  }
  for (const auto* refusal : {"identity", "gzip;q=0", "br", "gzip;q=0.5, identity", "*;q=0"})
    EXPECT_FALSE(owner_.get("/customers", {{"Accept-Encoding", refusal}}).header("Content-Encoding")) << refusal;
}

TEST_F(Negotiation, WhatIsSmallOrSingleOrStreamedIsNot) {
  auto big = full_customer("Big");
  big["organization"] = std::string(200, 'x');
  for (int i = 0; i < 40; ++i)
    big["tags"].push_back(std::string(50, 't') + std::to_string(i));
  const auto path = "/customers/" + owner_.create("/customers", big).object.at("id").get<std::string>();
  const auto single = owner_.get(path, gzip);
  EXPECT_GT(single.body.size(), 1024U);
  EXPECT_FALSE(single.header("Content-Encoding"));
  EXPECT_FALSE(owner_.put(path, big, gzip).header("Content-Encoding"));
  EXPECT_FALSE(owner_.patch(path, {{"name", "x"}}, {gzip[0], {"If-Match", "\"9\""}}).header("Content-Encoding"));
  EXPECT_FALSE(owner_.get("/presence", gzip).header("Content-Encoding"));
  EXPECT_FALSE(owner_.get("/none", gzip).header("Content-Encoding"));
  http_client client{port()};
  client.send(encode_request("GET", "/api/v1" + owner_.path() + "/events?cursor=0",
                             {{"Authorization", "Bearer " + owner_.token()}, gzip[0]}, {}));
  const auto head = client.read_head();
  EXPECT_EQ(head.header("Content-Type"), "text/event-stream");
  EXPECT_FALSE(head.header("Content-Encoding"));
  EXPECT_NE(client.take_body().find("event: hello"), std::string::npos);
}

TEST_F(Negotiation, MediaTypesThatTheServerDoesNotSpeak) {
  for (const auto* path : {"", "/customers", "/snapshot", "/changes", "/presence"}) {
    EXPECT_EQ(owner_.get(path, {{"Accept", "text/html"}}).status, 406) << path;
    EXPECT_EQ(owner_.get(path, {{"Accept", "text/html, */*;q=0.1"}}).status, 200) << path;
    EXPECT_EQ(owner_.call("HEAD", path, {}, {{"Accept", "text/html"}}).status, 406) << path;
  }
  const auto post = owner_.post("/customers", {{"name", "x"}}, {{"Content-Type", "text/plain"}});
  EXPECT_EQ(post.status, 415);
  EXPECT_EQ(post.header("Accept"), "application/json");
  const auto patch = owner_.patch("", {{"name", "x"}}, {{"Content-Type", "application/json-patch+json"}});
  EXPECT_EQ(patch.status, 415);
  EXPECT_EQ(patch.header("Accept-Patch"), "application/merge-patch+json, application/json");
}

TEST_F(Negotiation, EveryPathSaysItsMethods) {
  const std::vector<std::pair<std::string, std::string>> paths{
      {"", "DELETE, GET, HEAD, OPTIONS, PATCH, PUT"},
      {"/customers", "GET, HEAD, OPTIONS, POST"},
      {"/customers/none", "DELETE, GET, HEAD, OPTIONS, PATCH, PUT"},
      {"/typing", "OPTIONS, POST"},
      {"/events", "GET, HEAD, OPTIONS"}};
  for (const auto& [path, methods] : paths) {
    const auto options = owner_.call("OPTIONS", path), wrong = owner_.call("TRACE", path);
    EXPECT_EQ(options.status, 204) << path;
    EXPECT_EQ(options.header("Allow"), methods) << path;
    EXPECT_EQ(options.header("Accept-Patch").has_value(), methods.find("PATCH") != std::string::npos) << path;
    EXPECT_EQ(wrong.status, 405) << path;
    EXPECT_EQ(wrong.header("Allow"), methods) << path;
    EXPECT_FALSE(options.header("Access-Control-Allow-Methods")) << "no preflight";
  }
}

TEST_F(Negotiation, PagesOfConfiguredOriginsMayUseTheApi) {
  const auto asked = preflight(owner_.path() + "/customers/none", origin, "PATCH");
  EXPECT_EQ(asked.status, 204);
  EXPECT_EQ(asked.header("Access-Control-Allow-Origin"), origin);
  EXPECT_EQ(asked.header("Access-Control-Allow-Methods"), "DELETE, GET, HEAD, OPTIONS, PATCH, PUT");
  const auto fields = asked.header("Access-Control-Allow-Headers").value_or("");
  for (const auto* name : {"Authorization", "Content-Type", "If-Match", "Idempotency-Key", "Chatmesh-Client"})
    EXPECT_NE(fields.find(name), std::string::npos) << name;
  EXPECT_TRUE(asked.header("Access-Control-Max-Age"));
  EXPECT_FALSE(asked.header("Access-Control-Allow-Credentials"));

  const header_list from{{"Origin", origin}};
  for (const auto& answer : {owner_.get("/customers", from), owner_.get("/customers/none", from),
                             owner_.post("/customers", {{"name", "x"}}, from), owner_.post("/customers", 5, from),
                             owner_.get("/customers?limit=x", from), owner_.call("TRACE", "/customers", {}, from),
                             api_client{port()}.call("GET", "/sessions/current", {}, from)}) {
    EXPECT_EQ(answer.header("Access-Control-Allow-Origin"), origin) << answer.status;
    EXPECT_NE(answer.header("Access-Control-Expose-Headers").value_or("").find("Chatmesh-Cursor"), std::string::npos);
    EXPECT_NE(answer.header("Vary").value_or("").find("Origin"), std::string::npos) << answer.status;
    EXPECT_FALSE(answer.header("Access-Control-Allow-Credentials")) << answer.status;
  }
  http_client stream{port()};
  stream.send(encode_request("GET", "/api/v1" + owner_.path() + "/events",
                             {{"Authorization", "Bearer " + owner_.token()}, from[0]}, {}));
  EXPECT_EQ(stream.read_head().header("Access-Control-Allow-Origin"), origin);
}

TEST_F(Negotiation, PagesOfOtherOriginsMayNot) {
  for (const std::string from : {"https://evil.example", "https://app.example.com.evil.example", "null",
                                 "http://app.example.com", "https://app.example.com:444"}) {
    const auto asked = preflight(owner_.path() + "/customers", from, "POST");
    EXPECT_EQ(asked.status, 204);
    const auto answer = owner_.get("/customers", {{"Origin", from}});
    for (const auto& each : {asked, answer}) {
      EXPECT_FALSE(each.header("Access-Control-Allow-Origin")) << from;
      EXPECT_FALSE(each.header("Access-Control-Allow-Methods")) << from;
      EXPECT_NE(each.header("Vary").value_or("").find("Origin"), std::string::npos) << from;
    }
  }
  // A configured origin is no reason to count a cookie.
  http_client client{port()};
  const auto with_cookie = client.request("POST", "/api/v1" + owner_.path() + "/customers",
                                          {{"Origin", origin}, {"Cookie", "chatmesh_session=" + owner_.token()}},
                                          R"({"name":"x"})");
  EXPECT_EQ(with_cookie.status, 403);
  EXPECT_EQ(with_cookie.value().at("code"), "cross_site");
}

}  // namespace chatmesh::test
