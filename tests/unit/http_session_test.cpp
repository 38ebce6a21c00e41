// The HTTP session over real sockets: what a peer may send, and what it gets.
#include "http/io_thread.hpp"
#include "tests/unit/http_fixture.hpp"

#include <boost/asio/write.hpp>

#include <functional>
#include <future>
#include <mutex>
#include <stdexcept>

namespace chatmesh::http {

namespace {

constexpr std::size_t big_size = 64 * 1024 * 1024;

// A handler that waits until the test lets it go.
class gate {
public:
  void wait(std::function<void()> go_on) {
    const std::lock_guard lock(mutex_);
    waiting_.push_back(std::move(go_on));
  }
  std::size_t waiting() {
    const std::lock_guard lock(mutex_);
    return waiting_.size();
  }
  void open() {
    const std::lock_guard lock(mutex_);
    for (auto& each : std::exchange(waiting_, {}))
      each();
  }

private:
  std::mutex mutex_;
  std::vector<std::function<void()>> waiting_;
};

gate& the_gate() {
  static gate one;
  return one;
}

asio::awaitable<response> get_thing(services&, request& r) {
  response result;
  result.body = "{\"id\":\"" + std::string{r.segment("id")} + "\"}";
  co_return result;
}

asio::awaitable<response> post_echo(services&, request& r) {
  response result;
  result.body = r.body;
  co_return result;
}

asio::awaitable<response> get_nothing(services&, request&) {
  response result;
  result.status = 204;
  co_return result;
}

asio::awaitable<response> get_big(services&, request&) {
  response result;
  result.body.assign(big_size, 'x');
  co_return result;
}

asio::awaitable<response> get_failure(services&, request&) {
  throw std::runtime_error("a secret");
  co_return response{};
}

asio::awaitable<response> get_split(services&, request&) {
  response result;
  result.headers.emplace_back("X-Bad", "a\r\nSet-Cookie: b");
  co_return result;
}

asio::awaitable<response> get_gate(services&, request&) {
  auto start = [](auto resumer) { the_gate().wait([resumer] { resumer.resume(true); }); };
  co_await detail::suspend<bool>(start);
  co_return response{};
}

asio::awaitable<response> get_stream(services&, request&) {
  response result;
  result.take_over = [](tcp_socket socket, std::string rest) {
    asio::write(socket, asio::buffer("taken:" + rest));
    boost::system::error_code ignored;
    socket.shutdown(tcp_socket::shutdown_send, ignored);
  };
  co_return result;
}

class HttpSession : public http_test {
protected:
  void begin() {
    start({{"GET", "/things/{id}", get_thing},
           {"POST", "/echo", post_echo},
           {"GET", "/nothing", get_nothing},
           {"GET", "/big", get_big},
           {"GET", "/failure", get_failure},
           {"GET", "/split", get_split},
           {"GET", "/gate", get_gate},
           {"GET", "/stream", get_stream, answer_kind::events}});
  }

  static std::string get(const std::string& path, const std::string& fields = "") {
    return "GET " + path + " HTTP/1.1\r\nHost: localhost\r\n" + fields + "\r\n";
  }

  // The status of the one answer to these bytes, after which the connection ends: read_response() sees to that where
  // the answer says so.
  int last_status(const std::string& bytes) {
    auto c = client();
    c.send(bytes);
    const auto answer = c.read_response();
    EXPECT_EQ(answer.header("Connection"), "close") << bytes.substr(0, 60);
    return answer.status;
  }
};

}  // namespace

TEST_F(HttpSession, AnswersHaveWhatEveryAnswerHas) {
  begin();
  auto c = client();
  const auto answer = c.request("GET", "/things/7");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, R"({"id":"7"})");
  EXPECT_EQ(answer.header("Content-Type"), "application/json");
  EXPECT_EQ(answer.header("Cache-Control"), "no-store, no-transform");
  EXPECT_EQ(answer.header("X-Content-Type-Options"), "nosniff");
  EXPECT_TRUE(answer.header("Date").value_or("").ends_with(" GMT"));
  EXPECT_FALSE(answer.header("X-Request-Id").value_or("").empty());
  EXPECT_EQ(answer.header("Connection"), std::nullopt);
  EXPECT_EQ(c.request("GET", "/things/7", {{"X-Request-Id", "mine"}}).header("X-Request-Id"), "mine");
  EXPECT_NE(c.request("GET", "/things/7", {{"X-Request-Id", "not mine"}}).header("X-Request-Id"), "not mine");
}

