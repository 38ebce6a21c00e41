#include "http/head_check.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <string>

namespace chatmesh::http {

namespace {

// The status that refuses this head; 0 = it is taken.
unsigned refusal(const std::string& head, const settings& limits = {}) {
  try {
    check_head(head, limits);
  } catch (const problem& p) {
    EXPECT_TRUE(p.close) << head;
    return p.status;
  }
  return 0;
}

// A GET with these further lines.
unsigned with(const std::string& fields, const std::string& line = "GET / HTTP/1.1") {
  return refusal(line + "\r\nHost: localhost\r\n" + fields + "\r\n");
}

unsigned with_line(const std::string& line) {
  return with("", line);
}

unsigned with_host(const std::string& field) {
  return refusal("GET / HTTP/1.1\r\n" + field + "\r\n");
}

}  // namespace

TEST(HeadCheck, TakesWhatIsWellFormed) {
  EXPECT_EQ(with(""), 0U);
  EXPECT_EQ(with("X-A: b\r\nX-Empty:\r\nX-Tab: a\tb\r\nX-Old: caf\xE9\r\n"), 0U);
  EXPECT_EQ(with("Content-Length: 12\r\n"), 0U);
  EXPECT_EQ(with("Transfer-Encoding: Chunked\r\nExpect: 100-Continue\r\n"), 0U);
  EXPECT_EQ(with_line("OPTIONS * HTTP/1.1"), 0U);
  EXPECT_EQ(with_line("BREW /pot?a=b%20c HTTP/1.1"), 0U);
  EXPECT_EQ(with_line("GET http://localhost:8080/x HTTP/1.1"), 0U);
  EXPECT_EQ(refusal("GET / HTTP/1.0\r\n\r\n"), 0U);
  EXPECT_EQ(with_line("GET / HTTP/1.2"), 0U);
}

TEST(HeadCheck, RefusesRequestLinesThatAreNone) {
  for (const auto* line :
       {"", "GET", "GET /", "GET  / HTTP/1.1", "GET / HTTP/1.1 ", "GET /a b HTTP/1.1", "G(T / HTTP/1.1", "GET / HTTP/1",
        "GET / http/1.1", "GET / HTTP/1.1x", " GET / HTTP/1.1", "GET\t/\tHTTP/1.1"})
    EXPECT_EQ(with_line(line), 400U) << line;
  EXPECT_EQ(with_line("GET / HTTP/2.0"), 505U);
  EXPECT_EQ(with_line("GET / HTTP/0.9"), 505U);
}

TEST(HeadCheck, RefusesTargetsOfAnotherForm) {
  for (const auto* target : {"x", "*", "/caf\xC3\xA9", "/a#b", "/\x7f", "http://", "http:///x", "http://user@host/",
                             "ftp://host/", "https://a,b/"})
    EXPECT_EQ(with_line(std::string{"GET "} + target + " HTTP/1.1"), 400U) << target;
  EXPECT_EQ(with_line("CONNECT localhost:80 HTTP/1.1"), 501U);
  settings limits;
  EXPECT_EQ(with_line("GET /" + std::string(limits.max_target_bytes - 1, 'a') + " HTTP/1.1"), 0U);
  EXPECT_EQ(with_line("GET /" + std::string(limits.max_target_bytes, 'a') + " HTTP/1.1"), 414U);
}

TEST(HeadCheck, RefusesLinesThatDoNotEndWithCrLf) {
  EXPECT_EQ(refusal("GET / HTTP/1.1\nHost: localhost\r\n\r\n"), 400U);
  EXPECT_EQ(refusal("GET / HTTP/1.1\r\nHost: localhost\nX: y\r\n\r\n"), 400U);
  EXPECT_EQ(with("X-A: a\rb\r\n"), 400U);
  EXPECT_EQ(with("X-A: a\r\r\n"), 400U);
}

TEST(HeadCheck, RefusesFieldsThatAreMalformed) {
  for (const std::string field : {"no colon", ": empty name", "X A: b", "X-A : b", " folded", "\tfolded", "X-A: \x01",
                                  "X-A: \x7f", "X\x02: a", "X-\xC3\xA9: a"})
    EXPECT_EQ(with(field + "\r\n"), 400U) << field;
  EXPECT_EQ(with(std::string{"X-A: a\0b\r\n", 10}), 400U);
  EXPECT_EQ(with("X-A: b\r\n folded\r\n"), 400U);
  EXPECT_EQ(with("Content-Type: a/b\r\ncontent-type: a/b\r\n"), 400U);
  EXPECT_EQ(with("Authorization: Bearer a\r\nAuthorization: Bearer a\r\n"), 400U);
}

TEST(HeadCheck, RefusesHostsThatLeaveADoubt) {
  EXPECT_EQ(refusal("GET / HTTP/1.1\r\n\r\n"), 400U);
  for (const auto* host : {"Host:\r\n", "Host: a\r\nHost: a\r\n", "Host: a, b\r\n", "Host: user@a\r\n", "Host: a/b\r\n",
                           "Host: a b\r\n", "Host: a:b\r\n", "Host: [::1\r\n", "Host: :80\r\n", "Host: [xyz]\r\n",
                           "Host: [1:2]\r\n", "Host: []\r\n", "Host: [\r\n", "Host: h:99999\r\n", "Host: h:65536\r\n"})
    EXPECT_EQ(with_host(host), 400U) << host;
  for (const auto* host : {"Host: a\r\n", "Host: chat.example:8080\r\n", "Host: [::1]:80\r\n",
                           "Host: [fe80::1.2.3.4]\r\n", "Host: h:65535\r\n", "host: 127.0.0.1\r\n", "Host: a:\r\n"})
    EXPECT_EQ(with_host(host), 0U) << host;
}

TEST(HeadCheck, RefusesFramingThatTwoReadersCouldTakeDifferently) {
  for (const auto* fields :
       {"Content-Length: 5\r\nContent-Length: 5\r\n", "Content-Length: 5, 5\r\n", "Content-Length: +5\r\n",
        "Content-Length: -5\r\n", "Content-Length: 0x5\r\n", "Content-Length: 5 5\r\n", "Content-Length:\r\n",
        "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "Transfer-Encoding:\r\n",
        "Transfer-Encoding: identity\r\n", "Transfer-Encoding: xchunked\r\n", "Transfer-Encoding: chunked, gzip\r\n",
        "Transfer-Encoding: \013chunked\r\n"})
    EXPECT_EQ(with(fields, "POST / HTTP/1.1"), 400U) << fields;
  EXPECT_EQ(with("Transfer-Encoding: gzip, chunked\r\n", "POST / HTTP/1.1"), 501U);
  EXPECT_EQ(with("Transfer-Encoding: chunked\r\n", "POST / HTTP/1.0"), 400U);
  EXPECT_EQ(with("Content-Length: 99999999999999999999999999\r\n", "POST / HTTP/1.1"), 413U);
  EXPECT_EQ(with("Expect: the-unexpected\r\n"), 417U);
}

TEST(HeadCheck, LimitsTheHead) {
  settings limits;
  EXPECT_EQ(with("X: " + std::string(limits.max_header_bytes, 'x') + "\r\n"), 431U);
  std::string many;
  for (int i = 0; i < 200; ++i)
    many += "A: b\r\n";
  EXPECT_EQ(with(many), 431U);
}

TEST(HeadCheck, RefusesAHeadAsSoonAsNothingCanSaveIt) {
  const settings limits;
  const auto refused = [&](const std::string& begun) {
    try {
      check_partial_head(begun, limits);
    } catch (const problem& p) {
      return p.status;
    }
    return 0U;
  };
  EXPECT_EQ(refused(""), 0U);
  EXPECT_EQ(refused("GE"), 0U);
  EXPECT_EQ(refused("GET / HTTP/1.1\r\nHos"), 0U);
  EXPECT_EQ(refused("\x16\x03\x01"), 400U);
  EXPECT_EQ(refused("GET / HTTP/1.1\nHost"), 400U);
  EXPECT_EQ(refused("GET /" + std::string(limits.max_target_bytes + 100, 'a')), 414U);
  EXPECT_EQ(refused("GET / HTTP/1.1\r\nX: " + std::string(limits.max_header_bytes, 'a')), 431U);
}

}  // namespace chatmesh::http
