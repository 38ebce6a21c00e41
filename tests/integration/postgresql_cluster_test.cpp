// Several nodes on one PostgreSQL: whatever is written on one of them reaches the streams of all, and what ends on one
// ends everywhere.
#include "tests/integration/fixture.hpp"
#include "tests/integration/nodes.hpp"
#include "tests/support/postgresql_server.hpp"

#include <csignal>
#include <thread>

namespace chatmesh::test {

namespace {

class PostgresqlCluster : public server_test {
protected:
  PostgresqlCluster() : server_test(node_options("one")) {}

  // Another node beside server().
  std::unique_ptr<server_process> join(const std::string& name) {
    auto options = node_options(name);
    options.push_back("--database.url=" + server().database_url());
    return std::make_unique<server_process>(options);
  }

  static void expect_nodes(const server_process& node, int count) {
    eventually("nodes that know each other", [&] { return node.metric("chatmesh_cluster_nodes") == count; });
  }
};

}  // namespace

TEST_F(PostgresqlCluster, EveryStreamOnEveryNodeGetsEveryEventOnceInOrder) {
  team all{port()};
  const auto two = join("two"), three = join("three");
  auto stranger = sign_up(two->port(), "Umbrella", "Eve");
  const auto foreign = stranger.open_stream();
  const auto foreign_head = stranger.head();
  const std::vector<const server_process*> nodes{&server(), two.get(), three.get()};
  std::vector<std::unique_ptr<sse_client>> streams;
  for (const auto* node : nodes)
    streams.push_back(at(*node, all.agent).open_stream_from(all.agent.head()));
  const auto start = seq_of(all.owner.head());
  constexpr int each_writes = 20;
  std::vector<std::thread> writers;
  for (const auto* node : nodes)
    writers.emplace_back([&, node] {
      auto author = at(*node, all.owner);
      for (int i = 0; i < each_writes; ++i)
        author.create("/customers", {{"name", "Customer " + std::to_string(i)}});
    });
  for (auto& each : writers)
    each.join();
  const auto total = nodes.size() * each_writes;
  std::vector<std::string> told;
  for (const auto& stream : streams) {
    stream->wait_for_position(start + total);
    const auto events = stream->events();
    ASSERT_EQ(events.size(), total);
    std::string data;
    for (const auto& event : events)
      data += event.data + "\n";
    told.push_back(data);
  }
  EXPECT_EQ(told[0], told[1]);
  EXPECT_EQ(told[0], told[2]);
  auto other_tab = stranger.another_tab();
  foreign->wait_for_id(mark(other_tab));
  EXPECT_EQ(foreign->events().size(), 1U) << "another company's stream has its own events alone";
  EXPECT_EQ(foreign->events().front().value().at("seq"), seq_of(foreign_head) + 1);
  EXPECT_EQ(two->terminate(), 0);
  EXPECT_EQ(three->terminate(), 0);
}

TEST_F(PostgresqlCluster, NoNodeSendsAMemberAnythingAboveTheEndOfItsMembership) {
  team all{port()};
  const auto two = join("two");
  const auto gone = at(*two, all.agent).open_stream(), stays = at(*two, all.admin).open_stream();
  const auto removed = all.owner.remove("/employees/" + all.agent.employee_id());
  std::string last;
  for (int i = 0; i < 5; ++i)
    last = mark(all.owner);
  EXPECT_EQ(farewell(*gone), "membership_ended");
  EXPECT_EQ(last_seq(*gone), seq_of(removed));
  stays->wait_for_id(last);
  EXPECT_EQ(two->terminate(), 0);
}

// Nobody writes: only the comparison of heads can tell.
TEST_F(PostgresqlCluster, SessionsAndTokensThatEndOnOneNodeEndOnTheOthers) {
  team all{port()};
  const auto two = join("two");
  auto session = all.agent.another_session();
  program bot{all.owner, "bot"};
  const auto of_session = at(*two, session).open_stream();
  const auto of_bot = at(*two, bot).open_stream();
  const auto stays = at(*two, all.agent).open_stream();
  EXPECT_EQ(session.api().call("DELETE", "/sessions/current").status, 204);
  EXPECT_EQ(farewell(*of_session), "session_ended");
  EXPECT_EQ(all.owner.del(bot.token_path()).status, 204);
  EXPECT_EQ(farewell(*of_bot), "token_revoked");
  EXPECT_THROW(at(*two, session).open_stream(), format_error) << "nor is the right remembered there";
  stays->wait_for_id(mark(all.owner));
  EXPECT_EQ(two->terminate(), 0);
}

TEST_F(PostgresqlCluster, AStreamGoesOnAtAnotherNodeWhenItsOwnIsKilled) {
  team all{port()};
  const auto two = join("two");
  told_once told;
  const auto start = all.agent.head();
  std::string cursor;
  {
    const auto stream = at(*two, all.agent).open_stream_from(start);
    for (int i = 0; i < 5; ++i)
      mark(all.owner);
    stream->wait_for_event("customer.created");
    two->kill();
    EXPECT_THROW(stream->finish(), std::exception);
    cursor = stream->last_event_id();
    told.take(*stream);
  }
  const auto last = mark(all.owner);
  const auto stream = all.agent.open_stream_from(cursor);
  stream->wait_for_position(seq_of(last));
  told.take(*stream);
  told.require_all(seq_of(start) + 1, seq_of(last));
}

TEST_F(PostgresqlCluster, ANodeThatStoodStillBringsItsStreamsEverything) {
  team all{port()};
  const auto two = join("two");
  const auto stream = at(*two, all.agent).open_stream();
  const auto start = seq_of(all.agent.head());
  two->signal(SIGSTOP);
  std::string last;
  for (int i = 0; i < 300; ++i)  // more than a page of the log
    last = mark(all.owner);
  two->signal(SIGCONT);
  stream->wait_for_position(seq_of(last));
  EXPECT_EQ(stream->events().size(), seq_of(last) - start);
  EXPECT_EQ(stream->resets(), 0U);
  EXPECT_EQ(two->terminate(), 0);
}

TEST_F(PostgresqlCluster, NodesComeAndGoInTheTableOfNodes) {
  port();
  const auto two = join("two"), three = join("three");
  expect_nodes(server(), 3);
  const auto status = server().run({"cluster", "status"});
  EXPECT_EQ(status.status, 0);
  EXPECT_EQ(status.output.substr(0, 8), "3 nodes\n");
  for (const char* name : {"\none  ", "\ntwo  ", "\nthree  "})
    EXPECT_NE(status.output.find(name), std::string::npos) << status.output;
  EXPECT_EQ(two->terminate(), 0);
  expect_nodes(server(), 2);
  for (int i = 0; i < 2; ++i) {  // each start is another node
    three->kill();
    three->start();
  }
  expect_nodes(*three, 2);
  expect_nodes(server(), 2);
  EXPECT_EQ(three->terminate(), 0);
  expect_nodes(server(), 1);
}

TEST_F(PostgresqlCluster, AllGoOnWhenTheDatabaseIsBack) {
  postgresql_server database;
  const auto url = database.create_database("chat");
  auto options = node_options("one");
  options.push_back("--database.url=" + url);
  server_process first{options};
  server_process second{options};
  team all{first.port()};
  const auto stream = at(second, all.agent).open_stream();
  stream->wait_for_id(mark(all.owner, "before"));
  database.stop();
  database.start();
  std::string after;
  eventually("a write", [&] {
    const auto answer = all.owner.post("/customers", {{"name", "after"}});
    after = answer.status == 201 ? answer.cursor() : "";
    return !after.empty();
  });
  stream->wait_for_id(after);
  EXPECT_EQ(stream->resets(), 0U);
  expect_nodes(first, 2);
  EXPECT_EQ(first.terminate(), 0);
  EXPECT_EQ(second.terminate(), 0);
}

}  // namespace chatmesh::test
