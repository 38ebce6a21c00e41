// Close the client: the server's connection count, actors and file descriptors go back to where they were.
#include "tests/integration/fixture.hpp"

#include <algorithm>
#include <memory>

namespace chatmesh::test {

namespace {

constexpr int streams_each = 10;

class Acceptance7 : public server_test {
protected:
  void SetUp() override {
    with({"--limits.streams-per-member=0", "--stream.idle=0ms", "--stream.presence-grace=0ms",
          "--stream.heartbeat=100ms"});
  }

  static constexpr int looks = 200;

  struct counts {
    double streams, companies, sessions;
    std::size_t descriptors;
    friend bool operator==(const counts&, const counts&) = default;
  };

  counts present() {
    return {server().metric("chatmesh_streams"), server().metric("chatmesh_companies"),
            server().metric("chatmesh_http_sessions"), fewest_descriptors()};
  }

  // Asking for metrics opens connections, which the server closes a moment later than their client: the fewest of many
  // looks are those that stay.
  std::size_t fewest_descriptors() {
    auto fewest = server().open_descriptors();
    for (int i = 0; i < looks; ++i)
      fewest = std::min(fewest, server().open_descriptors());
    return fewest;
  }

  // What is there when nobody is connected; after all that is opened once and kept (database sessions) has been.
  counts at_rest() {
    counts now{};
    eventually("rest", [&] {
      now = present();
      return now.streams == 0 && now.companies == 0 && now.sessions == 0 && now == present();
    });
    return now;
  }

  void expect_back_at(const counts& before) {
    counts now{};
    try {
      eventually("the counts from before", [&] { return (now = present()) == before; });
    } catch (const timed_out&) {
      ADD_FAILURE() << "streams " << now.streams << ", companies " << now.companies << ", sessions " << now.sessions
                    << ", descriptors " << now.descriptors << " instead of " << before.descriptors;
    }
  }

  static void hang_up(team& all) {
    for (auto* m : all.all())
      m->api().http().close();
  }

  std::vector<std::unique_ptr<sse_client>> open_streams(team& all, const stream_options& options = {}) {
    std::vector<std::unique_ptr<sse_client>> streams;
    for (auto* m : all.all())
      for (int i = 0; i < streams_each; ++i)
        streams.push_back(m->another_tab().open_stream(options));
    return streams;
  }

  counts warm_up(team& all) {
    open_streams(all);
    mark(all.owner);
    hang_up(all);
    return at_rest();
  }
};

}  // namespace

TEST_F(Acceptance7, StreamsThatTheirClientsCloseLeaveNothing) {
  team all{port()};
  const auto before = warm_up(all);
  auto streams = open_streams(all);
  EXPECT_EQ(server().metric("chatmesh_streams"), 3 * streams_each);
  EXPECT_EQ(server().metric("chatmesh_companies"), 1);
  EXPECT_GE(fewest_descriptors(), before.descriptors + streams.size());
  for (auto& stream : streams)
    stream->drop();
  expect_back_at(before);
}

TEST_F(Acceptance7, StreamsThatTheirClientsResetLeaveNothing) {
  team all{port()};
  const auto before = warm_up(all);
  auto streams = open_streams(all);
  mark(all.owner);
  for (auto& stream : streams)
    stream->reset_connection();
  hang_up(all);
  expect_back_at(before);
}

TEST_F(Acceptance7, ReadersThatGoWhileTheServerWritesToThemLeaveNothing) {
  team all{port()};
  const auto before = warm_up(all);
  const auto from = all.owner.head();
  const auto customer = all.owner.create("/customers", {{"name", "Grace"}}).object.at("id");
  for (int i = 0; i < 20; ++i)
    all.owner.create("/notes", {{"customer_id", customer}, {"body", std::string(60'000, 'n')}});
  auto stalled = open_streams(all, {.cursor = from, .receive_buffer = 4096, .paused = true});
  eventually("the streams", [&] { return server().metric("chatmesh_streams") == 3 * streams_each; });
  for (std::size_t i = 0; i < stalled.size(); ++i)
    i % 2 == 0 ? stalled[i]->drop() : stalled[i]->reset_connection();
  hang_up(all);
  expect_back_at(before);
}

TEST_F(Acceptance7, RequestsThatBreakOffLeaveNothing) {
  team all{port()};
  const auto before = warm_up(all);
  const auto events = encode_request(
      "GET", "/api/v1" + all.owner.path() + "/events",
      {{"Authorization", "Bearer " + all.owner.token()}, {"Accept", "text/event-stream"}}, {});
  const auto post = encode_request("POST", "/api/v1" + all.owner.path() + "/customers",
                                   {{"Authorization", "Bearer " + all.owner.token()}}, R"({"name":"Never whole"})");
  const auto poll = encode_request("GET", "/api/v1" + all.owner.path() + "/changes?wait=30",
                                   {{"Authorization", "Bearer " + all.owner.token()}}, {});
  for (const auto& request : {events, post, poll}) {
    for (std::size_t cut = 1; cut < request.size(); cut += 1 + request.size() / 16) {
      socket to{port()};
      to.send(std::string_view{request}.substr(0, cut));
      cut % 2 == 0 ? to.close() : to.reset();
    }
    socket whole{port()};
    whole.send(request == post ? std::string_view{request}.substr(0, request.size() - 1) : std::string_view{request});
    whole.reset();
  }
  expect_back_at(before);
  EXPECT_EQ(all.agent.get("/customers").body.find("Never whole"), std::string::npos);
}

TEST_F(Acceptance7, EveryEndOfAStreamIsSeenByTheOthersAsPresence) {
  team all{port()};
  const auto watcher = all.owner.open_stream();
  auto first = all.agent.open_stream(), second = all.agent.another_tab().open_stream();
  const auto told = [&](bool online) {
    return [&, online](const sse_frame& f) {
      if (f.event != "presence" || !f.value().contains("changes"))
        return false;
      const auto changes = f.value().at("changes");
      return std::ranges::count(changes, json{{"employee_id", all.agent.employee_id()}, {"online", online}}) > 0;
    };
  };
  watcher->wait_for("the agent's arrival", told(true));
  first->drop();
  second->reset_connection();
  watcher->wait_for("the agent's leave", told(false));
  EXPECT_EQ(all.owner.read("/presence").at("online"), json::array({all.owner.employee_id()}));
}

}  // namespace chatmesh::test
