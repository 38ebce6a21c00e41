// Bad input: every fault has its clear answer, all faults of a body come at once, and nothing is half-written.
#include "tests/integration/fixture.hpp"

#include <set>

namespace chatmesh::test {

namespace {

class BadInput : public server_test {
protected:
  // Nothing that the test did has written anything.
  void TearDown() override {
    if (!HasFatalFailure()) {
      EXPECT_EQ(owner_.head(), before_);
    }
    server_test::TearDown();
  }

  http_response post(const std::string& body, const header_list& more = {}) {
    return post_text(owner_, "/customers", body, more);
  }

  // An answer to bytes that no HTTP library would send, after which the connection is closed.
  http_response raw(const std::string& bytes) {
    http_client client{port()};
    client.send(bytes);
    const auto answer = client.read_response();
    EXPECT_EQ(answer.header("Connection"), "close") << bytes.substr(0, 80);
    return answer;
  }

  std::string head_of_post() const {
    return "POST /api/v1" + owner_.path() + "/customers HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " +
           owner_.token() + "\r\nContent-Type: application/json\r\n";
  }

  static void expect_problem(const http_response& answer, int status, const std::string& code) {
    EXPECT_EQ(answer.status, status) << answer.body;
    EXPECT_EQ(answer.header("Content-Type"), "application/problem+json");
    const auto problem = answer.value();
    EXPECT_EQ(problem.value("status", 0), status);
    EXPECT_EQ(problem.value("code", ""), code);
    EXPECT_EQ(problem.value("request_id", ""), answer.header("X-Request-Id"));
    EXPECT_FALSE(problem.value("title", "").empty());
    EXPECT_FALSE(problem.value("type", "").empty());
  }

  using faults = std::set<std::pair<std::string, std::string>>;

  static faults faults_of(const http_response& answer) {
    expect_problem(answer, 422, "validation_failed");
    faults all;
    const auto problem = answer.value();
    for (const auto& fault : problem.at("errors")) {
      EXPECT_FALSE(fault.at("detail").get<std::string>().empty());
      all.emplace(fault.at("pointer"), fault.at("code"));
    }
    return all;
  }

