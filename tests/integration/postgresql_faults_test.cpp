// What tests/integration/outage.hpp promises, with a PostgreSQL server of the test's own that is stopped, killed,
// frozen, filled, made read-only, or busy with somebody else's lock.
#include "tests/integration/outage.hpp"
#include "tests/support/child_process.hpp"
#include "tests/support/postgresql_server.hpp"
#include "tests/support/small_disk.hpp"

#include <atomic>
#include <csignal>
#include <optional>
#include <set>
#include <thread>

namespace chatmesh::test {

namespace {

class PostgresqlFaults : public testing::Test {
protected:
  PostgresqlFaults() {
    if (!test_database::on_postgresql())
      return;
    postgresql.emplace();
    url = postgresql->create_database("chatmesh");
    start();
  }

  void SetUp() override {
    if (!test_database::on_postgresql())
      GTEST_SKIP() << "of PostgreSQL alone";
  }

  void TearDown() override {
    if (server && server->running()) {
      EXPECT_EQ(server->terminate(), 0);
    }
    if (server && HasFailure())
      ADD_FAILURE() << "the server printed:\n" << server->log() << "\nand PostgreSQL:\n" << postgresql->log();
  }

  void start() {
    server.emplace(std::vector<std::string>{"--stream.heartbeat=100ms", "--database.lock-timeout=500ms"},
                   server_launch{.environment = {}, .database_url = url, .wrapper = {}});
  }

  std::string execute(const std::string& sql) const { return postgresql_execute(url, sql); }
  void end_sessions() const {
    execute("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
            "WHERE application_name = 'chatmesh' AND pid <> pg_backend_pid()");
  }

  // Skips the test where this system allows none.
  void make_disk(std::size_t mib) {
    try {
      disk.emplace(mib);
    } catch (const not_possible& e) {
      GTEST_SKIP() << "NOT TESTED: a real full file system. This system allows " << e.what();
    }
  }

