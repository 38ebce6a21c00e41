// HTTP/1.1 as RFC 9112 has it: one connection for many requests, bodies in chunks, answers in order.
#include "tests/integration/fixture.hpp"

#include <cstdio>

namespace chatmesh::test {

namespace {

class Connection : public server_test {
protected:
  std::string request(const std::string& method, const std::string& path, const std::optional<std::string>& body = {},
                      header_list more = {}) {
    more.emplace_back("Authorization", "Bearer " + owner_.token());
    return encode_request(method, "/api/v1" + owner_.path() + path, more, body);
  }

  member owner_ = sign_up(port(), "Acme", "Ada");
};

}  // namespace

TEST_F(Connection, ServesManyRequests) {
  http_client client{port()};
  for (int i = 0; i < 20; ++i) {
    client.send(request("GET", ""));
    EXPECT_EQ(client.read_response().status, 200);
    client.send(request("GET", "/customers/none"));
    EXPECT_EQ(client.read_response().status, 404);
    client.send(request("POST", "/customers", "{"));
    EXPECT_EQ(client.read_response().status, 400);
  }
  EXPECT_LE(server().metric("chatmesh_http_sessions"), 2) << "the owner's own, and this one";
}

TEST_F(Connection, AnswersPipelinedRequestsInOrder) {
  http_client client{port()};
  std::string all;
  for (int i = 0; i < 50; ++i)
    all += request("POST", "/customers", "{\"name\":\"Customer " + std::to_string(i) + "\"}") +
           request("GET", "/changes");
  client.send(all);
  std::uint64_t last = 0;
  for (int i = 0; i < 50; ++i) {
    const auto made = client.read_response();
    ASSERT_EQ(made.status, 201);
    EXPECT_EQ(made.value().at("name"), "Customer " + std::to_string(i));
    EXPECT_GT(seq_of(made.cursor()), last);
    last = seq_of(made.cursor());
    EXPECT_EQ(client.read_response().value().at("cursor"), made.cursor());
  }
}

TEST_F(Connection, AnswersPipelinedRequestsThatComeByteByByte) {
  http_client client{port()};
  for (const char c :
       request("GET", "") + request("POST", "/customers", R"({"name":"Slow"})") + request("GET", "/none"))
    client.send({&c, 1});
  EXPECT_EQ(client.read_response().status, 200);
  EXPECT_EQ(client.read_response().status, 201);
  EXPECT_EQ(client.read_response().status, 404);
}

TEST_F(Connection, AStreamMayFollowOtherRequests) {
  http_client client{port()};
  client.send(request("GET", "") + request("GET", "/events", {}, {{"Accept", "text/event-stream"}}));
  EXPECT_EQ(client.read_response().status, 200);
  const auto head = client.read_head();
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.header("Content-Type"), "text/event-stream");
  EXPECT_EQ(head.header("Cache-Control"), "no-store, no-transform");
  EXPECT_EQ(head.header("X-Accel-Buffering"), "no");
  EXPECT_EQ(head.header("Transfer-Encoding"), "chunked");
  EXPECT_FALSE(client.take_body().empty());
}

TEST_F(Connection, AnswersHeadAsGetWithoutABody) {
  const auto get = owner_.get("");
  const auto head = owner_.call("HEAD", "");
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.body, "");
  for (const auto* name : {"Content-Type", "Content-Length", "ETag", "Cache-Control"})
    EXPECT_EQ(head.header(name), get.header(name)) << name;
  EXPECT_EQ(owner_.call("HEAD", "/customers/none").status, 404);
  EXPECT_EQ(owner_.call("HEAD", "/events", {}, {{"Accept", "text/event-stream"}}).status, 200);
  EXPECT_EQ(owner_.get("").status, 200);  // the connection is in step
}

TEST_F(Connection, SaysContinueToWhoWaitsForIt) {
  http_client client{port()};
  const std::string body = R"({"name":"Patient"})";
  auto whole = request("POST", "/customers", body, {{"Expect", "100-continue"}});
  client.send(whole.substr(0, whole.size() - body.size()));
  EXPECT_EQ(client.read_response().status, 100);
  client.send(body);
  const auto answer = client.read_response();
  EXPECT_EQ(answer.status, 201);
  EXPECT_EQ(answer.value().at("name"), "Patient");
}