  member owner_ = sign_up(port(), "Acme", "Ada");
  std::string before_ = owner_.head();
};

std::string nested(std::size_t depth) {  // of the whole body
  return R"({"name":"x","attributes":)" + std::string(depth - 1, '[') + std::string(depth - 1, ']') + "}";
}

}  // namespace

TEST_F(BadInput, ABodyThatIsNoJsonObject) {
  for (const std::string body : {"", "{", "{\"name\":}", "name=x", "[]", "\"x\"", "5", "null", "{\"name\":\"x\"} {}",
                                 "{\"name\":\"x\"}x", "{'name':'x'}", "{\"name\":\"x\",}", "{\"name\":NaN}",
                                 "{\"name\":01}", "{\"name\":\"x\" /* c */}", "\xEF\xBB\xBF{\"name\":\"x\"}"})
    expect_problem(post(body), 400, "malformed");
}

TEST_F(BadInput, ABodyWithTheSameMemberTwice) {
  expect_problem(post(R"({"name":"x","name":"y"})"), 400, "malformed");
  expect_problem(post(R"({"name":"x","attributes":{"a":1,"\u0061":2}})"), 400, "malformed");
}

TEST_F(BadInput, ABodyThatIsTooDeep) {
  expect_problem(post(nested(65)), 400, "malformed");
  expect_problem(post(nested(100'000)), 400, "malformed");
  EXPECT_EQ(post(nested(64)).status, 422);
}

TEST_F(BadInput, ABodyInAnotherEncoding) {
  for (const std::string text : {"\xFF", "\xC0\xAF", "\xED\xA0\x80", "\xF4\x90\x80\x80", "caf\xE9", "\xE2\x82",
                                 "\\ud800", "\\udc00\\ud800", "\\u0000"})
    expect_problem(post("{\"name\":\"" + text + "\"}"), 400, "malformed");
  expect_problem(post(std::string{"{\"name\":\"a\0b\"}", 14}), 400, "malformed");
  EXPECT_EQ(post(R"({"name":"x"})", {{"Content-Encoding", "gzip"}}).status, 415);
  EXPECT_EQ(post(R"({"name":"x"})", {{"Content-Type", "text/plain"}}).status, 415);
  EXPECT_EQ(post("name=x", {{"Content-Type", "application/x-www-form-urlencoded"}}).status, 415);
}

TEST_F(BadInput, ABodyThatIsTooLarge) {
  expect_problem(raw(head_of_post() + "Content-Length: 2000000\r\n\r\n" + std::string(2'000'000, ' ')), 413,
                 "too_large");
  const std::string chunk = "10000\r\n" + std::string(0x10000, ' ') + "\r\n";
  std::string chunks;
  for (int i = 0; i < 40; ++i)
    chunks += chunk;
  expect_problem(raw(head_of_post() + "Transfer-Encoding: chunked\r\n\r\n" + chunks + "0\r\n\r\n"), 413, "too_large");
  expect_problem(raw(head_of_post() + "Content-Length: 99999999999999999999999\r\n\r\n"), 413, "too_large");
  expect_problem(raw(head_of_post() + "Expect: 100-continue\r\nContent-Length: 2000000\r\n\r\n"), 413, "too_large");
}

TEST_F(BadInput, AnObjectWithTooManyMembers) {
  std::string attributes;
  for (int i = 0; i < 2'000; ++i)
    attributes += (i ? ",\"a" : "\"a") + std::to_string(i) + "\":1";
  expect_problem(post(R"({"name":"x","attributes":{)" + attributes + "}}"), 400, "malformed");
}

TEST_F(BadInput, AllFaultsOfABodyAtOnce) {
  const json body{{"name", " \u200B\t"},
                  {"email", "no at sign"},
                  {"phone", std::string(33, '1')},
                  {"avatar_url", "javascript:alert(1)"},
                  {"organization", 5},
                  {"status", "sleeping"},
                  {"tags", {"ok", 7, std::string(65, 't')}},
                  {"attributes", {{"a/b~c", json::array()}}},
                  {"assigned_employee_id", "me"},
                  {"colour", "red"},
                  {"favourite", nullptr}};
  const auto found = faults_of(owner_.post("/customers", body));
  std::set<std::string> pointers;
  for (const auto& [pointer, code] : found)
    pointers.insert(pointer);
  EXPECT_EQ(pointers, (std::set<std::string>{"/name", "/email", "/phone", "/avatar_url", "/organization", "/status",
                                             "/tags/1", "/tags/2", "/attributes/a~1b~0c", "/assigned_employee_id",
                                             "/colour", "/favourite"}));
  EXPECT_TRUE(found.contains({"/organization", "wrong_type"}));
  EXPECT_TRUE(found.contains({"/phone", "too_long"}));
  EXPECT_TRUE(found.contains({"/colour", "unknown_field"}));
  EXPECT_TRUE(found.contains({"/status", "invalid_value"}));
}

TEST_F(BadInput, WrongTypesAndMissingFields) {
  using one = faults;
  EXPECT_EQ(faults_of(owner_.post("/customers", json::object())), (one{{"/name", "required"}}));
  EXPECT_EQ(faults_of(owner_.post("/customers", json{{"name", 5}})), (one{{"/name", "wrong_type"}}));
  EXPECT_EQ(faults_of(owner_.post("/customers", json{{"name", nullptr}})).size(), 1U);
  EXPECT_EQ(faults_of(owner_.post("/notes", json::object())),
            (one{{"/customer_id", "required"}, {"/body", "required"}}));
  EXPECT_EQ(faults_of(owner_.post("/employees", json{{"name", "x"}, {"email", "x@example.com"}, {"role", "king"}})),
            (one{{"/role", "invalid_value"}}));
}

TEST_F(BadInput, LimitsCountCodePoints) {
  EXPECT_EQ(faults_of(owner_.post("/customers", json{{"name", std::string(201, 'x')}})),
            (faults{{"/name", "too_long"}}));
  std::string name;
  for (int i = 0; i < 200; ++i)
    name += "\U0001F600";
  const auto made = owner_.create("/customers", {{"name", name}});
  EXPECT_EQ(made.object.at("name"), name);
  before_ = made.cursor;
}

TEST_F(BadInput, FaultsOfReferencesComeWithTheOthers) {
  const std::string nobody = "018f0000-0000-7000-8000-000000000000";
  EXPECT_EQ(faults_of(owner_.post("/customers", json{{"name", ""}, {"assigned_employee_id", nobody}})),
            (faults{{"/name", "too_short"}, {"/assigned_employee_id", "not_found"}}));
  for (const auto* collection : {"/notes", "/messages"})
    EXPECT_EQ(faults_of(owner_.post(collection, json{{"customer_id", nobody}, {"body", ""}})),
              (faults{{"/customer_id", "not_found"}, {"/body", "too_short"}}));
}

TEST_F(BadInput, AnIntegerBeyond64Bits) {
  const auto answer = post(R"({"name":"x","attributes":{"a":18446744073709551616}})");
  EXPECT_EQ(faults_of(answer), (faults{{"/attributes/a", "out_of_range"}}));
}

TEST_F(BadInput, AllFaultsOfASignUpAtOnce) {
  api_client nobody{port()};
  const auto found = faults_of(nobody.call(
      "POST", "/signup", json{{"company", {{"name", ""}}}, {"name", ""}, {"email", "x"}, {"password", "short"}}));
  EXPECT_EQ(found.size(), 4U);
}

TEST_F(BadInput, ControlCharactersInHeaders) {
  const auto get = "GET /api/v1" + owner_.path() + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " +
                   owner_.token();
  for (const auto& field :
       {std::string{"X-A: a\x01"}, std::string{"X-A: a\x7f"}, std::string{"X-A: a\0b", 8}, std::string{"X-A: a\rb"},
        std::string{"X-A: a\nb"}, std::string{"X\x02: a"}, std::string{"X A: a"}, std::string{"X-A : a"},
        std::string{": a"}, std::string{"no colon"}, std::string{" folded"}})
    expect_problem(raw(get + "\r\n" + field + "\r\n\r\n"), 400, "malformed");
}

TEST_F(BadInput, ARequestLineOf64KiB) {
  expect_problem(raw("GET /" + std::string(64 * 1024, 'a') + " HTTP/1.1\r\nHost: localhost\r\n\r\n"), 414,
                 "target_too_long");
}

TEST_F(BadInput, HeadersThatAreTooLarge) {
  expect_problem(raw("GET / HTTP/1.1\r\nHost: localhost\r\nX-A: " + std::string(64 * 1024, 'a') + "\r\n\r\n"), 431,
                 "header_too_large");
  std::string many;
  for (int i = 0; i < 5'000; ++i)
    many += "A: b\r\n";
  expect_problem(raw("GET / HTTP/1.1\r\nHost: localhost\r\n" + many + "\r\n"), 431, "header_too_large");
}

TEST_F(BadInput, TwoContentLengths) {
  const std::string body = R"({"name":"x"})";
  expect_problem(raw(head_of_post() + "Content-Length: 12\r\nContent-Length: 13\r\n\r\n" + body), 400, "malformed");
  expect_problem(raw(head_of_post() + "Content-Length: 12\r\nContent-Length: 12\r\n\r\n" + body), 400, "malformed");
  expect_problem(raw(head_of_post() + "Content-Length: 12, 13\r\n\r\n" + body), 400, "malformed");
  for (const auto* length : {"-1", "+12", "0x0c", "1 2", "twelve", ""})
    expect_problem(raw(head_of_post() + "Content-Length: " + length + "\r\n\r\n" + body), 400, "malformed");
}

TEST_F(BadInput, BothContentLengthAndTransferEncoding) {
  const std::string chunked = "c\r\n{\"name\":\"x\"}\r\n0\r\n\r\n";
  expect_problem(raw(head_of_post() + "Content-Length: 12\r\nTransfer-Encoding: chunked\r\n\r\n" + chunked), 400,
                 "malformed");
  expect_problem(raw(head_of_post() + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n" + chunked), 400,
                 "malformed");
  EXPECT_GE(raw(head_of_post() + "Transfer-Encoding: gzip, chunked\r\n\r\n" + chunked).status, 400);
  EXPECT_GE(raw(head_of_post() + "Transfer-Encoding: identity\r\n\r\n" + chunked).status, 400);
}

TEST_F(BadInput, ChunksThatAreMalformed) {
  for (const auto* chunks : {"x\r\n", "c\r\n{\"name\":\"x\"}0\r\n\r\n", "-1\r\n", "ffffffffffffffffff\r\n", "\r\n\r\n"})
    expect_problem(raw(head_of_post() + "Transfer-Encoding: chunked\r\n\r\n" + chunks), 400, "malformed");
}

TEST_F(BadInput, RequestLinesThatAreNone) {
  for (const std::string line :
       {"GET", "GET /", "GET  / HTTP/1.1", "GET / HTTP/1.1 x", "GET / HTTQ/1.1", "G\x01T / HTTP/1.1",
        "GET http:/x HTTP/1.1", "GET x HTTP/1.1", "GET /a b HTTP/1.1", "\x16\x03\x01\x02 / HTTP/1.1"})
    expect_problem(raw(line + "\r\nHost: localhost\r\n\r\n"), 400, "malformed");
  EXPECT_EQ(raw("GET / HTTP/2.0\r\nHost: localhost\r\n\r\n").status, 505);
  expect_problem(raw("GET / HTTP/1.1\r\n\r\n"), 400, "malformed");
  expect_problem(raw("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"), 400, "malformed");
}

TEST_F(BadInput, PathsMethodsAndTypesThatAreNotThere) {
  expect_problem(owner_.call("GET", "/nothing"), 404, "not_found");
  expect_problem(owner_.api().call("GET", "/nothing"), 404, "not_found");
  for (const auto* path :
       {"/customers", "/customers/018f0000-0000-7000-8000-000000000000", "", "/events", "/snapshot"}) {
    const auto answer = owner_.call("TRACE", path);
    expect_problem(answer, 405, "method_not_allowed");
    EXPECT_NE(answer.header("Allow").value_or("").find("GET"), std::string::npos);
  }
  EXPECT_EQ(owner_.get("/customers", {{"Accept", "text/html"}}).status, 406);
  EXPECT_EQ(owner_.get("/events", {{"Accept", "application/json"}}).status, 406);
  EXPECT_EQ(owner_.get("/customers", {{"Accept", "text/html, application/json;q=0.5"}}).status, 200);
}

TEST_F(BadInput, QueryParameters) {
  for (const auto* query : {"limit=0", "limit=501", "limit=-1", "limit=x", "limit=", "limit=1&limit=2",
                            "after=nonsense", "status=sleeping", "status=", "q=%ff", "q=a&q=b"})
    expect_problem(owner_.get(std::string{"/customers?"} + query), 400, "malformed");
  expect_problem(owner_.get("/customers?q=" + std::string(257, 'x')), 400, "malformed");
  EXPECT_EQ(owner_.get("/customers?q=" + std::string(256, 'x')).status, 200);
  for (const auto* path : {"/employees", "/notes", "/messages", "/api_tokens"})
    for (const auto* query : {"?limit=501", "?after=nonsense", "?after="})
      expect_problem(owner_.get(std::string{path} + query), 400, "malformed");
  for (const auto* query : {"limit=501", "wait=31", "wait=-1", "types=colour", "client=%20"})
    expect_problem(owner_.get(std::string{"/changes?"} + query), 400, "malformed");
}

TEST_F(BadInput, IdsOfAnotherFormAreSimplyUnknown) {
  for (const auto* id : {"1", "x", "018F0000-0000-7000-8000-000000000000", "018f000000007000800000000000000", "..",
                         "%00", "%ff", "018f0000-0000-4000-8000-000000000000"})
    EXPECT_EQ(owner_.get(std::string{"/customers/"} + id).status, 404) << id;
}

TEST_F(BadInput, TokensThatAreNone) {
  for (const auto& token : {std::string{"a b"}, std::string(65, 'x'), std::string{"a/b"}}) {
    auto tab = owner_.another_tab();
    tab.api().client = token;
    expect_problem(tab.post("/customers", json{{"name", "x"}}), 400, "malformed");
  }
  for (const auto& key : {std::string(256, 'k'), std::string{"\xC3\xA9"}})
    expect_problem(owner_.post("/customers", json{{"name", "x"}}, {{"Idempotency-Key", key}}), 400, "malformed");
  for (const auto* tag : {"1", "\"x\"", "\"1"})
    EXPECT_EQ(owner_.patch("", json{{"name", "x"}}, {{"If-Match", tag}}).status / 100, 4) << tag;
}

}  // namespace chatmesh::test
