// What a connection may cost: time that a peer takes, and room that there is.
#include "tests/unit/http_fixture.hpp"

namespace chatmesh::http {

namespace {

constexpr std::size_t big_size = 64 * 1024 * 1024;

asio::awaitable<response> get_hello(services&, request&) {
  co_return response{};
}

asio::awaitable<response> get_big(services&, request&) {
  response result;
  result.body.assign(big_size, 'x');
  co_return result;
}

class HttpLimits : public http_test {
protected:
  void begin() {
    start({{"GET", "/hello", get_hello},
           {"POST", "/echo", get_hello},
           {"GET", "/big", get_big},
           {"GET", "/stream", get_hello, answer_kind::events}});
  }
};

}  // namespace

TEST_F(HttpLimits, APeerThatTakesALittleAtATimeGetsItAll) {
  settings_.write_timeout = std::chrono::seconds{1};
  begin();
  auto slow = client(), other = client();
  slow.use(test::socket{server_->port(), 4 * 1024});
  slow.send("GET /big HTTP/1.1\r\nHost: a\r\n\r\n");
  slow.read_head();
  // Takes longer for all of it than the timeout is: what it has by now depends on the clock.
  constexpr auto duration = std::chrono::milliseconds{2'500};
  const auto begun = std::chrono::steady_clock::now();
  const auto due = [&] { return double(big_size) * ((std::chrono::steady_clock::now() - begun) / 1.0 / duration); };
  std::size_t got = 0;
  while (got < big_size) {
    while (double(got) > due())
      other.request("GET", "/hello");
    const auto piece = slow.take_body();
    ASSERT_FALSE(piece.empty()) << got;
    got += piece.size();
  }
  EXPECT_EQ(got, big_size);
}

TEST_F(HttpLimits, OverTheLimitAConnectionIsToldSoInItsOwnWay) {
  settings_.max_connections = 2;
  begin();
  auto one = client(), two = client(), other = client(), stream = client();
  EXPECT_EQ(one.request("GET", "/hello").status, 200);
  EXPECT_EQ(two.request("GET", "/hello").status, 200);

  const auto refused = other.request("POST", "/echo", {{"X-Request-Id", "mine"}}, "body");
  EXPECT_EQ(refused.status, 503);
  EXPECT_EQ(refused.header("Content-Type"), "application/problem+json");
  EXPECT_EQ(refused.header("X-Request-Id"), "mine");
  EXPECT_EQ(refused.header("Connection"), "close");
  EXPECT_TRUE(refused.header("Retry-After"));
  EXPECT_EQ(refused.value().at("code"), "unavailable");

  const auto goodbye = stream.request("GET", "/stream", {{"Accept", "text/event-stream"}});
  EXPECT_EQ(goodbye.status, 200);
  EXPECT_EQ(goodbye.header("Content-Type"), "text/event-stream");
  EXPECT_EQ(goodbye.header("Connection"), "close");
  EXPECT_TRUE(goodbye.body.starts_with("retry: ")) << goodbye.body;
  EXPECT_NE(goodbye.body.find("event: goodbye\ndata: {\"reason\":\"overloaded\""), std::string::npos) << goodbye.body;
  EXPECT_NE(operations().request("GET", "/metrics").body.find("{reason=\"overloaded\"} 1\n"), std::string::npos);
}

TEST_F(HttpLimits, OverTheReserveAConnectionIsRefusedAtOnce) {
  settings_.max_connections = 2;
  begin();
  std::vector<test::socket> all;
  for (std::size_t i = 0; i < 10; ++i)  // the limit and its reserve
    all.emplace_back(server_->port());
  test::eventually("all of them", [&] { return server_->open() == 10; });
  auto late = client();
  late.use(test::socket{server_->port()});
  const auto refused = late.read_response();
  EXPECT_EQ(refused.status, 503);
  EXPECT_EQ(refused.header("Content-Type"), "application/problem+json");
  EXPECT_EQ(refused.header("X-Request-Id"), refused.value().at("request_id"));
  EXPECT_TRUE(refused.header("Retry-After"));
  all.clear();
  test::eventually("room", [&] { return server_->open() == 0; });
  late.close();
  EXPECT_EQ(late.request("GET", "/hello").status, 200);
}

}  // namespace chatmesh::http