TEST_F(Connection, RefusesWithoutContinueWhatItWouldNotTake) {
  http_client client{port()};
  client.send("POST /api/v1" + owner_.path() +
              "/customers HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n" +
              "Expect: 100-continue\r\nContent-Length: 100000000\r\n\r\n");
  EXPECT_EQ(client.read_response().status, 413);
  EXPECT_EQ(owner_.get("", {{"Expect", "the-unexpected"}}).status, 417);
}

TEST_F(Connection, TakesBodiesInChunksOfAnySize) {
  const std::string body = R"({"name":"In pieces","organization":"Chunk & Co"})";
  for (const std::size_t size : {std::size_t{1}, std::size_t{2}, std::size_t{7}, body.size()}) {
    http_client client{port()};
    client.send("POST /api/v1" + owner_.path() + "/customers HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " +
                owner_.token() + "\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n");
    for (std::size_t i = 0; i < body.size(); i += size) {
      const auto piece = body.substr(i, size);
      char digits[16];
      std::snprintf(digits, sizeof digits, "%zX", piece.size());
      client.send(std::string{digits} + ";ext=\"a;b\"\r\n" + piece + "\r\n");
    }
    client.send("0\r\nTrailer: ignored\r\n\r\n" + request("GET", ""));
    const auto answer = client.read_response();
    ASSERT_EQ(answer.status, 201) << answer.body;
    EXPECT_EQ(answer.value().at("organization"), "Chunk & Co");
    EXPECT_EQ(client.read_response().status, 200);
  }
}

TEST_F(Connection, EndsWhereTheClientWantsIt) {
  EXPECT_EQ(owner_.get("", {{"Connection", "close"}}).header("Connection"), "close");
  http_client old{port()};
  old.send("GET /api/v1/sessions/current HTTP/1.0\r\nAuthorization: Bearer " + owner_.token() + "\r\n\r\n");
  const auto answer = old.read_response();
  EXPECT_EQ(answer.status, 200);
  EXPECT_TRUE(old.ends());
}

TEST_F(Connection, FinishesARequestWhoseClientSendsNoMore) {
  http_client client{port()};
  client.send(request("POST", "/customers", R"({"name":"Last words"})"));
  client.connection().shutdown_send();
  EXPECT_EQ(client.read_response().status, 201);
  EXPECT_TRUE(client.ends());
}

TEST_F(Connection, SpeaksEventsToHttp10UntilClose) {
  http_client client{port()};
  client.send("GET /api/v1" + owner_.path() +
              "/events HTTP/1.0\r\nAccept: text/event-stream\r\nAuthorization: Bearer " + owner_.token() + "\r\n\r\n");
  std::string bytes;
  while (bytes.find("event: hello") == std::string::npos)
    bytes += client.take_body();
  EXPECT_EQ(bytes.find("Transfer-Encoding"), std::string::npos);
  EXPECT_NE(bytes.find("\r\n\r\nretry: "), std::string::npos) << "no chunk sizes";
}

TEST_F(Connection, AnswersCarryTheRequestsId) {
  EXPECT_EQ(owner_.get("", {{"X-Request-Id", "mine-1"}}).header("X-Request-Id"), "mine-1");
  const auto first = owner_.get("").header("X-Request-Id"), second = owner_.get("").header("X-Request-Id");
  EXPECT_TRUE(first && second && first != second);
  const auto cleaned = owner_.get("", {{"X-Request-Id", "<script>" + std::string(500, 'x')}});
  EXPECT_EQ(cleaned.status, 200);
  EXPECT_EQ(cleaned.header("X-Request-Id").value_or("<").find('<'), std::string::npos);
}

TEST_F(Connection, PrivateAnswersAreNotStored) {
  for (const auto* path : {"", "/customers", "/snapshot", "/changes", "/customers/none"})
    EXPECT_EQ(owner_.get(path).header("Cache-Control"), "no-store, no-transform") << path;
}

}  // namespace chatmesh::test