TEST_F(HttpSession, AnswersPipelinedRequestsInOrderHoweverTheyArrive) {
  begin();
  std::string all;
  for (int i = 0; i < 200; ++i)
    all += get("/things/" + std::to_string(i)) + "\r\n";  // an empty line before a request is allowed
  auto c = client();
  for (std::size_t at = 0; at < all.size(); at += 7)
    c.send(all.substr(at, 7));
  for (int i = 0; i < 200; ++i)
    ASSERT_EQ(c.read_response().body, "{\"id\":\"" + std::to_string(i) + "\"}");
}

TEST_F(HttpSession, ReadsBodiesOfBothFramings) {
  begin();
  auto c = client();
  c.send("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
         "3;x=\"y\"\r\nabc\r\n02\r\nde\r\n0\r\nX-Trailer: ignored\r\n\r\n"
         "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nfgh"
         "POST /echo HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(c.read_response().body, "abcde");
  EXPECT_EQ(c.read_response().body, "fgh");
  EXPECT_EQ(c.read_response().body, "");
}

TEST_F(HttpSession, ALargeBodyComesWhole) {
  begin();
  auto c = client();
  const std::string body(settings_.max_body_bytes, 'b');
  EXPECT_EQ(c.request("POST", "/echo", {}, body).body, body);
  EXPECT_EQ(c.request("GET", "/things/1").status, 200);
}

TEST_F(HttpSession, ATooLargeBodyGetsItsAnswerThoughItsClientStillSends) {
  begin();
  const std::string body(4 * 1024 * 1024, 'b');
  EXPECT_EQ(last_status("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 4194304\r\n\r\n" + body), 413);
}

TEST_F(HttpSession, HeadHasTheFieldsOfGetAndNoBody) {
  begin();
  auto c = client();
  const auto whole = c.request("GET", "/things/7");
  c.send("HEAD /things/7 HTTP/1.1\r\nHost: a\r\n\r\n" + get("/things/8"));
  const auto head = c.read_response(true);
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.header("Content-Length"), whole.header("Content-Length"));
  EXPECT_EQ(head.header("Content-Type"), whole.header("Content-Type"));
  EXPECT_EQ(c.read_response().body, R"({"id":"8"})");
}

TEST_F(HttpSession, AnswersWithoutBodyKeepTheConnectionInStep) {
  begin();
  auto c = client();
  c.send(get("/nothing") + "OPTIONS /things/7 HTTP/1.1\r\nHost: a\r\n\r\nOPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n" +
         get("/things/8"));
  EXPECT_EQ(c.read_response().status, 204);
  const auto options = c.read_response();
  EXPECT_EQ(options.status, 204);
  EXPECT_EQ(options.header("Allow"), "GET, HEAD, OPTIONS");
  EXPECT_EQ(c.read_response().status, 204);
  EXPECT_EQ(c.read_response().body, R"({"id":"8"})");
}

TEST_F(HttpSession, SaysContinueOnlyWhereTheBodyIsStillToCome) {
  begin();
  auto c = client();
  const std::string head = "POST /echo HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n";
  c.send(head);
  EXPECT_EQ(c.read_response().status, 100);
  c.send("ab");
  EXPECT_EQ(c.read_response().body, "ab");
  c.send(head + "cd");
  EXPECT_EQ(c.read_response().body, "cd");
  EXPECT_EQ(last_status("GET / HTTP/1.1\r\nHost: a\r\nExpect: more\r\n\r\n"), 417);
}

