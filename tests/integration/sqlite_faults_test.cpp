// The database goes away and comes back: goal: writes are refused whole with 503 and Retry-After, reads and live
// streams go on where they can, /readyz says why, and everything recovers by itself. Method: the real server, whose
// database fails inside it (tests/support/faults_inside.hpp), or around it: a full file system, another process's lock.
#include "tests/integration/outage.hpp"
#include "tests/support/child_process.hpp"
#include "tests/support/faults_inside.hpp"
#include "tests/support/small_disk.hpp"

#include <cerrno>
#include <optional>
#include <thread>

namespace chatmesh::test {

namespace {

class SqliteFaults : public testing::Test {
protected:
  static std::vector<std::string> options() {
    return {"--stream.heartbeat=100ms", "--database.lock-timeout=50ms", "--database.wal-limit=1MiB"};
  }

  void TearDown() override {
    faults.pass();
    if (server.running()) {
      EXPECT_EQ(server.terminate(), 0);
    }
    if (HasFailure())
      ADD_FAILURE() << "the server printed:\n" << server.log();
  }

  std::uint16_t port() const { return server.port(); }

  // `begin` and `end` make and mend the fault.
  template <class Begin, class End>
  void expect_outage(const std::string& words, Begin begin, End end) {
    test::expect_outage(server, words, begin, end);
  }

