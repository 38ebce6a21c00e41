// PostgreSQL goes away and comes back, is replaced, or is shared by two servers.
#include "tests/integration/fixture.hpp"
#include "tests/support/postgresql_server.hpp"

#include <thread>

namespace chatmesh::test {

namespace {

class PostgresqlOutage : public server_test {
protected:
  PostgresqlOutage() { with({"--database.url=" + url_}); }

  // A write that is repeated, with its key, until it is acknowledged: made once. Meanwhile each answer is a 503 that
  // says when to come back.
  std::string insist(member& author, const std::string& name) {
    const header_list key{{"Idempotency-Key", random_token()}};
    std::string cursor;
    eventually("an answer to " + name, [&] {
      const auto answer = author.post("/customers", {{"name", name}}, key);
      if (answer.status == 201) {
        cursor = answer.header("Chatmesh-Cursor").value_or("");
        return true;
      }
      EXPECT_EQ(answer.status, 503);
      EXPECT_TRUE(answer.header("Retry-After"));
      return false;
    });
    return cursor;
  }

  // The cluster's log goes on, on another timeline, as after a restore.
  void change_timeline() {
    database_.run("pg_resetwal", {"-f", "-l", "000000020000000100000001", database_.data_folder().string()});
  }

  postgresql_server database_;
  std::string url_ = database_.create_database("chat");
};

}  // namespace

TEST_F(PostgresqlOutage, WritesFailWholeAndStreamsGoOnAfterARestart) {
  team all{port()};
  const auto stream = all.agent.open_stream();
  stream->wait_for_id(mark(all.owner, "before"));
  database_.stop();  // at once, as in a crash
  const auto refused = all.owner.post("/customers", {{"name", "lost"}});
  EXPECT_EQ(refused.status, 503);
  EXPECT_TRUE(refused.header("Retry-After"));
  EXPECT_EQ(all.owner.get("/customers").status, 503);
  database_.start();
  const auto cursor = insist(all.owner, "after");
  stream->wait_for_id(cursor);
  EXPECT_EQ(stream->resets(), 0U);
  for (const auto& each : all.owner.read_list("/customers"))
    EXPECT_NE(each.at("name"), "lost");
  const auto events = stream->events();
  EXPECT_EQ(events.size(), 2U) << "no seq was burnt";
  stream->wait_for_id(mark(all.owner));
}

TEST_F(PostgresqlOutage, EndedSessionsAreReplacedUnderLoad) {
  team all{port()};
  const auto stream = all.agent.open_stream();
  std::string last;
  for (int i = 0; i < 20; ++i) {
    if (i % 5 == 4)
      postgresql_execute(url_, "SELECT COUNT(pg_terminate_backend(pid)) FROM pg_stat_activity "
                               "WHERE datname = 'chat' AND pid <> pg_backend_pid()");
    last = insist(all.owner, std::to_string(i));
  }
  stream->wait_for_id(last);
  EXPECT_EQ(stream->events().size(), 20U);
  EXPECT_EQ(all.owner.read_list("/customers").size(), 20U);
}

TEST_F(PostgresqlOutage, AnotherTimelineIsToldByReset) {
  team all{port()};
  const auto stream = all.agent.open_stream();
  const auto before = mark(all.owner, "before");
  stream->wait_for_id(before);
  database_.stop(SIGINT);
  change_timeline();
  database_.start();
  const auto after = insist(all.owner, "after");
  EXPECT_NE(epoch_of(after), epoch_of(before));
  EXPECT_EQ(seq_of(after), seq_of(before) + 1);
  EXPECT_EQ(stream->wait_for_event("reset").value().at("reason"), "unknown_epoch");
  farewell(*stream);
  std::unique_ptr<sse_client> back;
  eventually("the end of what knew the old one", [&] {
    back = all.agent.open_stream_from(before);
    return back->frames().front().event == "hello";
  });
  EXPECT_EQ(back->wait_for_event("reset").value().at("reason"), "unknown_epoch");
}

// Two servers, one database: each company's events are dense and in one order, whoever wrote them.
TEST_F(PostgresqlOutage, TwoServersShareOneOrder) {
  team all{port()};
  server_process other{{"--database.url=" + url_}};
  const auto start = all.owner.head();
  constexpr int each_writes = 30;
  const auto write = [&](std::uint16_t at, const std::string& token, const std::string& name) {
    member author{at, token, all.owner.company_id(), all.owner.user(), all.owner.self()};
    for (int i = 0; i < each_writes; ++i)
      author.create("/customers", {{"name", name + std::to_string(i)}});
  };
  std::thread first{[&] { write(port(), all.owner.token(), "first"); }};
  std::thread second{[&] { write(other.port(), all.admin.token(), "second"); }};
  first.join();
  second.join();
  for (const std::uint16_t at : {port(), other.port()}) {
    const member reader{at, all.agent.token(), all.agent.company_id(), all.agent.user(), all.agent.self()};
    const auto stream = reader.open_stream_from(start);
    stream->wait_for_position(seq_of(start) + 2 * each_writes);
    EXPECT_EQ(stream->events().size(), 2U * each_writes);
  }
  EXPECT_EQ(other.terminate(), 0);
}

}  // namespace chatmesh::test