  std::optional<small_disk> disk;  // first: goes after those who use it
  std::optional<postgresql_server> postgresql;
  std::string url;
  std::optional<server_process> server;
};

}  // namespace

TEST_F(PostgresqlFaults, AServerThatIsAway) {
  for (const int how : {SIGINT, SIGQUIT, SIGKILL}) {
    SCOPED_TRACE(how);
    team all{server->port()};
    const auto stream = all.agent.open_stream();
    const auto kept = mark(all.owner);
    stream->wait_for_id(kept);
    const header_list key{{"Idempotency-Key", "once"}};

    postgresql->stop(how);
    expect_not_ready(*server, "it can't be reached");
    expect_refused(all.owner.post("/customers", json{{"name", "During"}}, key));
    expect_refused(all.admin.get("/customers"));
    EXPECT_EQ(server->metric("chatmesh_database_serves{what=\"writes\"}"), 0);
    EXPECT_EQ(farewell(*all.admin.open_stream_from(kept)), "overloaded");
    expect_alive(*stream);

    postgresql->start();
    expect_ready(*server);
    const auto done = all.owner.post("/customers", json{{"name", "During"}}, key);
    ASSERT_EQ(done.status, 201) << done.body;
    EXPECT_EQ(seq_of(done.cursor()), seq_of(kept) + 1);
    EXPECT_EQ(stream->wait_for_id(done.cursor()).value().at("object"), done.value());
    EXPECT_EQ(all.admin.read_list("/customers").size(), 2U);
  }
}

// Its sessions end, again and again, while many write: each write is told to the stream once, or was refused.
TEST_F(PostgresqlFaults, SessionsThatAreEnded) {
  constexpr int writers = 4, each = 60, times = 8;
  team all{server->port()};
  const auto stream = all.agent.open_stream();
  const auto before = mark(all.owner);
  std::atomic<int> left = writers;
  std::vector<std::vector<written>> made(writers);
  std::vector<std::thread> threads;
  for (int w = 0; w < writers; ++w)
    threads.emplace_back([&, w, tab = all.owner.another_tab()]() mutable {
      for (int i = 0; i < each; ++i) {
        const header_list key{{"Idempotency-Key", std::to_string(w) + "-" + std::to_string(i)}};
        http_response answer;
        eventually("a write to be taken", [&] {
          answer = tab.post("/customers", json{{"name", "Customer"}}, key);
          return answer.status != 503;
        });
        EXPECT_EQ(answer.status, 201) << answer.body;
        made[static_cast<std::size_t>(w)].push_back({answer.value(), answer.cursor(), {}});
      }
      --left;
    });
  for (int i = 0; i < times && left > 0; ++i) {
    const auto head = last_seq(*stream);
    end_sessions();
    eventually("a write after that", [&] { return last_seq(*stream) > head || left == 0; });
  }
  for (auto& t : threads)
    t.join();
  expect_ready(*server);
  const auto last = mark(all.owner);
  stream->wait_for_id(last);
  EXPECT_EQ(seq_of(last), seq_of(before) + writers * each + 1) << "a write was done twice";
  for (const auto& of_one : made)
    for (const auto& w : of_one)
      EXPECT_EQ(stream->wait_for_id(w.cursor).value().at("object"), w.object);
}

TEST_F(PostgresqlFaults, ASettingThatMayLoseWritesIsToldAtTheStart) {
  EXPECT_NE(server->log().find("fsync = off"), std::string::npos);  // so is the tests' server set
}

TEST_F(PostgresqlFaults, AServerThatHangs) {
  team all{server->port()};
  const auto stream = all.agent.open_stream();
  const auto before = mark(all.owner);
  stream->wait_for_id(before);
  const auto frozen = postgresql->processes();
  for (const pid_t each : frozen)
    ::kill(each, SIGSTOP);
  http_response answer;
  std::thread waits{[&] { answer = all.owner.post("/customers", json{{"name", "Slow"}}); }};
  expect_not_ready(*server, "does not answer in time");
  expect_alive(*stream);
  EXPECT_EQ(stream->last_event_id(), before);
  for (const pid_t each : frozen)
    ::kill(each, SIGCONT);
  waits.join();
  EXPECT_EQ(answer.status, 201) << answer.body;
  EXPECT_EQ(stream->wait_for_id(answer.cursor()).value().at("object"), answer.value());
  expect_ready(*server);
}

TEST_F(PostgresqlFaults, AServerThatTurnedReadOnly) {
  const auto make = [this](const std::string& value) {
    execute("ALTER SYSTEM SET default_transaction_read_only = " + value);
    execute("SELECT pg_reload_conf()");
  };
  expect_outage(
      *server, "it is read-only", [&] { make("on"); },
      [&] {
        postgresql_execute(url + "&options=-c%20default_transaction_read_only%3Doff",
                           "ALTER SYSTEM SET default_transaction_read_only = off");
        execute("SELECT pg_reload_conf()");
      });
}

// Somebody else's session holds one company's row; the others have nothing to do with that.
TEST_F(PostgresqlFaults, ALockOnOneCompany) {
  team all{server->port()};
  std::vector<member> others;
  for (int i = 0; i < 8; ++i)
    others.push_back(sign_up(server->port(), "Other", "Olga"));
  const auto stream = all.agent.open_stream();
  const auto before = mark(all.owner);
  {
    child_process holder{{"psql", "--no-psqlrc", "--quiet", "--tuples-only", "--no-align", url}};
    holder.say("BEGIN; SELECT 'locked' FROM company_counters WHERE company_id = '" + all.owner.company_id() +
               "' FOR UPDATE;\n");
    holder.wait_for_line("locked");
    std::atomic<bool> refused = false;
    std::thread stuck{[&, tab = all.owner.another_tab()]() mutable {
      for (int i = 0; i < 4; ++i)
        expect_refused(tab.post("/customers", json{{"name", "Stuck"}}));
      refused = true;
    }};
    int written = 0;
    while (!refused)
      for (auto& other : others) {
        const auto answer = other.post("/customers", json{{"name", "Free"}});
        EXPECT_EQ(answer.status, 201) << answer.body;
        ++written;
      }
    stuck.join();
    EXPECT_GE(written, 8);
    EXPECT_EQ(all.admin.head(), before) << "it can still be read";
    expect_alive(*stream);
  }
  eventually("the lock to be gone", [&] {
    return all.owner.post("/customers", json{{"name", "Late"}}, {{"Idempotency-Key", "late"}}).status == 201;
  });
  EXPECT_EQ(seq_of(all.admin.head()), seq_of(before) + 1);
  stream->wait_for_id(all.admin.head());
}

// A tablespace without room; PostgreSQL itself goes on.
TEST_F(PostgresqlFaults, NoRoom) {
  make_disk(24);
  if (IsSkipped())
    return;
  EXPECT_EQ(server->terminate(), 0);
  postgresql->stop(SIGINT);
  postgresql->start();  // as one that sees the disk
  postgresql->give(disk->path());
  postgresql_execute(postgresql_url(postgresql->socket_folder(), "postgres"),
                     "CREATE TABLESPACE small LOCATION '" + disk->path().string() + "'");
  postgresql_execute(postgresql_url(postgresql->socket_folder(), "postgres"), "CREATE DATABASE small TABLESPACE small");
  url = postgresql_url(postgresql->socket_folder(), "small");
  start();
  team all{server->port()};
  const auto stream = all.agent.open_stream();
  std::string last = mark(all.owner);
  disk->fill();
  http_response refused;
  eventually("a write that finds no room", [&] {  // the tables' last pages have some left
    refused = all.owner.post("/customers", full_customer(std::string(150, 'x')));
    if (refused.status == 201)
      last = refused.cursor();
    return refused.status == 503;
  });
  expect_refused(refused);
  EXPECT_EQ(all.admin.head(), last);
  stream->wait_for_id(last);

  disk->empty();
  expect_ready(*server);
  const auto after = mark(all.owner);
  EXPECT_EQ(seq_of(after), seq_of(last) + 1);
  stream->wait_for_id(after);
}

// The disk of the whole cluster, its log included: PostgreSQL gives up then, and does not come back before there is
// room.
TEST_F(PostgresqlFaults, NoRoomForItsLog) {
  make_disk(160);
  if (IsSkipped())
    return;
  EXPECT_EQ(server->terminate(), 0);
  postgresql.reset();
  postgresql.emplace(std::vector<std::string>{}, disk->path());
  url = postgresql->create_database("chatmesh");
  start();
  team all{server->port()};
  const auto stream = all.agent.open_stream();
  const auto kept = mark(all.owner);
  stream->wait_for_id(kept);
  const header_list key{{"Idempotency-Key", "once"}};

  disk->fill();
  EXPECT_ANY_THROW(execute("SELECT pg_switch_wal()"); execute("CREATE TABLE needs_room AS SELECT 1"));
  expect_not_ready(*server, "it can't be reached");
  expect_refused(all.owner.post("/customers", json{{"name", "During"}}, key));
  expect_refused(all.admin.get("/customers"));
  expect_alive(*stream);
  EXPECT_EQ(stream->last_event_id(), kept);
  EXPECT_NE(postgresql->log().find("PANIC"), std::string::npos);

  disk->empty();
  postgresql->stop();
  postgresql->start();
  expect_ready(*server);
  const auto done = all.owner.post("/customers", json{{"name", "During"}}, key);
  ASSERT_EQ(done.status, 201) << done.body;
  EXPECT_EQ(seq_of(done.cursor()), seq_of(kept) + 1);
  EXPECT_EQ(stream->wait_for_id(done.cursor()).value().at("object"), done.value());
}

}  // namespace chatmesh::test
