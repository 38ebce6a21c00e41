// Request smuggling: a request that the proxy takes for part of a body, and the server for a request. The proxies here
// refuse /customers themselves, so a customer that gets made anyhow has passed unseen; and what the next client hears
// must be the answer to what it asked.
#include "tests/integration/fixture.hpp"
#include "tests/support/proxy_process.hpp"

#include <cstdio>

namespace chatmesh::test {

namespace {

// What two readers might frame differently. `{hidden}` is the request that must not be served, `{all}` the length of
// everything behind the head, `{some}` that of the first line alone.
struct variant {
  std::string fields;
  std::string body;
};

const std::string ends_early = "0\r\n\r\n{hidden}";              // a reader of chunks ends before the request
const std::string in_chunk = "{size}\r\n{hidden}\r\n0\r\n\r\n";  // a reader of chunks takes it for data
const std::string no_chunks = "{hidden}";

void add_codings(std::vector<variant>& all) {
  for (const std::string coding : {"Transfer-Encoding: chunked",
                                   "Transfer-Encoding : chunked",
                                   "Transfer-Encoding: xchunked",
                                   "Transfer-Encoding:\tchunked",
                                   "Transfer-Encoding:chunked",
                                   " Transfer-Encoding: chunked",
                                   "X-A: b\nTransfer-Encoding: chunked",
                                   "X-A: b\rTransfer-Encoding: chunked",
                                   "X-A: b\r\n Transfer-Encoding: chunked",
                                   "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity",
                                   "Transfer-Encoding: identity\r\nTransfer-Encoding: chunked",
                                   "Transfer-Encoding: chunked\r\nTransfer-encoding: x",
                                   "Transfer-Encoding: identity, chunked",
                                   "Transfer-Encoding: chunked, identity",
                                   "Transfer-Encoding: gzip, chunked",
                                   "Transfer-Encoding: \"chunked\"",
                                   "Transfer-Encoding: 'chunked'",
                                   "Transfer-Encoding: \013chunked",
                                   "Transfer-Encoding: \014chunked",
                                   "Transfer-Encoding\x0b: chunked",
                                   "Transfer-Encoding:\r\n chunked",
                                   "Transfer-Encoding: chunked\r\n ,x",
                                   "Transfer_Encoding: chunked",
                                   "TRANSFER-ENCODING: CHUNKED",
                                   "Transfer-Encoding: chunked;q=1",
                                   "Transfer-Encoding: chunked,",
                                   "Transfer-Encoding: ,chunked",
                                   "Transfer-Encoding: chunk",
                                   "Transfer-Encoding: cow",
                                   "Transfer-Encoding:",
                                   "Transfer\302\255Encoding: chunked",
                                   "Connection: Transfer-Encoding\r\nTransfer-Encoding: chunked",
                                   "Connection: keep-alive, Transfer-Encoding\r\nTransfer-Encoding: chunked"}) {
    all.push_back({coding + "\r\nContent-Length: {all}", ends_early});
    all.push_back({"Content-Length: {all}\r\n" + coding, ends_early});
    all.push_back({coding + "\r\nContent-Length: {some}", in_chunk});
  }
}

void add_lengths(std::vector<variant>& all) {
  for (const std::string length :
       {"Content-Length: 0\r\nContent-Length: {all}",
        "Content-Length: {all}\r\nContent-Length: 0",
        "Content-Length: 0, {all}",
        "Content-Length: {all}, 0",
        "Content-Length: +{all}",
        "Content-Length: 0{all}",
        "Content-Length: {all}\r\nContent-Length : 0",
        "Content-Length: {all}\r\nContent_Length: 0",
        "Content-Length: {all}\r\nX-A: b\nContent-Length: 0",
        "Content-Length:\r\n {all}",
        "Content-Length: {all}\r\n 0",
        "Content-Length: \x0b{all}",
        "Content-Length: 0x{all}",
        "Content-Length: {all};0",
        "Content-Length: -{all}",
        "Content-Length: {all}.0",
        "Content-Length: {all} 0",
        "Content-Length: \"{all}\"",
        "Content-Length: {all}\x0b",
        "Connection: Content-Length\r\nContent-Length: {all}",
        "Expect: 100-continue\r\nContent-Length: {all}",
        "Expect: x\r\nContent-Length: {all}",
        "Connection: Upgrade\r\nUpgrade: websocket\r\nContent-Length: {all}",
        "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\nContent-Length: {all}"})
    all.push_back({length, no_chunks});
}

void add_chunks(std::vector<variant>& all) {
  for (const std::string chunks : {"0\n\r\n{hidden}",
                                   "0\r\n\n{hidden}",
                                   "\r\n0\r\n\r\n{hidden}",
                                   "0x0\r\n\r\n{hidden}",
                                   " 0\r\n\r\n{hidden}",
                                   "0 \r\n\r\n{hidden}",
                                   "-0\r\n\r\n{hidden}",
                                   "10000000000000000\r\n\r\n{hidden}",
                                   "0;\r\n\r\n{hidden}",
                                   "0;a\n\r\n{hidden}",
                                   "0;a=\"\r\n\r\n\"\r\n\r\n{hidden}",
                                   "{size};\n\r\n{hidden}\r\n0\r\n\r\n",
                                   "2\n{}\r\n0\r\n\r\n{hidden}",
                                   "2;\n{}\r\n0\r\n\r\n{hidden}",
                                   "2\r\n{}{hidden}",
                                   "2\r\n{}\n0\r\n\r\n{hidden}",
                                   "2\r\n{}\r\n0\r\nContent-Length: {all}\r\n\r\n{hidden}",
                                   "2\r\n{}\r\n0\r\nTransfer-Encoding: chunked\r\n\r\n{hidden}",
                                   "2\r\n{}\r\n0\r\n{hidden}",
                                   "0\r\n{hidden}",
                                   "0\r\nX-A: b\n\n{hidden}"})
    all.push_back({"Transfer-Encoding: chunked", chunks});
}

std::vector<variant> variants() {
  std::vector<variant> all;
  add_codings(all);
  add_lengths(all);
  add_chunks(all);
  return all;
}

void replace_all(std::string& text, const std::string& what, const std::string& with) {
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size()))
    text.replace(at, what.size(), with);
}

