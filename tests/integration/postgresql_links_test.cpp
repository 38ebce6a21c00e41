// Goal: nodes tell each other what they commit, and whatever becomes of the links between them, nothing is lost or
// comes twice. Method: real nodes on one PostgreSQL that compare heads once a minute only, which is longer than a test
// waits: what comes has come by a link.
#include "tests/integration/links.hpp"
#include "tests/support/certificates.hpp"
#include "tests/support/socket.hpp"

#include <algorithm>
#include <csignal>
#include <regex>
#include <set>
#include <string>

namespace chatmesh::test {

namespace {

class PostgresqlLinks : public links_test {
protected:
  static void expect_no_lag(const server_process& node, const std::string& peer) {
    eventually("no lag", [&] { return node.metric("chatmesh_cluster_lag_events{peer=\"" + peer + "\"}") == 0; });
  }
  // What `cluster status` prints, once it holds all of these.
  void expect_status(const std::vector<std::string>& patterns) {
    std::string shown;
    try {
      eventually("a status", [&] {
        shown = server().run({"cluster", "status"}).output;
        return std::ranges::all_of(patterns,
                                   [&](const auto& each) { return std::regex_search(shown, std::regex{each}); });
      });
    } catch (const timed_out&) {
      ADD_FAILURE() << shown;
    }
  }
};

}  // namespace

TEST_F(PostgresqlLinks, WhatOneNodeCommitsReachesTheStreamsOfAll) {
  team all{port()};
  const auto two = join("two"), three = join("three");
  const std::vector<const server_process*> nodes{&server(), two.get(), three.get()};
  std::vector<std::unique_ptr<sse_client>> streams;
  for (const auto* node : nodes) {
    expect_links(*node, 2);
    streams.push_back(at(*node, all.agent).open_stream_from(all.agent.head()));
  }
  const auto start = seq_of(all.owner.head());
  for (int i = 0; i < 10; ++i)
    for (const auto* node : nodes) {
      auto author = at(*node, all.owner);
      const auto made = author.create("/customers", full_customer("Customer"));
      for (const auto& stream : streams)
        expect_event(*stream, made.cursor, "customer.created", made.object, author.by());
    }
  for (const auto& stream : streams)
    EXPECT_EQ(stream->events().size(), last_seq(*stream) - start);
  for (const auto* node : nodes)
    EXPECT_GT(node->metric("chatmesh_cluster_events_taken_total"), 0);
  EXPECT_EQ(two->terminate(), 0);
  EXPECT_EQ(three->terminate(), 0);
}

TEST_F(PostgresqlLinks, TheAuthorsOwnClientIsToldNothingOnAnyNode) {
  team all{port()};
  const auto two = join("two");
  expect_links(*two, 1);
  auto tab = all.owner.another_tab();
  const auto own = at(*two, tab).open_stream({.client = tab.client()}), others = at(*two, all.agent).open_stream();
  const auto made = tab.create("/customers", full_customer("Customer"));
  others->wait_for_id(made.cursor);
  expect_skipped(*own, made.cursor);
  EXPECT_EQ(two->terminate(), 0);
}

TEST_F(PostgresqlLinks, WhatEndsOnOneNodeEndsOnTheOthers) {
  team all{port()};
  const auto two = join("two");
  expect_links(*two, 1);
  auto session = all.agent.another_session();
  program bot{all.owner, "bot"};
  const auto of_session = at(*two, session).open_stream(), of_bot = at(*two, bot).open_stream();
  const auto of_member = at(*two, all.agent).open_stream(), stays = at(*two, all.admin).open_stream();
  EXPECT_EQ(session.api().call("DELETE", "/sessions/current").status, 204);
  EXPECT_EQ(farewell(*of_session), "session_ended");
  EXPECT_EQ(all.owner.del(bot.token_path()).status, 204);
  EXPECT_EQ(farewell(*of_bot), "token_revoked");
  const auto removed = all.owner.remove("/employees/" + all.agent.employee_id());
  const auto last = mark(all.owner);
  EXPECT_EQ(farewell(*of_member), "membership_ended");
  EXPECT_EQ(last_seq(*of_member), seq_of(removed));
  stays->wait_for_id(last);
  EXPECT_EQ(two->terminate(), 0);
}

TEST_F(PostgresqlLinks, ANodeThatComesBackAtTheSameAddressTwiceIsLinkedAgain) {
  team all{port()};
  const auto two = join("two", {"--cluster.listen=127.0.0.1:" + std::to_string(free_port())});
  const auto three = join("three");
  for (int i = 0; i < 2; ++i) {
    two->kill();
    two->start();
  }
  for (const auto* node : {&server(), two.get(), three.get()})
    expect_links(*node, 2);
  const auto here = all.agent.open_stream(), there = at(*two, all.agent).open_stream();
  auto author = at(*three, all.owner);
  const auto last = mark(author);
  here->wait_for_id(last);
  there->wait_for_id(last);
  EXPECT_EQ(two->terminate(), 0);
  EXPECT_EQ(three->terminate(), 0);
}

TEST_F(PostgresqlLinks, APeerThatTakesNothingIsToldHowFarTheLogReaches) {
  with(linked_node("one", {"--cluster.link-timeout=1min"}));
  team all{port()};
  const auto two = join("two", {"--cluster.link-timeout=1min"});
  auto quiet = sign_up(port(), "Umbrella", "Eve");
  expect_links(*two, 1);
  const auto stream = at(*two, all.agent).open_stream(), other = at(*two, quiet).open_stream();
  stream->wait_for_id(mark(all.owner));
  other->wait_for_id(mark(quiet));
  expect_no_lag(server(), "two");
  two->signal(SIGSTOP);
  for (int i = 0; i < 2; ++i)
    mark(quiet);
  std::string last;
  for (int i = 0; i < 400; ++i)
    last = mark(all.owner);
  expect_status({"  to two  \\S{36}  wire 2  lag 402 events, [1-9]\\d* ms  windows full [1-9]\\d*\n"
                 "    company " +
                 all.owner.company_id() + "  lag 400 events, [1-9]\\d* ms\n    company " + quiet.company_id() +
                 "  lag 2 events, [1-9]\\d* ms\n"});
  EXPECT_GT(server().metric("chatmesh_cluster_windows_full_total"), 0);
  EXPECT_GT(server().metric("chatmesh_cluster_events_left_out_total"), 0);
  EXPECT_EQ(server().metric(R"(chatmesh_cluster_lag_events{peer="two"})"), 402);
  EXPECT_GT(server().metric(R"(chatmesh_cluster_lag_milliseconds{peer="two"})"), 0);
  two->signal(SIGCONT);
  stream->wait_for_position(seq_of(last));
  EXPECT_GT(two->metric("chatmesh_cluster_holes_total"), 0);
  expect_status({"two  .*  holes repaired [1-9]"});
  EXPECT_EQ(stream->events().size(), 401U);
  EXPECT_EQ(stream->resets(), 0U);
  expect_no_lag(server(), "two");
  EXPECT_EQ(two->terminate(), 0);
}

TEST_F(PostgresqlLinks, AMemberIsOnlineEverywhereWhileAnyNodeHasAStreamOfIt) {
  with(linked_node("one", {"--stream.presence-grace=1s"}));
  team all{port()};
  const auto two = join("two"), three = join("three");
  for (const auto* node : {&server(), two.get(), three.get()})
    expect_links(*node, 2);
  const auto watcher = all.owner.open_stream();
  const auto of_agent = at(*two, all.agent).open_stream();
  const auto hears = [&](const std::string& employee, bool online) {
    watcher->wait_for("presence of " + employee, [&](const sse_frame& frame) {
      if (frame.event != "presence")
        return false;
      const auto changes = frame.value().value("changes", json::array());
      return std::ranges::find(changes, json{{"employee_id", employee}, {"online", online}}) != changes.end();
    });
  };
  hears(all.agent.employee_id(), true);
  auto asker = at(*three, all.admin);
  const auto online = asker.get("/presence").value().at("online");
  EXPECT_EQ(std::set<std::string>(online.begin(), online.end()),
            (std::set<std::string>{all.owner.employee_id(), all.agent.employee_id()}))
      << "a node without a stream of the company asks the others";
  const auto id = all.owner.create("/customers", {{"name", "Customer"}}).object.at("id");
  auto typist = at(*three, all.admin);
  EXPECT_EQ(typist.post("/typing", {{"customer_id", id}}).status, 204);
  EXPECT_EQ(watcher->wait_for_event("typing").value().at("by").at("id"), all.admin.employee_id());
  two->kill();
  hears(all.agent.employee_id(), false);
  EXPECT_EQ(three->terminate(), 0);
}

TEST_F(PostgresqlLinks, NodesOfTwoVersionsTellEachOtherWhatBothUnderstand) {
  team all{port()};
  const auto older = join("older", {"--cluster.newest-wire=1"});
  expect_links(server(), 1);
  EXPECT_NE(server().log().find("link to node older (wire version 1)"), std::string::npos);
  const auto here = all.admin.open_stream(), there = at(*older, all.agent).open_stream();
  auto author = at(*older, all.owner);
  for (int i = 0; i < 5; ++i) {
    there->wait_for_id(mark(all.owner));
    here->wait_for_id(mark(author));
  }
  EXPECT_EQ(all.owner.get("/presence").value().at("online"), json::array({all.admin.employee_id()}));
  EXPECT_EQ(older->terminate(), 0);
}

TEST_F(PostgresqlLinks, TheStatusShowsEachLinkFromBothSides) {
  port();
  const auto two = join("two");
  expect_links(server(), 1);
  const std::string quiet = "  wire 2  lag 0 events, 0 ms  windows full 0\n";
  const std::string node = "  \\S{36}  since \\S+Z  links at 127\\.0\\.0\\.1:\\d+  holes repaired 0\n";
  expect_status(
      {"^2 nodes\none" + node + "  to two  \\S{36}" + quiet + "two" + node + "  to one  \\S{36}" + quiet + "$"});
  EXPECT_EQ(two->terminate(), 0);
}

TEST_F(PostgresqlLinks, ALinkThatWentSilentIsGivenUpAndMadeAnew) {
  with(linked_node("one", {"--cluster.link-timeout=3s"}));
  team all{port()};
  const auto two = join("two", {"--cluster.link-timeout=3s"});
  expect_links(server(), 1);
  const auto stream = at(*two, all.agent).open_stream();
  two->signal(SIGSTOP);
  expect_links(server(), 0);
  const auto missed = mark(all.owner);
  two->signal(SIGCONT);
  stream->wait_for_id(missed);
  expect_links(server(), 1);
  stream->wait_for_id(mark(all.owner));
  EXPECT_EQ(two->terminate(), 0);
}

TEST_F(PostgresqlLinks, NodesWithCertificatesOfTheClusterAreLinkedAndNoOthers) {
  const certificates ours{"ours"}, foreign{"foreign"};
  with(linked_node("one", ours.options("one")));
  team all{port()};
  const auto two = join("two", ours.options("two"));
  expect_links(server(), 1);
  const auto stream = at(*two, all.agent).open_stream();
  stream->wait_for_id(mark(all.owner));
  const auto stranger = join("stranger", foreign.options("stranger")), plain = join("plain");
  for (const auto* node : {stranger.get(), plain.get()})
    for (const char* peer : {"one", "two"})
      eventually("a refusal",
                 [&] { return node->log().find(std::string{"no link to node "} + peer) != node->log().npos; });
  stream->wait_for_id(mark(all.owner));
  EXPECT_EQ(server().log().find("no link to node two"), std::string::npos) << "a refused one harms no other link";
  EXPECT_EQ(server().metric("chatmesh_cluster_links"), 1);
  EXPECT_EQ(stranger->metric("chatmesh_cluster_links"), 0);
  EXPECT_EQ(plain->metric("chatmesh_cluster_links"), 0);
  expect_status({"one  .*\n  to two  .*\n(  .*\n)*  no link to stranger  \\S{36}\n", "  no link to plain  "});
  for (const auto* node : {&two, &stranger, &plain})
    EXPECT_EQ((*node)->terminate(), 0);
}

TEST_F(PostgresqlLinks, ACertificateThatIsOfNoUseEndsTheStartWithItsName) {
  const certificates ours{"ours"}, foreign{"foreign"};
  auto mixed = ours.options("one");
  mixed.push_back("--cluster.key=" + foreign.file("one.key").string());
  auto missing = ours.options("one");
  missing.push_back("--cluster.ca=" + ours.file("nothing.pem").string());
  using options_of = std::vector<std::string>;
  const std::vector<std::pair<options_of, std::string>> faults{{mixed, "cluster.key: "}, {missing, "cluster.ca: "}};
  for (const auto& [options, fault] : faults) {
    server_process node{linked_node("one", options), {.start = false}};
    EXPECT_EQ(node.fail_to_start(), 1);
    EXPECT_NE(node.log().find(fault), std::string::npos) << node.log();
  }
}

}  // namespace chatmesh::test
