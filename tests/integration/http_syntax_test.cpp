// HTTP/1.1 as bytes: what RFC 9110 and 9112 leave to the application under Beast. Every case is sent over a raw socket,
// with one more request behind it. A message whose end is in doubt gets one answer and ends the connection, so that
// what stands behind it is never read as a request; any other leaves the connection in step.
#include "tests/integration/fixture.hpp"

#include <regex>

namespace chatmesh::test {

namespace {

struct wire_case {
  std::string bytes;
  int status;
};

constexpr std::string_view next_id = "the-next";

class HttpSyntax : public server_test {
protected:
  // The answers to these bytes and to a request behind them, as far as the server gives any.
  std::vector<http_response> converse(const std::string& bytes, bool head = false) {
    http_client client{port()};
    client.send(bytes + "GET /api/v1/none HTTP/1.1\r\nHost: localhost\r\nX-Request-Id: " + std::string{next_id} +
                "\r\n\r\n");
    std::vector<http_response> answers;
    do
      answers.push_back(client.read_response(head && answers.empty()));
    while (answers.back().header("Connection") != "close" && answers.back().header("X-Request-Id") != next_id);
    return answers;
  }

  // One answer, then the end; what follows is never looked at.
  void expect_refused(const std::vector<wire_case>& cases) {
    for (const auto& each : cases) {
      SCOPED_TRACE(each.bytes.substr(0, 300));
      const auto answers = converse(each.bytes);
      ASSERT_EQ(answers.size(), 1U) << answers.back().status;
      EXPECT_EQ(answers[0].status, each.status);
      EXPECT_EQ(answers[0].header("Connection"), "close");
      EXPECT_EQ(answers[0].header("Content-Type"), "application/problem+json");
      EXPECT_EQ(answers[0].value().value("status", 0), each.status);
      EXPECT_TRUE(answers[0].header("Date"));
    }
  }