std::string hex(std::size_t number) {
  char text[17];
  std::snprintf(text, sizeof text, "%zx", number);
  return text;
}

std::string encode(const std::string& start, const variant& v, const std::string& hidden) {
  auto fields = v.fields, body = v.body;
  const auto first_line = hex(hidden.size()).size() + 2;
  replace_all(body, "{size}", hex(hidden.size()));
  replace_all(body, "{hidden}", hidden);
  replace_all(body, "{all}", "5");
  replace_all(fields, "{all}", std::to_string(body.size()));
  replace_all(fields, "{some}", std::to_string(first_line));
  return start + "Host: localhost\r\nContent-Type: application/json\r\n" + fields + "\r\n\r\n" + body;
}

// All that comes until the peer has nothing more to say.
std::string read_to_end(socket& from) {
  std::string all;
  try {
    for (auto bytes = from.receive(); !bytes.empty(); bytes = from.receive())
      all += bytes;
  } catch (const connection_lost&) {
    // a reset ends it as well
  }
  return all;
}

class Smuggling : public server_test, public testing::WithParamInterface<proxy_kind> {
protected:
  member owner_ = sign_up(port(), "Acme", "Ada");
  std::string before_ = owner_.head();

  std::string hidden() const {
    const std::string body = R"({"name":"Smuggled"})";
    return "POST /api/v1" + owner_.path() + "/customers HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " +
           owner_.token() + "\r\nX-Request-Id: smuggled\r\nContent-Type: application/json\r\nContent-Length: " +
           std::to_string(body.size()) + "\r\n\r\n" + body;
  }

  // What is hidden is a request that the server would serve: where it does not, nothing else was in its way.
  void TearDown() override {
    const auto before = owner_.head();
    EXPECT_TRUE(attack(port(), hidden()).starts_with("HTTP/1.1 201 "));
    EXPECT_NE(owner_.head(), before);
    server_test::TearDown();
  }

  static std::string attack(std::uint16_t to, const std::string& bytes) {
    socket attacker{to};
    try {
      attacker.send(bytes);
      attacker.shutdown_send();
    } catch (const connection_lost&) {
      // it has its answer already
    }
    return read_to_end(attacker);
  }
};

}  // namespace

TEST_P(Smuggling, NoVariantPassesAProxy) {
  if (!is_installed(GetParam()))
    GTEST_SKIP() << "that proxy is not installed";
  const proxy_process proxy{GetParam(), port()};
  // The proxy passes honest requests on, and not those that it is to stop.
  http_client victim{proxy.port()};
  ASSERT_EQ(victim.request("GET", "/api/v1/sessions/current", {{"Authorization", "Bearer " + owner_.token()}}).status,
            200);
  ASSERT_EQ(victim
                .request("POST", "/api/v1" + owner_.path() + "/customers",
                         {{"Authorization", "Bearer " + owner_.token()}}, R"({"name":"Smuggled"})")
                .status,
            403);
  victim.close();
  std::size_t number = 0;
  for (const std::string start :
       {"POST /api/v1/sessions HTTP/1.1\r\n", "GET / HTTP/1.1\r\n", "HEAD / HTTP/1.1\r\n", "OPTIONS / HTTP/1.1\r\n",
        "POST /api/v1/sessions HTTP/1.0\r\nConnection: keep-alive\r\n"})
    for (const auto& each : variants()) {
      const auto bytes = encode(start, each, hidden());
      const auto heard = attack(proxy.port(), bytes);
      EXPECT_EQ(heard.find("smuggled"), std::string::npos) << bytes;
      const auto id = "victim-" + std::to_string(++number);
      const auto answer = victim.request("GET", "/api/v1/sessions/current",
                                         {{"X-Request-Id", id}, {"Connection", "close"}});
      EXPECT_EQ(answer.status, 401) << bytes;
      EXPECT_EQ(answer.header("X-Request-Id"), id) << bytes;
      ASSERT_EQ(owner_.head(), before_) << "smuggled:\n" << bytes;
    }
}

INSTANTIATE_TEST_SUITE_P(Behind, Smuggling, testing::Values(proxy_kind::nginx, proxy_kind::haproxy),
                         [](const auto& each) { return each.param == proxy_kind::nginx ? "Nginx" : "HAProxy"; });

// Without a proxy: a message that two readers could frame differently is refused with one answer and the end of the
// connection, never half-served. Those that pass are messages with one meaning, of which the hidden bytes are body.
TEST_F(Smuggling, TheServerNeverReadsOnBehindADoubt) {
  const auto before = owner_.head();
  for (const auto& each : variants()) {
    if (each.fields.find("Transfer_Encoding") != std::string::npos && each.body == in_chunk)
      continue;  // that name means nothing: the length alone counts, and a second request follows in plain sight
    if (each.fields == "Transfer-Encoding: chunked" && each.body.starts_with("2\r\n{}\r\n0\r\nT"))
      continue;  // a trailer means nothing either
    const auto bytes = encode("POST /api/v1/sessions HTTP/1.1\r\n", each, hidden());
    const auto heard = attack(port(), bytes);
    EXPECT_EQ(heard.find("smuggled"), std::string::npos) << bytes;
    ASSERT_EQ(owner_.head(), before) << bytes;
  }
}

}  // namespace chatmesh::test
