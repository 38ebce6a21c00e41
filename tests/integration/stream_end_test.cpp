// How streams end (protocol §4, frame 7): with the reason, and at an exact point of the sequence.
#include "tests/integration/exact_end.hpp"

#include <atomic>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <memory>
#include <thread>
#include <utility>

namespace chatmesh::test {

namespace {

class StreamEnd : public server_test {};

// How often the server's thread of that name has gone to sleep.
unsigned long rests(const server_process& server, const std::string& thread) {
  for (const auto& task : std::filesystem::directory_iterator{"/proc/" + std::to_string(server.pid()) + "/task"}) {
    std::string name;
    std::getline(std::ifstream{task.path() / "comm"} >> std::ws, name);
    if (name != thread)
      continue;
    std::ifstream status{task.path() / "status"};
    for (std::string word; status >> word;)
      if (unsigned long count = 0; word == "voluntary_ctxt_switches:" && status >> count)
        return count;
  }
  throw std::runtime_error("no thread " + thread);
}

}  // namespace

TEST_F(StreamEnd, ADrainSaysGoodbyeToAll) {
  team all{port()};
  std::vector<std::unique_ptr<sse_client>> streams;
  for (auto* m : all.all())
    for (int i = 0; i < 5; ++i)
      streams.push_back(m->another_tab().open_stream());
  const auto last = mark(all.owner);
  server().signal(SIGTERM);
  for (const auto& stream : streams) {
    EXPECT_EQ(farewell(*stream), "draining");
    EXPECT_EQ(last_seq(*stream), seq_of(last)) << "what was committed before comes before";
  }
  EXPECT_EQ(server().wait(), 0);

  // And each goes on from where it stood.
  server().start();
  all.owner.api().http().close();
  const auto marker = mark(all.owner);
  all.agent.open_stream_from(streams.back()->last_event_id())->wait_for_id(marker);
}

TEST_F(StreamEnd, ADrainThatAPeerHoldsUpEndsAtItsLimitAndTellsWhy) {
  with({"--shutdown.limit=1s"});
  auto owner = sign_up(port(), "Acme", "Ada");
  const auto reads_no_goodbye = owner.open_stream({.paused = true});  // nor closes, for which the server waits 2 s
  EXPECT_EQ(server().terminate(), 3);
  EXPECT_NE(server().log().find("took more than 1 s, since it waits for 4 actors, 1 streams among them"),
            std::string::npos)
      << server().log();

  server().start();
  owner.api().http().close();
  owner.open_stream()->wait_for_id(mark(owner));
}

TEST_F(StreamEnd, ADrainUnderLoadLosesNoAcknowledgedWrite) {
  team all{port()};
  auto stream = all.agent.open_stream();
  const auto from = all.agent.head();
  std::atomic<bool> begun = false;
  std::vector<std::string> acknowledged;
  std::thread writer{[&, tab = all.owner.another_tab()]() mutable {
    try {
      for (;;) {
        const auto answer = tab.post("/customers", json{{"name", "x"}});
        if (answer.status != 201)
          return;
        acknowledged.push_back(answer.cursor());
        begun = true;
      }
    } catch (const connection_lost&) {
    }
  }};
  eventually("writes", [&] { return begun.load(); });
  EXPECT_EQ(server().terminate(), 0);
  writer.join();
  EXPECT_EQ(farewell(*stream), "draining");

  server().start();
  all.owner.api().http().close();
  const auto marker = mark(all.owner);
  const auto resumed = all.agent.open_stream_from(stream->last_event_id());
  resumed->wait_for_id(marker);
  told_once told;
  told.take(*stream);
  told.take(*resumed);
  told.require_all(seq_of(from) + 1, seq_of(marker));
  for (const auto& cursor : acknowledged)
    EXPECT_LT(seq_of(cursor), seq_of(marker));
}

TEST_F(StreamEnd, StreamsThatLeaveDoNotWakeTheClocksThread) {
  with({"--limits.streams-per-member=0"});
  team all{port()};
  std::vector<std::unique_ptr<sse_client>> streams;
  for (int i = 0; i < 200; ++i)
    streams.push_back(all.agent.another_tab().open_stream());
  const auto before = rests(server(), "caf.clock");
  for (auto& each : streams) {
    each.reset();
    mark(all.owner);  // one after the other
  }
  eventually("their end", [&] { return server().metric("chatmesh_streams") == 0; });
  EXPECT_LT(rests(server(), "caf.clock") - before, streams.size());  // some for timers, which are few even when slow
}

TEST_F(StreamEnd, TooManyStreamsAreRefusedWithAGoodbye) {
  with({"--limits.streams-per-member=2"});
  team all{port()};
  auto first = all.agent.open_stream(), second = all.agent.another_tab().open_stream();
  const auto third = all.agent.another_session().open_stream();
  EXPECT_EQ(third->head().status, 200);
  EXPECT_EQ(farewell(*third), "too_many_streams");
  EXPECT_TRUE(third->events().empty());

  const auto others = all.admin.open_stream();  // another member has its own
  const auto marker = mark(all.owner);
  for (const auto* stream : {first.get(), second.get(), others.get()})
    stream->wait_for_id(marker);
  first->drop();
  eventually("a place for another stream", [&] {
    const auto again = all.agent.open_stream();
    return again->frames().front().event == "hello";
  });
}

TEST_F(StreamEnd, AStreamForWhichThereIsNoRoomIsRefusedWithAGoodbye) {
  with({"--http.max-connections=2"});
  auto owner = sign_up(port(), "Acme", "Ada");
  auto tab = owner.another_tab();
  EXPECT_EQ(owner.get("").status, 200);
  EXPECT_EQ(tab.get("").status, 200);  // two connections that stay
  const auto refused = owner.open_stream();
  EXPECT_EQ(refused->head().status, 200);
  EXPECT_EQ(farewell(*refused), "overloaded");
  EXPECT_EQ(server().metric("chatmesh_stream_ends_total{reason=\"overloaded\"}"), 1);
  const auto other = owner.another_tab().get("");
  EXPECT_EQ(other.status, 503);
  EXPECT_EQ(other.header("Content-Type"), "application/problem+json");
  EXPECT_TRUE(other.header("Retry-After"));
  tab.api().http().close();
  eventually("a place for a stream", [&] {
    const auto again = owner.open_stream();
    return again->frames().front().event == "hello";
  });
}

TEST_F(StreamEnd, AnExpiredSessionEndsItsStream) {
  with({"--auth.session-life=4s"});
  auto owner = sign_up(port(), "Acme", "Ada");
  const auto stream = owner.open_stream();
  EXPECT_EQ(farewell(*stream), "session_expired");
  EXPECT_EQ(owner.get("").status, 401);
}

TEST_F(StreamEnd, EndingASessionEndsItsStreamsAndNoOthers) {
  team all{port()};
  auto session = all.agent.another_session();
  const auto ended = session.open_stream(), ended_too = session.another_tab().open_stream();
  const auto lives = all.agent.open_stream();
  mark(all.owner);
  EXPECT_EQ(session.api().call("DELETE", "/sessions/current").status, 204);
  const auto after = mark(all.owner);

  for (const auto* stream : {ended.get(), ended_too.get()}) {
    EXPECT_EQ(farewell(*stream), "session_ended");
    EXPECT_LT(last_seq(*stream), seq_of(after));
  }
  lives->wait_for_id(after);
  EXPECT_EQ(session.get("").status, 401);
  EXPECT_EQ(session.get("/changes?cursor=0").status, 401);
  EXPECT_THROW(session.open_stream(), format_error);
  EXPECT_EQ(all.agent.get("").status, 200);
}

TEST_F(StreamEnd, NothingAboveTheEndOfASessionReachesItsStream) {
  team all{port()};
  const auto open = [&](stream_options options) {
    auto session = std::make_shared<member>(all.agent.another_session());
    auto stream = session->open_stream(std::move(options));
    return std::pair{std::move(stream),
                     [session] { return session->api().call("DELETE", "/sessions/current").status; }};
  };
  expect_exact_end(all, open, "session_ended");
  expect_exact_end_of_slow_reader(all, open, "session_ended");
}

TEST_F(StreamEnd, EndingAMembershipEndsItsStreamsAtThatEvent) {
  team all{port()};
  const auto stream = all.agent.open_stream(), other_session = all.agent.another_session().open_stream();
  const auto stays = all.admin.open_stream();
  const auto before = mark(all.owner);
  const auto end = all.owner.remove("/employees/" + all.agent.employee_id());
  const auto after = mark(all.owner);
  for (const auto* s : {stream.get(), other_session.get()}) {
    EXPECT_EQ(farewell(*s), "membership_ended");
    s->wait_for_id(before);
    EXPECT_LE(last_seq(*s), seq_of(end));
  }
  stays->wait_for_id(after);
  EXPECT_EQ(all.agent.get("").status, 404);
  EXPECT_EQ(all.agent.get("/changes?cursor=0").status, 404);
  EXPECT_TRUE(all.agent.api().call("GET", "/sessions/current").value().at("memberships").empty());
}

TEST_F(StreamEnd, DeletingACompanyEndsAllItsStreams) {
  team all{port()};
  auto other = sign_up(port(), "Other", "Olga");
  const auto elsewhere = other.another_tab().open_stream();
  std::vector<std::unique_ptr<sse_client>> streams;
  for (auto* m : all.all())
    streams.push_back(m->open_stream());
  const auto last = all.owner.read("");
  EXPECT_EQ(all.admin.del("").status, 403);
  const auto end = all.owner.remove("");
  for (const auto& stream : streams)
    EXPECT_EQ(farewell(*stream), "company_deleted");
  EXPECT_EQ(streams[1]->wait_for_id(end).value().at("object"), last);
  for (auto* m : all.all())
    EXPECT_EQ(m->get("").status, 404);
  elsewhere->wait_for_id(mark(other));
}

}  // namespace chatmesh::test