  // One answer, and the next request is answered too.
  void expect_taken(const std::vector<wire_case>& cases, bool head = false) {
    for (const auto& each : cases) {
      SCOPED_TRACE(each.bytes.substr(0, 300));
      const auto answers = converse(each.bytes, head);
      ASSERT_EQ(answers.size(), 2U) << answers[0].body;
      EXPECT_EQ(answers[0].status, each.status) << answers[0].body;
      EXPECT_EQ(answers[1].status, 404);
      EXPECT_EQ(answers[1].header("X-Request-Id"), next_id);
    }
  }
};

std::string get(const std::string& line, const std::string& fields = {}) {
  return line + "\r\nHost: localhost\r\n" + fields + "\r\n";
}

// A log-in whose body is `{}`: 422 shows that exactly this body was read.
std::string post(const std::string& fields, const std::string& rest, const std::string& version = "HTTP/1.1") {
  return "POST /api/v1/sessions " + version + "\r\nHost: localhost\r\n" + fields + "\r\n" + rest;
}

std::string chunked(const std::string& rest) {
  return post("Transfer-Encoding: chunked\r\n", rest);
}

}  // namespace

TEST_F(HttpSyntax, HostsThatLeaveADoubt) {
  expect_refused({{"GET / HTTP/1.1\r\n\r\n", 400}});
  std::vector<wire_case> cases;
  for (const std::string fields : {"Host:",
                                   "Host: ",
                                   "Host: a\r\nHost: b",
                                   "Host: localhost\r\nhost: localhost",
                                   "Host: a, b",
                                   "Host: a,b",
                                   "Host: user@localhost",
                                   "Host: user:secret@localhost",
                                   "Host: localhost/path",
                                   "Host: localhost?x",
                                   "Host: localhost#x",
                                   "Host: http://localhost",
                                   "Host: a b",
                                   "Host: a\\b",
                                   "Host: localhost:port",
                                   "Host: localhost:80:80",
                                   "Host: :80",
                                   "Host: [::1",
                                   "Host: ::1",
                                   "Host: caf\xC3\xA9",
                                   "Host : localhost",
                                   "Host: localhost\r\n continued"})
    cases.push_back({"GET / HTTP/1.1\r\n" + fields + "\r\n\r\n", 400});
  cases.push_back({"GET http://localhost/ HTTP/1.1\r\n\r\n", 400});
  expect_refused(cases);
  expect_taken({{"GET / HTTP/1.1\r\nHost: chat.example:8080\r\n\r\n", 200},
                {"GET / HTTP/1.1\r\nhOsT:\t[::1]:80 \r\n\r\n", 200},
                {"GET http://other.example/ HTTP/1.1\r\nHost: localhost\r\n\r\n", 200}});
}

TEST_F(HttpSyntax, RequestLinesThatAreNone) {
  std::vector<wire_case> cases;
  for (const std::string line :
       {"GET", "GET /", "GET HTTP/1.1", "GET  / HTTP/1.1", "GET /  HTTP/1.1", "GET / HTTP/1.1 ", "GET\t/\tHTTP/1.1",
        "GET / HTTP/1", "GET / HTTP/1.", "GET / HTTP/01.01", "GET / HTTP/ 1.1", "GET / http/1.1", "GET / HTTP/1.1x",
        "GET / HTTPS/1.1", "G[T / HTTP/1.1", "\"GET\" / HTTP/1.1", " GET / HTTP/1.1", "GET / a HTTP/1.1",
        "\x16\x03\x01\x02"})
    cases.push_back({get(line), 400});
  cases.push_back({"GET / HTTP/1.1\nHost: localhost\r\n\r\n", 400});
  cases.push_back({"GET / HTTP/1.1\rHost: localhost\r\n\r\n", 400});
  cases.push_back({"GET / HTTP/1.1\r\n \r\nHost: localhost\r\n\r\n", 400});
  cases.push_back({"   \r\n\r\n", 400});
  cases.push_back({get(std::string(70'000, 'A') + " / HTTP/1.1"), 414});
  expect_refused(cases);
  expect_taken({{"\r\n\r\n" + get("GET / HTTP/1.1"), 200}});
}

TEST_F(HttpSyntax, VersionsOfHttp) {
  expect_refused({{get("GET / HTTP/2.0"), 505},
                  {get("GET / HTTP/0.9"), 505},
                  {get("GET / HTTP/9.9"), 505},
                  {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505}});
  // A later version of the same protocol is read as the latest one that is known (RFC 9110 §2.5).
  expect_taken({{get("GET / HTTP/1.2"), 200}, {get("GET / HTTP/1.9"), 200}});
}

TEST_F(HttpSyntax, TargetsOfAnotherForm) {
  std::vector<wire_case> cases;
  for (const std::string target :
       {"*", "x", "index.html", "/caf\xC3\xA9", "/\xFF", "/\x7f", "/\x01", "/a#b", "http:/x", "http:///x",
        "http://user@localhost/", "http://a,b/", "ftp://localhost/", "//\t", "localhost:80"})
    cases.push_back({get("GET " + target + " HTTP/1.1"), 400});
  cases.push_back({get(std::string{"GET /\0a HTTP/1.1", 15}), 400});
  cases.push_back({get("POST * HTTP/1.1", "Content-Length: 0\r\n"), 400});
  cases.push_back({get("GET /" + std::string(8 * 1024, 'a') + " HTTP/1.1"), 414});
  expect_refused(cases);
  expect_taken({{get("GET /%00 HTTP/1.1"), 404},
                {get("GET /%0d%0aX-Injected:%20true HTTP/1.1"), 404},
                {get("GET /%C0%AF HTTP/1.1"), 404},
                {get("GET /%2e%2e/%2e%2e/etc/passwd HTTP/1.1"), 404},
                {get("GET /../../etc/passwd HTTP/1.1"), 404},
                {get("GET /..\\secret HTTP/1.1"), 404},
                {get("GET /%zz HTTP/1.1"), 400},
                {get("GET /" + std::string(8 * 1024 - 1, 'a') + " HTTP/1.1"), 404}});
}

TEST_F(HttpSyntax, FieldsThatAreMalformed) {
  std::vector<wire_case> cases;
  for (const std::string field :
       {"no colon", ": no name", "X A: b", "X-A : b", "X-A\t: b", "X[A: b", "X-\xC3\xA9: b", "X-A: b\r\n continued",
        "X-A: b\r\n\tcontinued", "X-A: a\x07\x08\x0b", "X-A: \x7f", "X-A: a\nX-B: b", "X-A: a\rX-B: b",
        "Content-Type: application/json\r\nContent-Type: text/plain",
        "Authorization: Bearer a\r\nAuthorization: Bearer b"})
    cases.push_back({get("GET / HTTP/1.1", field + "\r\n"), 400});
  cases.push_back({get("GET / HTTP/1.1", std::string{"X-A: a\0b\r\n", 10}), 400});
  cases.push_back({get("GET / HTTP/1.1", "X-A: " + std::string(64 * 1024, 'a') + "\r\n"), 431});
  cases.push_back({get("GET / HTTP/1.1", std::string(64 * 1024, 'a') + ": b\r\n"), 431});
  std::string many;
  for (int i = 0; i < 1'000; ++i)
    many += "X-" + std::to_string(i) + ": v\r\n";
  cases.push_back({get("GET / HTTP/1.1", many), 431});
  cases.push_back({get("GET / HTTP/1.1", "Expect: the-unexpected\r\n"), 417});
  expect_refused(cases);
  expect_taken({{get("GET / HTTP/1.1", "X-Empty:\r\nX-Old: caf\xE9\r\nX-Tab:\ta\tb\t\r\n"), 200},
                {get("GET / HTTP/1.1", "Range: bytes=0-10\r\n"), 200},
                {get("GET / HTTP/1.1", "Range: bytes=abc-xyz\r\n"), 200}});
}

TEST_F(HttpSyntax, LengthsThatTwoReadersCouldTakeDifferently) {
  std::vector<wire_case> cases;
  for (const std::string fields : {"Content-Length:",
                                   "Content-Length: +2",
                                   "Content-Length: -2",
                                   "Content-Length: -0",
                                   "Content-Length: 0x2",
                                   "Content-Length: 0o2",
                                   "Content-Length: 2_0",
                                   "Content-Length: 2 0",
                                   "Content-Length: 2.0",
                                   "Content-Length: 2e0",
                                   "Content-Length: two",
                                   "Content-Length: 2, 2",
                                   "Content-Length: 2,2,2",
                                   "Content-Length: 2, 20",
                                   "Content-Length: 2\r\nContent-Length: 2",
                                   "Content-Length: 2\r\nContent-Length: 20",
                                   "Content-Length: 0\r\nContent-Length: 2",
                                   "Content-Length : 2",
                                   "Content-Length: \0132",
                                   "Content-Length:\r\n 2",
                                   "Content-Length: 2\r\n 0",
                                   "Content-Length: \xC2\xB2",
                                   "Content-Length: ;2",
                                   "Content-Length: 2\r\nTransfer-Encoding: chunked",
                                   "Transfer-Encoding: chunked\r\nContent-Length: 2",
                                   "Content-Length: 0\r\nTransfer-Encoding: chunked"})
    cases.push_back({post(fields + "\r\n", "{}"), 400});
  for (const std::string length :
       {"2000000", "999999999", "9223372036854775808", "18446744073709551618", "99999999999999999999999999"})
    cases.push_back({post("Content-Length: " + length + "\r\n", ""), 413});
  expect_refused(cases);
  expect_taken({{post("Content-Length: 2\r\n", "{}"), 422},
                {post("Content-Length:\t2 \r\n", "{}"), 422},
                {post("Content-Length: 0002\r\n", "{}"), 422},
                {post("Content-Length: 0\r\n", ""), 400},
                {post("", ""), 400},
                {post("Transfer_Encoding: chunked\r\nContent-Length: 2\r\n", "{}"), 422},
                {get("GET / HTTP/1.1", "Content-Length: 5\r\n") + "hello", 200},
                {get("OPTIONS / HTTP/1.1", "Content-Length: 5\r\n") + "hello", 204},
                {get("DELETE / HTTP/1.1", "Content-Length: 5\r\n") + "hello", 405},
                {get("TRACE / HTTP/1.1", "Content-Length: 5\r\n") + "hello", 405},
                {get("FOO / HTTP/1.1", "Content-Length: 5\r\n") + "hello", 501}});
  expect_taken({{get("HEAD / HTTP/1.1", "Content-Length: 5\r\n") + "hello", 200}}, true);
}

TEST_F(HttpSyntax, TransferCodingsOtherThanChunked) {
  std::vector<wire_case> cases;
  const std::string body = "2\r\n{}\r\n0\r\n\r\n";
  for (const std::string coding :
       {"", "identity", "gzip", "xchunked", "chunkedx", "\"chunked\"", "'chunked'", "chunked;q=1", "chunked;ext=val",
        "chunked, gzip", "chunked, identity", "chunked,", "\013chunked", "\014chunked", "chunked\x7f", "ch\tunked",
        "\r\n chunked", "chunked\r\n , identity"})
    cases.push_back({post("Transfer-Encoding: " + coding + "\r\n", body), 400});
  for (const std::string fields :
       {"Transfer-Encoding : chunked", "Transfer-Encoding\x0b: chunked", " Transfer-Encoding: chunked",
        "X-A: b\nTransfer-Encoding: chunked", "X-A: b\rTransfer-Encoding: chunked",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding:", "Transfer-Encoding: identity\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity"})
    cases.push_back({post(fields + "\r\n", body), 400});
  for (const std::string coding : {"gzip, chunked", "identity, chunked", "chunked, chunked", ", chunked"})
    cases.push_back({post("Transfer-Encoding: " + coding + "\r\n", body), 501});
  cases.push_back({post(std::string{"Transfer-Encoding: chunked\0\r\n", 28}, body), 400});
  cases.push_back({post("Transfer-Encoding: chunked\r\n", body, "HTTP/1.0"), 400});
  cases.push_back({post("Transfer-Encoding: chunked\r\nContent-Length: 2\r\n", body, "HTTP/1.0"), 400});
  expect_refused(cases);
}

TEST_F(HttpSyntax, ChunksThatAreMalformed) {
  std::vector<wire_case> cases;
  const std::string end = "0\r\n\r\n";
  for (const std::string first : {"",
                                  "x\r\n{}\r\n",
                                  "0x2\r\n{}\r\n",
                                  "+2\r\n{}\r\n",
                                  "-2\r\n{}\r\n",
                                  " 2\r\n{}\r\n",
                                  "2 \r\n{}\r\n",
                                  "2\t\r\n{}\r\n",
                                  "2_0\r\n{}\r\n",
                                  "2.0\r\n{}\r\n",
                                  "2;\r\n{}\r\n",
                                  "2;a[=b\r\n{}\r\n",
                                  "2;a=\r\n{}\r\n",
                                  "2;a=\"b\r\n\"{}\r\n",
                                  "2;a\x01\r\n{}\r\n",
                                  "2;a\rX\r\n{}\r\n",
                                  "2;a\n{}\r\n",
                                  "2;\n{}\r\n",
                                  "2\n{}\r\n",
                                  "2\r{}\r\n",
                                  "2\r\n{}\n",
                                  "2\r\n{}",
                                  "2\r\n{}!!\r\n",
                                  "2\r\n{}\r",
                                  "1\r\n{}\r\n",
                                  "\r\n2\r\n{}\r\n",
                                  "FFFFFFFFFFFFFFFF2\r\n{}\r\n",
                                  "10000000000000002\r\n{}\r\n"})
    cases.push_back({chunked(first + (first.empty() ? "\r\n" : "") + end), 400});
  for (const std::string last :
       {"0\n\r\n", "0\r\n\n", "0\r\n\r\r\n\r\n", "0;\r\n\r\n", "0 \r\n\r\n", "00x\r\n\r\n", "0\r\nno colon\r\n\r\n",
        "0\r\nX-A : b\r\n\r\n", "0\r\nX-A: \x01\r\n\r\n", "0\r\n folded: b\r\n\r\n", "0\r\nX-A: b\nX-B: c\r\n\r\n"})
    cases.push_back({chunked("2\r\n{}\r\n" + last), 400});
  cases.push_back({chunked(std::string{"2;\0a\r\n{}\r\n", 10} + end), 400});
  cases.push_back({chunked("7fffffffffffffff\r\n{}"), 413});
  cases.push_back({chunked("2;a=" + std::string(100'000, 'a') + "\r\n{}\r\n" + end), 400});
  cases.push_back({chunked("2\r\n{}\r\n0\r\nX-A: " + std::string(100'000, 'a') + "\r\n\r\n"), 400});
  expect_refused(cases);
  expect_taken({{chunked("2\r\n{}\r\n0\r\n\r\n"), 422},
                {chunked("1\r\n{\r\n1\r\n}\r\n0\r\n\r\n"), 422},
                {chunked("00002;a;b=c;d=\"e;\\\"f\"\r\n{}\r\n000;last\r\n\r\n"), 422},
                {chunked("0\r\n\r\n"), 400},
                {post("tRANSFER-eNCODING:\tCHUNKED \r\n", "2\r\n{}\r\n0\r\n\r\n"), 422}});
}

// What stands behind the last chunk is read and left alone: it can't sign in, and can't change how the message ends.
TEST_F(HttpSyntax, TrailersChangeNothing) {
  const auto owner = sign_up(port(), "Acme", "Ada");
  const std::vector<std::string> fields{"X-Checksum: abc", "Host: evil.example",
                                        "Authorization: Bearer " + owner.token(), "Content-Type: text/plain",
                                        "Expect: nonsense"};
  for (const auto& field : fields)
    expect_taken(
        {{chunked("2\r\n{}\r\n0\r\n" + field + "\r\n\r\n"), 422},
         {get("GET /api/v1/sessions/current HTTP/1.1", "Transfer-Encoding: chunked\r\n") + "0\r\n" + field + "\r\n\r\n",
          401}});
  for (const std::string field : {"Content-Length: 50", "Transfer-Encoding: chunked"})
    for (const auto& answer : converse(chunked("2\r\n{}\r\n0\r\n" + field + "\r\n\r\n")))
      EXPECT_TRUE(answer.status == 422 || answer.status == 400 || answer.header("X-Request-Id") == next_id)
          << field << ": " << answer.status;
}

TEST_F(HttpSyntax, MethodsThatNoResourceHas) {
  expect_refused(
      {{"CONNECT localhost:80 HTTP/1.1\r\nHost: localhost:80\r\n\r\n", 501}, {get("CONNECT / HTTP/1.1"), 501}});
  expect_taken({{get("FOO / HTTP/1.1"), 501},
                {get("get / HTTP/1.1"), 501},
                {get("TRACE / HTTP/1.1"), 405},
                {get("TRACE /api/v1/sessions HTTP/1.1"), 405},
                {get("DELETE / HTTP/1.1"), 405},
                {get("OPTIONS * HTTP/1.1"), 204},
                {get("OPTIONS / HTTP/1.1"), 204},
                {get("OPTIONS /nothing HTTP/1.1"), 404}});
  const auto trace = converse(get("TRACE / HTTP/1.1", "Authorization: Bearer secret\r\n"))[0];
  EXPECT_EQ(trace.header("Allow"), "GET, HEAD, OPTIONS");
  EXPECT_EQ(trace.body.find("secret"), std::string::npos);
  EXPECT_EQ(converse(get("OPTIONS / HTTP/1.1"))[0].header("Allow"), "GET, HEAD, OPTIONS");
  const auto all = converse(get("OPTIONS * HTTP/1.1"))[0];
  EXPECT_TRUE(all.header("Allow"));
  EXPECT_FALSE(all.header("Content-Length")) << "204 has none";
}

TEST_F(HttpSyntax, ExpectationsOfAContinue) {
  http_client client{port()};
  client.send(post("Expect: 100-continue\r\nContent-Length: 2\r\n", ""));
  EXPECT_EQ(client.read_response().status, 100);
  client.send("{}");
  EXPECT_EQ(client.read_response().status, 422);
  client.send(post("Expect: 100-Continue\r\nTransfer-Encoding: chunked\r\n", ""));
  EXPECT_EQ(client.read_response().status, 100);
  client.send("2\r\n{}\r\n0\r\n\r\n");
  EXPECT_EQ(client.read_response().status, 422);
  // Not where the body is here already, nor where there is none, nor to HTTP/1.0.
  expect_taken({{post("Expect: 100-continue\r\nContent-Length: 2\r\n", "{}"), 422},
                {get("GET / HTTP/1.1", "Expect: 100-continue\r\n"), 200}});
  expect_refused({{post("Expect: 100-continue\r\nContent-Length: 2\r\n", "{}", "HTTP/1.0"), 422}});
  // A body that would be refused is not asked for.
  expect_refused({{post("Expect: 100-continue\r\nContent-Length: 2000000\r\n", ""), 413}});
}

TEST_F(HttpSyntax, ConnectionsThatGoOnAndThatEnd) {
  const std::vector<std::string> last{get("GET / HTTP/1.1", "Connection: close\r\n"),
                                      get("GET / HTTP/1.1", "Connection: x, CLOSE\r\n"),
                                      get("GET / HTTP/1.1", "Connection: keep-alive\r\nConnection: close\r\n"),
                                      get("GET / HTTP/1.0"), "GET / HTTP/1.0\r\n\r\n"};
  for (const auto& bytes : last) {
    const auto answers = converse(bytes);
    ASSERT_EQ(answers.size(), 1U) << bytes;
    EXPECT_EQ(answers[0].status, 200) << bytes;
    EXPECT_EQ(answers[0].header("Connection"), "close") << bytes;
  }
  const auto old = converse(get("GET / HTTP/1.0", "Connection: keep-alive\r\n"));
  ASSERT_EQ(old.size(), 2U);
  EXPECT_EQ(old[0].header("Connection"), "keep-alive");
  for (const std::string upgrade : {"websocket", "h2c", "totally-made-up/1.0"})
    expect_taken({{get("GET / HTTP/1.1", "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: " + upgrade +
                                             "\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n"
                                             "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                                             "Sec-WebSocket-Version: 13\r\n"),
                   200}});
}

TEST_F(HttpSyntax, EveryAnswerSaysWhenAndToWhat) {
  const std::regex date{"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), [0-3][0-9] [A-Z][a-z]{2} [0-9]{4} [0-2][0-9]:[0-5][0-9]:[0-6]"
                        "[0-9] GMT"};
  for (const auto& bytes :
       {get("GET / HTTP/1.1"), get("GET / HTTP/1.0"), get("GET /nothing HTTP/1.1"), get("OPTIONS * HTTP/1.1"),
        get("FOO / HTTP/1.1"), get("DELETE / HTTP/1.1"), get("GET / HTTP/3.0"), get("GET * HTTP/1.1"),
        get("CONNECT a:1 HTTP/1.1"), post("Content-Length: 2\r\n", "{}"), post("Content-Length: x\r\n", ""),
        post("Content-Length: 2000000\r\n", ""), get("GET /" + std::string(9'000, 'a') + " HTTP/1.1"),
        get("GET /api/v1/sessions/current HTTP/1.1"), get("GET / HTTP/1.1", "Expect: x\r\n"), chunked("x\r\n")})
    for (const auto& answer : converse(bytes)) {
      EXPECT_TRUE(std::regex_match(answer.header("Date").value_or(""), date)) << answer.status;
      EXPECT_FALSE(answer.header("X-Request-Id").value_or("").empty()) << answer.status;
      EXPECT_TRUE(answer.header("Cache-Control")) << answer.status;
      EXPECT_EQ(answer.header("X-Content-Type-Options"), "nosniff") << answer.status;
    }
}

}  // namespace chatmesh::test
