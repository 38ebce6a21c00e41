#include "http/router.hpp"
#include "http/target.hpp"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

namespace chatmesh::http {

namespace {

asio::awaitable<response> answer(services&, request&) {
  co_return response{};
}

class Router : public ::testing::Test {
protected:
  // The pattern that takes the request; "" where the router leaves OPTIONS to its caller.
  std::string find(const std::string& method, const std::string& target) {
    request_.method = method;
    const auto* found = router_.find(request_, parse_target(target).segments);
    return found ? found->pattern : "";
  }

  problem refusal(const std::string& method, const std::string& target) {
    try {
      find(method, target);
    } catch (const problem& p) {
      return p;
    }
    ADD_FAILURE() << method << " " << target << " was taken";
    return {0, "", ""};
  }

  request request_;
  router router_{{{"GET", "/", answer},
                  {"GET", "/companies/{c}", answer},
                  {"PUT", "/companies/{c}", answer},
                  {"POST", "/companies/{c}/notes", answer},
                  {"GET", "/companies/{c}/notes/{id}", answer},
                  {"GET", "/widget/messages", answer},
                  {"POST", "/widget/{key}/sessions", answer},
                  {"OPTIONS", "/widget/{key}/sessions", answer}}};
};

}  // namespace

TEST_F(Router, FindsByMethodAndPath) {
  EXPECT_EQ(find("GET", "/"), "/");
  EXPECT_EQ(find("GET", "/companies/7"), "/companies/{c}");
  EXPECT_EQ(find("PUT", "/companies/7?x=/notes"), "/companies/{c}");
  EXPECT_EQ(find("GET", "/widget/messages"), "/widget/messages");
  EXPECT_EQ(find("POST", "/widget/k/sessions"), "/widget/{key}/sessions");
}

TEST_F(Router, NamesTheSegments) {
  find("GET", "/companies/a%20b/notes/%7Bid%7D");
  EXPECT_EQ(request_.segment("c"), "a b");
  EXPECT_EQ(request_.segment("id"), "{id}");
  EXPECT_EQ(request_.segment("key"), "");
}

TEST_F(Router, ServesHeadByGet) {
  EXPECT_EQ(find("HEAD", "/companies/7"), "/companies/{c}");
  EXPECT_EQ(refusal("HEAD", "/companies/7/notes").status, 405U);
}

TEST_F(Router, TellsUnknownPaths) {
  for (const auto* path :
       {"/x", "/companies", "/companies/", "/companies/7/", "/companies//notes", "/companies/7/notes/8/9", "//"})
    EXPECT_EQ(refusal("GET", path).status, 404U) << path;
}

TEST_F(Router, TellsTheMethodsThatAPathHas) {
  const auto refused = refusal("DELETE", "/companies/7");
  EXPECT_EQ(refused.status, 405U);
  EXPECT_EQ(refused.headers, (header_list{{"Allow", "GET, HEAD, OPTIONS, PUT"}}));
  EXPECT_EQ(refusal("TRACE", "/companies/7").status, 405U);
  EXPECT_EQ(refusal("BREW", "/companies/7").status, 501U);
}

TEST_F(Router, LeavesOptionsToARouteOfItsOwn) {
  EXPECT_EQ(find("OPTIONS", "/companies/7"), "");
  EXPECT_EQ(router_.allow({"companies", "7"}), "GET, HEAD, OPTIONS, PUT");
  EXPECT_EQ(find("OPTIONS", "/widget/k/sessions"), "/widget/{key}/sessions");
  EXPECT_EQ(refusal("OPTIONS", "/nothing").status, 404U);
}

TEST_F(Router, RefusesARouteThatIsGivenTwice) {
  EXPECT_THROW(router({{"GET", "/a/{x}", answer}, {"GET", "/a/{y}", answer}}), std::invalid_argument);
}

TEST(Target, DecodesSegmentsAndQuery) {
  const auto found = parse_target("/a%2Db/caf%C3%A9?q=x+y%2Bz&empty=&flag&&a=1&a=2");
  EXPECT_EQ(found.segments, (std::vector<std::string>{"a-b", "caf\xC3\xA9"}));
  EXPECT_TRUE(found.nameable);
  EXPECT_EQ(found.path(), "/a-b/caf\xC3\xA9");
  const std::vector<std::pair<std::string, std::string>> expected{
      {"q", "x y+z"}, {"empty", ""}, {"flag", ""}, {"a", "1"}, {"a", "2"}};
  EXPECT_EQ(found.query, expected);
}

TEST(Target, TakesTheAbsoluteForm) {
  EXPECT_EQ(parse_target("http://host:80/a/b?c=d").path(), "/a/b");
  EXPECT_EQ(parse_target("http://host?c=d").path(), "/");
  EXPECT_EQ(target_authority("https://host:80/a"), "host:80");
  EXPECT_EQ(target_authority("/a?b=http://host/"), std::nullopt);
}

TEST(Target, NoResourceHasASlashOrNulOrBrokenTextInASegment) {
  for (const auto* path : {"/a%2Fb", "/a%00", "/%ff", "/%C0%AF", "/%ED%A0%80", "/%F4%90%80%80", "/%E2%82"})
    EXPECT_FALSE(parse_target(path).nameable) << path;
}

TEST(Target, RefusesBrokenEncodings) {
  for (const auto* text : {"/%", "/%4", "/%4x", "/%x4", "/a?b=%", "/a?b=%zz", "/a?%00=b", "/a?b=%ff"})
    EXPECT_THROW(parse_target(text), problem) << text;
}

TEST(Target, ACursorIsNeverABrokenEncoding) {
  for (const std::string value : {"%ff", "%00", "%", "%zz", "5f3a9c01-1%ff"}) {
    const auto found = parse_target("/a?cursor=" + value);
    ASSERT_EQ(found.query.size(), 1U);
    EXPECT_EQ(found.query[0].second, value);
  }
  EXPECT_EQ(parse_target("/a?cursor=5f3a9c01%2D1").query[0].second, "5f3a9c01-1");
}

TEST(Request, AParameterThatIsGivenTwiceIsAFault) {
  request r;
  r.query_items = {{"a", "1"}, {"b", "2"}, {"a", "3"}};
  EXPECT_EQ(r.query("b"), "2");
  EXPECT_EQ(r.query("c"), std::nullopt);
  EXPECT_THROW(r.query("a"), problem);
}

TEST(Request, AnIdOfAnotherFormIsUnknown) {
  request r;
  const auto id = domain::id::make();
  r.path_items = {{"c", id.to_string()}, {"id", "7"}};
  EXPECT_EQ(r.segment_id("c"), id);
  try {
    r.segment_id("id");
    FAIL();
  } catch (const problem& p) {
    EXPECT_EQ(p.status, 404U);
  }
}

}  // namespace chatmesh::http