TEST_F(HttpSession, Http10ClosesUnlessItAsksNotTo) {
  begin();
  EXPECT_EQ(last_status("GET /things/7 HTTP/1.0\r\n\r\n"), 200);
  auto c = client();
  c.send("GET /things/7 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  EXPECT_EQ(c.read_response().header("Connection"), "keep-alive");
  c.send(get("/things/8", "Connection: close\r\n"));
  EXPECT_EQ(c.read_response().header("Connection"), "close");
}

TEST_F(HttpSession, RefusesWhatIsNoRequestAndCloses) {
  begin();
  const std::string smuggled = get("/things/smuggled");
  const std::vector<std::pair<std::string, int>> cases{
      {"nonsense\r\n\r\n", 400},
      {"\x16\x03\x01 hello", 400},
      {"GET / HTTP/1.1\n", 400},
      {get("/", "X: a\x01\r\n"), 400},
      {get("/", "X: a\r\n folded\r\n"), 400},
      {"GET / HTTP/1.1\r\n\r\n", 400},
      {"GET / HTTP/3.0\r\nHost: a\r\n\r\n", 505},
      {"CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n", 501},
      {"GET /" + std::string(64 * 1024, 'a') + " HTTP/1.1\r\nHost: a\r\n\r\n", 414},
      {get("/", "X: " + std::string(64 * 1024, 'a') + "\r\n"), 431},
      {"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\na" + smuggled, 400},
      {"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + smuggled,
       400},
      {"POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n" + smuggled, 501},
      {"POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n\r\n" + smuggled, 400},
      {"POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\nhello\r\n0\r\n\r\n" + smuggled, 400},
      {"POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello!\r\n0\r\n\r\n" + smuggled, 400},
      {"POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n11111111111111111\r\n\r\n" + smuggled, 400},
      {"POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n\r\n" + smuggled, 413},
      {"POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nContent-Length: 3\r\n\r\n" + smuggled,
       400},
      {"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 9999999\r\n\r\n", 413}};
  for (const auto& [bytes, status] : cases)
    EXPECT_EQ(last_status(bytes), status) << bytes.substr(0, 120);
}

TEST_F(HttpSession, APartOfARequestGetsAnAnswerWhenItsTimeIsOver) {
  settings_.header_timeout = settings_.body_timeout = std::chrono::seconds{1};
  begin();
  EXPECT_EQ(last_status("GET / HTTP/1.1\r\nHost:"), 408);
  EXPECT_EQ(last_status("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\na"), 408);
}

TEST_F(HttpSession, AnIdleConnectionIsClosed) {
  settings_.idle_timeout = settings_.header_timeout = std::chrono::seconds{1};
  begin();
  auto used = client();
  EXPECT_EQ(used.request("GET", "/things/7").status, 200);
  EXPECT_TRUE(used.ends());
  auto silent = client();
  silent.use(test::socket{server_->port()});
  EXPECT_TRUE(silent.ends());
}

TEST_F(HttpSession, APeerThatTakesNothingIsLetGo) {
  settings_.write_timeout = std::chrono::seconds{1};
  begin();
  auto c = client();
  c.use(test::socket{server_->port(), 4 * 1024});
  c.send(get("/big"));
  test::eventually("a session", [&] { return server_->open() == 1; });
  test::eventually("its end", [&] { return server_->open() == 0; });
}

TEST_F(HttpSession, AFailureIsAProblemThatTellsNothing) {
  begin();
  auto c = client();
  const auto answer = c.request("GET", "/failure", {{"X-Request-Id", "r-1"}});
  EXPECT_EQ(answer.status, 500);
  EXPECT_EQ(answer.value().at("code"), "internal");
  EXPECT_EQ(answer.value().at("request_id"), "r-1");
  EXPECT_EQ(answer.body.find("secret"), std::string::npos);
  EXPECT_EQ(c.request("GET", "/things/7").status, 200);
}

TEST_F(HttpSession, NoHandlerCanSplitAnAnswer) {
  begin();
  auto c = client();
  c.send(get("/split"));
  EXPECT_TRUE(c.ends());
}

TEST_F(HttpSession, RoutesAndNegotiates) {
  begin();
  auto c = client();
  EXPECT_EQ(c.request("GET", "/none").status, 404);
  EXPECT_EQ(c.request("GET", "/things/a%2Fb").status, 404);
  EXPECT_EQ(c.request("GET", "/things/%zz").status, 400);
  EXPECT_EQ(c.request("GET", "/things/7?a=%zz").status, 400);
  EXPECT_EQ(c.request("DELETE", "/things/7").header("Allow"), "GET, HEAD, OPTIONS");
  EXPECT_EQ(c.request("GET", "/things/7", {{"Accept", "text/html"}}).status, 406);
  EXPECT_EQ(c.request("GET", "/stream", {{"Accept", "application/json"}}).status, 406);
  c.send("GET http://other/things/9 HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(c.read_response().body, R"({"id":"9"})");
}

TEST_F(HttpSession, AStreamGetsTheSocketAndWhatWasReadAhead) {
  begin();
  auto c = client();
  c.send(get("/stream") + "ahead");
  std::string all;
  for (auto more = c.take_body(); !more.empty(); more = c.take_body())
    all += more;
  EXPECT_TRUE(all.starts_with("taken:")) << all;
  EXPECT_EQ(server_->open(), 0U);
}

TEST_F(HttpSession, TheEndWaitsForAnswersAndForNoOneElse) {
  begin();
  auto busy = client(), idle = client(), late = client();
  EXPECT_EQ(idle.request("GET", "/things/7").status, 200);
  EXPECT_EQ(late.request("GET", "/things/7").status, 200);
  busy.send(get("/gate") + get("/things/8"));
  test::eventually("a handler at work", [] { return the_gate().waiting() == 1; });
  server_->stop_accepting();
  const auto refused = late.request("GET", "/things/7");
  EXPECT_EQ(refused.status, 503);
  EXPECT_EQ(refused.value().at("code"), "draining");
  EXPECT_TRUE(refused.header("Retry-After"));
  EXPECT_EQ(refused.header("Connection"), "close");
  server_->close_sessions();
  EXPECT_TRUE(idle.ends());
  the_gate().open();
  EXPECT_EQ(busy.read_response().header("Connection"), "close");
  end();
}

TEST_F(HttpSession, TheEndDoesNotWaitForAPeerThatTakesNothing) {
  settings_.close_timeout = std::chrono::seconds{1};
  begin();
  auto c = client();
  c.use(test::socket{server_->port(), 4 * 1024});
  c.send(get("/big"));
  test::eventually("a session", [&] { return server_->open() == 1; });
  end();
}

TEST_F(HttpSession, EarlyErrorsHaveTheClientsRequestIdToo) {
  begin();
  const std::string mine = "x-request-ID:  mine\r\n";
  const std::vector<std::pair<std::string, int>> cases{
      {get("/", mine + "Expect: more\r\n"), 417},
      {get("/", "Content-Length: 9999999\r\n" + mine), 413},
      {get("/", "Content-Length: x\r\n" + mine), 400},
      {get("/", mine + "X: " + std::string(64 * 1024, 'a') + "\r\n"), 431},
      {get("/", mine + "X: a\x01\r\n"), 400}};
  for (const auto& [bytes, status] : cases) {
    auto c = client();
    c.send(bytes);
    const auto answer = c.read_response();
    EXPECT_EQ(answer.status, status);
    EXPECT_EQ(answer.header("X-Request-Id"), "mine") << bytes.substr(0, 80);
    EXPECT_EQ(answer.value().at("request_id"), "mine");
  }
  auto c = client();
  c.send(get("/", "X-Request-Id: not mine\r\nExpect: more\r\n"));
  EXPECT_EQ(c.read_response().header("X-Request-Id").value_or("").size(), 36U) << "one of the server's own";
}

}  // namespace chatmesh::http
