#include "http/input.hpp"

#include "http/settings.hpp"

#include <gtest/gtest.h>

namespace chatmesh::http {
namespace {

request put(header_list headers, std::string body = "{}") {
  request r;
  r.method = "PUT";
  r.path = "/api/v1/things/1";
  r.headers = std::move(headers);
  r.body = std::move(body);
  return r;
}

// The status and code of the problem that `f` throws; 0 for none.
template <class F>
std::pair<unsigned, std::string> problem_of(F f) {
  try {
    f();
  } catch (const problem& p) {
    return {p.status, p.code};
  }
  return {0, ""};
}

const std::pair<unsigned, std::string> malformed{400, "malformed"};

TEST(JsonBody, TakesJsonInUtf8) {
  for (const char* type : {"application/json", "Application/JSON", "application/json; charset=utf-8",
                           "application/json;charset=\"UTF-8\"", "application/json; version=1"})
    EXPECT_EQ(read_json(put({{"Content-Type", type}}, R"({"a":1})")).at("a"), 1) << type;
  EXPECT_EQ(read_json(put({}, R"({"a":1})")).at("a"), 1);
  EXPECT_EQ(read_json(put({{"Content-Encoding", "identity"}}, R"({"a":1})")).at("a"), 1);
}

TEST(JsonBody, RefusesOtherMediaTypesCharsetsAndCodings) {
  const std::vector<header_list> refused{
      {{"Content-Type", "text/plain"}},
      {{"Content-Type", ""}},
      {{"Content-Type", "application/jsonp"}},
      {{"Content-Type", "application/x-www-form-urlencoded"}},
      {{"Content-Type", "application/json; charset=iso-8859-1"}},
      {{"Content-Type", "application/json; version=1; charset=utf-16"}},
      {{"Content-Type", "application/json"}, {"Content-Encoding", "gzip"}},
  };
  for (const header_list& headers : refused)
    EXPECT_EQ(problem_of([&] { read_json(put(headers)); }).first, 415u) << headers.back().second;
}

TEST(JsonBody, TakesMergePatchesForPatchAlone) {
  const request r = put({{"Content-Type", "application/merge-patch+json"}});
  EXPECT_EQ(problem_of([&] { read_json(r); }).first, 415u);
  EXPECT_EQ(read_json(r, body_kind::merge_patch), domain::json::object());
}

TEST(JsonBody, SaysThatItTakesNoCoding) {
  try {
    read_json(put({{"Content-Type", "application/json"}, {"Content-Encoding", "gzip"}}));
    FAIL() << "taken";
  } catch (const problem& p) {
    EXPECT_EQ(p.headers, (header_list{{"Accept-Encoding", "identity"}}));
  }
}

TEST(JsonBody, SaysWhatItWouldTake) {
  request r = put({{"Content-Type", "text/plain"}});
  const auto field_of = [&r]() -> std::pair<std::string, std::string> {
    try {
      read_json(r, body_kind::merge_patch);
    } catch (const problem& p) {
      return p.headers.at(0);
    }
    return {};
  };
  EXPECT_EQ(field_of().first, "Accept");
  r.method = "PATCH";
  EXPECT_EQ(field_of(),
            (std::pair<std::string, std::string>{"Accept-Patch", "application/merge-patch+json, application/json"}));
}

request get(std::vector<std::pair<std::string, std::string>> query) {
  request r;
  r.method = "GET";
  r.query_items = std::move(query);
  return r;
}

TEST(PageRequest, HasADefaultAndBounds) {
  EXPECT_EQ(read_page_request(get({})).limit, 100u);
  EXPECT_FALSE(read_page_request(get({})).after);
  EXPECT_EQ(read_page_request(get({{"limit", "1"}})).limit, 1u);
  EXPECT_EQ(read_page_request(get({{"limit", "500"}})).limit, 500u);
  EXPECT_EQ(read_page_request(get({{"after", "x"}})).after, "x");
}

TEST(PageRequest, RefusesWhatIsNoNumberInBounds) {
  for (const char* limit : {"", "0", "501", "-1", "+5", " 5", "5 ", "5x", "0x5", "1e2", "99999999999999999999"})
    EXPECT_EQ(problem_of([&] { read_page_request(get({{"limit", limit}})); }), malformed) << limit;
  EXPECT_EQ(problem_of([&] { read_page_request(get({{"limit", "1"}, {"limit", "1"}})); }), malformed);
}

TEST(IdFilter, MatchesNothingForAnIdOfAnotherForm) {
  const domain::id id = domain::id::make();
  EXPECT_FALSE(read_id_filter(get({}), "customer_id"));
  EXPECT_EQ(read_id_filter(get({{"customer_id", id.to_string()}}), "customer_id"), id);
  EXPECT_EQ(read_id_filter(get({{"customer_id", "17"}}), "customer_id"), domain::id{});
  EXPECT_EQ(read_id_filter(get({{"customer_id", ""}}), "customer_id"), domain::id{});
}

TEST(IdempotencyKey, IsOptional) {
  EXPECT_FALSE(read_idempotency(put({})));
}

TEST(IdempotencyKey, IsTakenAsItIs) {
  EXPECT_EQ(read_idempotency(put({{"Idempotency-Key", "\"a-1\""}}))->key, "\"a-1\"");
  EXPECT_EQ(read_idempotency(put({{"idempotency-key", std::string(255, '~')}}))->key.size(), 255u);
}

TEST(IdempotencyKey, RefusesOtherCharactersLengthsAndRepetition) {
  for (const std::string& key : {std::string{}, std::string(256, 'a'), std::string{"a b"}, std::string{"a\tb"},
                                 std::string{"caf\xc3\xa9"}, std::string{"a\x7f"}})
    EXPECT_EQ(problem_of([&] { read_idempotency(put({{"Idempotency-Key", key}})); }), malformed) << key;
  EXPECT_EQ(problem_of([] { read_idempotency(put({{"Idempotency-Key", "a"}, {"idempotency-key", "a"}})); }), malformed);
}

TEST(IdempotencyKey, ComesWithAHashOfMethodPathAndBody) {
  const request one = put({{"Idempotency-Key", "k"}}, "{}");
  const auto hash = [](const request& r) { return read_idempotency(r)->request; };
  EXPECT_EQ(hash(one), hash(put({{"Idempotency-Key", "other"}, {"X-Request-Id", "2"}}, "{}")));

  request other = one;
  other.method = "POST";
  EXPECT_NE(hash(other), hash(one));
  other = one;
  other.body = "{ }";
  EXPECT_NE(hash(other), hash(one));
  other = one;  // a character that moves from one part into the next makes another request
  other.path.pop_back();
  other.body = "1{}";
  EXPECT_NE(hash(other), hash(one));
}

TEST(PublicBase, IsTheConfiguredOneElseTheRequestsHost) {
  settings s;
  EXPECT_EQ(public_base(s, put({{"Host", "localhost:8080"}})), "http://localhost:8080");
  s.public_url = "https://chat.example/";
  EXPECT_EQ(public_base(s, put({{"Host", "localhost:8080"}})), "https://chat.example");
}

}  // namespace
}  // namespace chatmesh::http
