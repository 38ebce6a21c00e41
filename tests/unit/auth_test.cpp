#include "http/auth.hpp"
#include "http/settings.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <set>
#include <string>

namespace chatmesh::http {

namespace {

class Auth : public ::testing::Test {
protected:
  std::optional<std::string> token(const header_list& headers) {
    request_.headers = headers;
    return presented_token(settings_, request_);
  }

  // Whether a cookie counts in a request with these further fields.
  bool allowed(const std::string& method, header_list headers,
               const std::string& path = "/api/v1/companies/c/customers") {
    request_.method = method;
    request_.path = path;
    headers.emplace_back("Cookie", "chatmesh_session=secret");
    headers.emplace_back("Host", "chat.example:8080");
    try {
      return token(headers) == "secret";
    } catch (const problem& p) {
      EXPECT_EQ(p.status, 403U);
      EXPECT_EQ(p.code, "cross_site");
      return false;
    }
  }

  std::optional<std::string> client(const header_list& headers, const std::string& query = "") {
    request_.headers = headers;
    request_.query_items.clear();
    if (!query.empty())
      request_.query_items.emplace_back("client", query);
    return client_token(request_);
  }

  settings settings_;
  request request_;
};

}  // namespace

TEST_F(Auth, SecretsAreLongAndNeverTheSame) {
  std::set<std::string> seen;
  for (int i = 0; i < 100; ++i)
    seen.insert(make_secret());
  EXPECT_EQ(seen.size(), 100U);
  for (const auto& each : seen) {
    EXPECT_EQ(each.size(), 43U);  // 256 bits in base64
    EXPECT_EQ(each.find_first_of("+/="), std::string::npos);
  }
}

TEST_F(Auth, HashesAreBlake2bOf256Bits) {
  const auto hash = hash_secret("abc");  // RFC 7693's input, its 256-bit digest
  EXPECT_EQ(hash[0], 0xbd);
  EXPECT_EQ(hash[1], 0xdd);
  EXPECT_EQ(hash[31], 0x19);
  EXPECT_NE(hash_secret("abd"), hash);
}

TEST_F(Auth, TheBearerWinsOverTheCookie) {
  EXPECT_EQ(token({{"authorization", "bearer  abc "}, {"Cookie", "chatmesh_session=xyz"}}), "abc");
  EXPECT_EQ(token({{"Authorization", "Basic abc"}, {"Cookie", "chatmesh_session=xyz"}}), "");
  EXPECT_EQ(token({}), std::nullopt);
}

TEST_F(Auth, FindsTheCookieAmongOthers) {
  request_.method = "GET";
  EXPECT_EQ(token({{"Cookie", "a=b; chatmesh_session=xyz;c=d"}}), "xyz");
  EXPECT_EQ(token({{"Cookie", "a=b"}, {"cookie", "chatmesh_session=x=y"}}), "x=y");
  EXPECT_EQ(token({{"Cookie", "chatmesh_session=first; chatmesh_session=second"}}), "first");
  EXPECT_EQ(token({{"Cookie", "xchatmesh_session=a; chatmesh_sessionx=b; chatmesh_session"}}), std::nullopt);
  EXPECT_EQ(token({{"Cookie", ";;; ="}}), std::nullopt);
}

TEST_F(Auth, UnderTlsOnlyThePrefixedCookieCounts) {
  settings_.public_url = "https://chat.example";
  request_.method = "GET";
  EXPECT_EQ(token({{"Cookie", "chatmesh_session=forged; __Host-chatmesh_session=own"}}), "own");
  EXPECT_EQ(token({{"Cookie", "chatmesh_session=forged"}}), std::nullopt);
}

TEST_F(Auth, ACookieFromAnotherSiteDoesNotCount) {
  for (const auto* method : {"POST", "PUT", "PATCH", "DELETE"}) {
    EXPECT_TRUE(allowed(method, {})) << "no browser";
    EXPECT_TRUE(allowed(method, {{"Sec-Fetch-Site", "same-origin"}}));
    EXPECT_TRUE(allowed(method, {{"Sec-Fetch-Site", "none"}}));
    EXPECT_FALSE(allowed(method, {{"Sec-Fetch-Site", "same-site"}}));
    EXPECT_FALSE(allowed(method, {{"Sec-Fetch-Site", "cross-site"}}));
    EXPECT_FALSE(allowed(method, {{"Sec-Fetch-Site", "cross-site"}, {"Origin", "http://chat.example:8080"}}));
    EXPECT_TRUE(allowed(method, {{"Origin", "http://chat.example:8080"}}));
    EXPECT_TRUE(allowed(method, {{"Origin", "https://Chat.Example:8080"}}));
    EXPECT_FALSE(allowed(method, {{"Origin", "http://chat.example"}}));
    EXPECT_FALSE(allowed(method, {{"Origin", "http://evil.example:8080"}}));
    EXPECT_FALSE(allowed(method, {{"Origin", "null"}}));
    EXPECT_FALSE(allowed(method, {{"Origin", ""}}));
  }
}

TEST_F(Auth, ReadingIsSafeButForStreams) {
  EXPECT_TRUE(allowed("GET", {{"Sec-Fetch-Site", "cross-site"}}));
  EXPECT_FALSE(allowed("GET", {{"Sec-Fetch-Site", "cross-site"}}, "/api/v1/companies/c/events"));
  EXPECT_TRUE(allowed("GET", {{"Sec-Fetch-Site", "same-origin"}}, "/api/v1/companies/c/events"));
}

TEST_F(Auth, ThePublicUrlIsTheOrigin) {
  settings_.public_url = "http://public.example/chat/";
  EXPECT_TRUE(allowed("POST", {{"Origin", "http://public.example"}}));
  EXPECT_FALSE(allowed("POST", {{"Origin", "https://public.example"}}));
  EXPECT_FALSE(allowed("POST", {{"Origin", "http://chat.example:8080"}}));
}

TEST_F(Auth, AClientTokenIsValidOrAFault) {
  EXPECT_EQ(client({}), "");
  EXPECT_EQ(client({{"Chatmesh-Client", "Tab-1_a.b"}}), "Tab-1_a.b");
  EXPECT_EQ(client({}, "tab"), "") << "a write has no parameter";
  EXPECT_EQ(client({{"Chatmesh-Client", "one"}}, "two"), "one");
  EXPECT_EQ(client_of_stream(request_), "two");
  for (const auto& token :
       {std::string{}, std::string{"a b"}, std::string{"a/b"}, std::string(65, 'x'), std::string{"\xC3\xA9"}})
    EXPECT_THROW(client({{"Chatmesh-Client", token}}), problem) << token;
}

}  // namespace chatmesh::http
