// What is promised while the database is away: writes are refused whole with 503 and Retry-After, reads and live
// streams go on where they can, /readyz says why, and everything recovers by itself.
#pragma once

#include "tests/integration/fixture.hpp"

#include <cstddef>
#include <string>

namespace chatmesh::test {

inline http_response ask_operations(const server_process& server, const std::string& path) {
  return http_client{server.ops()}.request("GET", path, {{"Connection", "close"}});
}

// What an orchestrator sees of a server whose database is out of order: alive, not ready, and why.
inline void expect_not_ready(const server_process& server, const std::string& words) {
  http_response answer;
  eventually("/readyz to say: " + words, [&] {
    answer = ask_operations(server, "/readyz");
    return answer.status == 503 && answer.value().value("detail", "").find(words) != std::string::npos;
  });
  EXPECT_TRUE(answer.header("Retry-After"));
  EXPECT_EQ(ask_operations(server, "/healthz").status, 200);
}

inline void expect_ready(const server_process& server) {
  eventually("/readyz to say yes", [&] { return ask_operations(server, "/readyz").status == 200; });
}

inline void expect_refused(const http_response& answer) {
  EXPECT_EQ(answer.status, 503) << answer.body;
  EXPECT_EQ(answer.value().at("code"), "unavailable");
  EXPECT_TRUE(answer.header("Retry-After"));
  EXPECT_EQ(answer.cursor(), "");
}

inline std::size_t heartbeats(const sse_client& stream) {
  return heard(stream, "heartbeat").size();
}

inline void expect_alive(const sse_client& stream) {
  const auto before = heartbeats(stream);
  eventually("another heartbeat", [&] { return heartbeats(stream) > before; });
}

// The whole story of an outage in which writes fail and reads go on. `begin` and `end` make and mend the fault.
template <class Begin, class End>
void expect_outage(const server_process& server, const std::string& words, Begin begin, End end) {
  team all{server.port()};
  const auto stream = all.agent.open_stream();
  const auto kept = all.owner.create("/customers", {{"name", "Before"}});
  stream->wait_for_id(kept.cursor);
  const auto path = "/customers/" + kept.object.at("id").get<std::string>();
  const header_list key{{"Idempotency-Key", "once"}};

  begin();
  expect_not_ready(server, words);  // nobody has written yet
  expect_refused(all.owner.post("/customers", json{{"name", "During"}}, key));
  expect_refused(all.owner.patch(path, json{{"name", "Changed"}}));
  expect_refused(all.owner.del(path));
  EXPECT_EQ(server.metric("chatmesh_database_serves{what=\"writes\"}"), 0);
  EXPECT_GT(server.metric("chatmesh_database_failures_total{what=\"writes\"}"), 0);
  EXPECT_EQ(all.admin.read(path), kept.object);
  EXPECT_EQ(all.admin.head(), kept.cursor);
  const auto late = all.admin.open_stream_from(kept.cursor);
  EXPECT_EQ(late->wait_for_event("hello").id, kept.cursor);
  expect_alive(*stream);

  end();
  expect_ready(server);  // by itself
  EXPECT_EQ(server.metric("chatmesh_database_serves{what=\"writes\"}"), 1);
  const auto done = all.owner.post("/customers", json{{"name", "During"}}, key);
  ASSERT_EQ(done.status, 201) << done.body;
  EXPECT_EQ(seq_of(done.cursor()), seq_of(kept.cursor) + 1) << "something of a refused write was kept";
  for (const auto* each : {stream.get(), late.get()})
    EXPECT_EQ(each->wait_for_id(done.cursor()).value().at("object"), done.value());
  EXPECT_EQ(all.admin.read_list("/customers").size(), 2U);
  EXPECT_EQ(all.admin.read(path), kept.object);
}

}  // namespace chatmesh::test