  faults_inside faults;
  server_process server{options(), {.environment = faults.environment(), .database_url = {}, .wrapper = {}}};
};

}  // namespace

TEST_F(SqliteFaults, NoRoom) {
  expect_outage(
      "no room", [this] { faults.fail({operation::log_write}, ENOSPC); }, [this] { faults.pass(); });
}

TEST_F(SqliteFaults, AFileSystemThatTurnedReadOnly) {
  expect_outage(
      "its storage fails",
      [this] {
        faults.fail({operation::log_write, operation::file_write, operation::log_sync, operation::file_sync}, EROFS);
      },
      [this] { faults.pass(); });
}

TEST_F(SqliteFaults, AWriteThatFails) {
  expect_outage(
      "its storage fails", [this] { faults.fail({operation::log_write}, EIO); }, [this] { faults.pass(); });
}

// All of the transaction is written, and nobody knows whether it will last.
TEST_F(SqliteFaults, AFlushThatFails) {
  expect_outage(
      "its storage fails", [this] { faults.fail({operation::log_sync}, EIO); }, [this] { faults.pass(); });
}

// What may have reached the disk although its flush failed is all there after a crash, or nothing of it.
TEST_F(SqliteFaults, AfterAFailedFlushAndACrashRowAndEventAgree) {
  team all{port()};
  const auto before = mark(all.owner);
  faults.fail({operation::log_sync}, EIO);
  const header_list key{{"Idempotency-Key", "once"}};
  expect_refused(all.owner.post("/customers", json{{"name", "In doubt"}}, key));
  server.kill();
  faults.pass();
  server.start();
  for (auto* each : all.all())
    each->api().http().close();
  const auto doubt = seq_of(all.owner.head()) - seq_of(before);
  EXPECT_LE(doubt, 1U);
  EXPECT_EQ(all.owner.read_list("/customers").size(), 1U + doubt);
  const auto again = all.owner.post("/customers", json{{"name", "In doubt"}}, key);
  ASSERT_EQ(again.status, 201) << again.body;
  EXPECT_EQ(again.header("Idempotency-Replayed").has_value(), doubt == 1);
  EXPECT_EQ(seq_of(again.cursor()), seq_of(before) + 1);
  EXPECT_EQ(all.owner.read_list("/customers").size(), 2U);
}

// No session is left that knows of the transaction whose flush failed: the log alone tells what there is.
TEST_F(SqliteFaults, AfterAFailedFlushAllSessionsThatAreOpenedAnewAgree) {
  team all{port()};
  const auto kept = mark(all.owner);
  faults.fail({operation::log_sync}, EIO);
  for (int i = 0; i < 3; ++i)
    expect_refused(all.owner.post("/customers", json{{"name", "In doubt"}}));
  faults.pass();
  EXPECT_EQ(server.terminate(), 0);
  server.start();
  for (auto* each : all.all())
    each->api().http().close();
  const auto doubt = seq_of(all.owner.head()) - seq_of(kept);
  EXPECT_LE(doubt, 1U) << "each failed one is written over by the next";
  EXPECT_EQ(all.owner.read_list("/customers").size(), 1U + doubt);
  const auto stream = all.agent.open_stream_from(kept);
  const auto last = mark(all.owner);
  EXPECT_EQ(seq_of(last), seq_of(kept) + doubt + 1);
  stream->wait_for_id(last);
  EXPECT_EQ(stream->events().size(), doubt + 1);
}

// A checkpoint that fails loses nothing: the log is kept and goes on.
TEST_F(SqliteFaults, ACheckpointThatFails) {
  team all{port()};
  const auto stream = all.agent.open_stream();
  faults.fail({operation::file_write}, ENOSPC);
  std::string last;
  eventually("a checkpoint that failed", [&] {
    last = all.owner.create("/customers", {{"name", std::string(200, 'x')}, {"organization", std::string(200, 'y')}})
               .cursor;
    return faults.of(operation::file_write).failed > 0;
  });
  stream->wait_for_id(last);
  expect_ready(server);
  faults.pass();
  server.kill();
  server.start();
  for (auto* each : all.all())
    each->api().http().close();
  EXPECT_EQ(all.owner.head(), last);
  EXPECT_EQ(seq_of(mark(all.owner)), seq_of(last) + 1);
}

// The flush hangs: whoever has written waits, whoever reads does not, and is told that the server is not ready.
TEST_F(SqliteFaults, AFlushThatHangs) {
  team all{port()};
  const auto stream = all.agent.open_stream();
  const auto before = mark(all.owner);
  faults.hold(operation::log_sync);
  http_response answer;
  std::thread waits{[&] { answer = all.owner.post("/customers", json{{"name", "Slow"}}); }};
  eventually("the write to reach the disk", [this] { return faults.of(operation::log_sync).waiting > 0; });
  expect_not_ready(server, "does not answer in time");
  EXPECT_EQ(all.admin.head(), before);
  EXPECT_EQ(all.admin.read_list("/customers").size(), 1U) << "what is not on disk is not told";
  expect_alive(*stream);
  EXPECT_EQ(stream->last_event_id(), before);

  faults.pass();
  waits.join();
  EXPECT_EQ(answer.status, 201) << answer.body;
  EXPECT_EQ(stream->wait_for_id(answer.cursor()).value().at("object"), answer.value());
  expect_ready(server);
}

TEST_F(SqliteFaults, AReadThatFails) {
  team all{port()};
  const auto stream = all.agent.open_stream();
  all.admin.read_list("/customers");
  const auto written = mark(all.owner);  // what the readers have in memory is out of date, so that they must look
  stream->wait_for_id(written);
  faults.fail({operation::log_read, operation::file_read}, EIO);
  expect_refused(all.admin.get("/customers"));
  expect_not_ready(server, "can't be read: its storage fails");
  EXPECT_EQ(server.metric("chatmesh_database_serves{what=\"reads\"}"), 0);
  const auto turned_away = all.admin.open_stream_from(written);
  EXPECT_EQ(farewell(*turned_away), "overloaded") << "a browser gives up on any status but 200";
  expect_alive(*stream);

  faults.pass();
  expect_ready(server);
  EXPECT_EQ(all.admin.read_list("/customers").size(), 1U);
  const auto last = mark(all.owner);
  EXPECT_EQ(seq_of(last), seq_of(written) + 1);
  stream->wait_for_id(last);
}

// Held for longer than a write waits for it.
TEST_F(SqliteFaults, AnotherProcessHoldsTheLock) {
  std::optional<child_process> other;
  const auto file = (server.folder() / "chatmesh.db").string();
  expect_outage(
      "another process holds its lock",
      [&] {
        other.emplace(std::vector<std::string>{"sqlite3", file});
        other->say("BEGIN IMMEDIATE; SELECT 'locked';\n");
        other->wait_for_line("locked");
      },
      [&] { other.reset(); });
}

// Not played, but real: a file system with no room left.
TEST(SqliteFaultsAround, AFullFileSystem) {
  std::optional<small_disk> disk;
  try {
    disk.emplace(6);
  } catch (const not_possible& e) {
    GTEST_SKIP() << "NOT TESTED: a real full file system. This system allows " << e.what();
  }
  server_process server{
      {"--database.wal-limit=1MiB"},
      {.environment = {}, .database_url = "sqlite:" + (disk->path() / "chatmesh.db").string(), .wrapper = {}}};
  team all{server.port()};
  const auto stream = all.agent.open_stream();
  std::string last = mark(all.owner);
  disk->fill();
  http_response refused;
  eventually("a write that finds no room", [&] {  // the log's file has some left
    refused = all.owner.post("/customers", full_customer(std::string(150, 'x')));
    if (refused.status == 201)
      last = refused.cursor();
    return refused.status == 503;
  });
  expect_refused(refused);
  expect_not_ready(server, "no room");
  EXPECT_EQ(all.admin.head(), last);
  stream->wait_for_id(last);

  disk->empty();
  expect_ready(server);
  const auto after = mark(all.owner);
  EXPECT_EQ(seq_of(after), seq_of(last) + 1);
  stream->wait_for_id(after);
  EXPECT_EQ(server.terminate(), 0);
}

}  // namespace chatmesh::test
