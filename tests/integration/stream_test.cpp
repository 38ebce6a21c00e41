// What a live stream carries (protocol §4, frames 1 to 6).
#include "tests/integration/fixture.hpp"

#include <algorithm>
#include <memory>
#include <set>
#include <thread>

namespace chatmesh::test {

namespace {

class Stream : public server_test {
protected:
  static sse_client::predicate is_online(const member& who, bool online) {
    return [id = who.employee_id(), online](const sse_frame& f) {
      if (f.event != "presence" || !f.value().contains("changes"))
        return false;
      const auto changes = f.value().at("changes");
      return std::ranges::count(changes, json{{"employee_id", id}, {"online", online}}) > 0;
    };
  }
};

}  // namespace

TEST_F(Stream, GreetsWithWhatAClientNeeds) {
  with({"--stream.heartbeat=20s", "--stream.retry=1234ms", "--node.name=blue"});
  auto owner = sign_up(port(), "Acme", "Ada");
  const auto head = owner.head();
  const auto hello = owner.open_stream()->wait_for_event("hello");
  EXPECT_EQ(hello.id, head);
  EXPECT_EQ(hello.retry, 1234);
  const auto data = hello.value();
  EXPECT_EQ(data.at("company_id"), owner.company_id());
  EXPECT_EQ(data.at("employee_id"), owner.employee_id());
  EXPECT_EQ(data.at("cursor"), head);
  EXPECT_EQ(data.at("head"), seq_of(head));
  EXPECT_EQ(data.at("heartbeat_ms"), 20'000);
  EXPECT_EQ(data.at("node"), "blue");
  EXPECT_NE(data.at("connection_id"), owner.open_stream()->wait_for_event("hello").value().at("connection_id"));
}

TEST_F(Stream, SkipsOwnWritesAtThisClientOnly) {
  auto owner = sign_up(port(), "Acme", "Ada");
  auto other_tab = owner.another_tab();
  const auto here = owner.open_stream(), there = other_tab.open_stream();
  const auto own = mark(owner), others = mark(other_tab);
  here->wait_for_id(others);
  there->wait_for_id(own);
  expect_skipped(*here, own);
  expect_skipped(*there, others);
}

TEST_F(Stream, DoesNotLetAnyoneHideAnothersChangesByNamingAToken) {
  team all{port()};
  const auto stream = all.agent.open_stream();
  all.owner.api().client = all.agent.client();
  stream->wait_for_id(mark(all.owner));
}

TEST_F(Stream, MergesSkipsAndTellsThemBeforeTheNextEvent) {
  team all{port()};
  const auto stream = all.agent.open_stream();
  const auto before = seq_of(all.owner.head());
  for (int i = 0; i < 10; ++i)
    mark(all.agent);
  const auto marker = mark(all.owner);
  stream->wait_for_id(marker);
  const auto skips = heard(*stream, "skip");
  EXPECT_EQ(skips.front().at("from"), before + 1);
  EXPECT_EQ(skips.back().at("to"), before + 10);
}

TEST_F(Stream, TellsASkipWithoutWaitingForAnEventOrAHeartbeat) {
  with({"--stream.heartbeat=1h"});
  auto owner = sign_up(port(), "Acme", "Ada");
  const auto stream = owner.open_stream();
  const auto own = mark(owner);
  EXPECT_EQ(stream->wait_for_event("skip").id, own);
}

TEST_F(Stream, CarriesTheWantedEntitiesAndSkipsTheOthers) {
  team all{port()};
  const auto stream = all.agent.open_stream({.types = "note,company"});
  const auto customer = all.owner.create("/customers", {{"name", "Grace"}});
  const auto note = all.owner.create("/notes", {{"customer_id", customer.object.at("id")}, {"body", "x"}});
  const auto message = all.owner.create("/messages", {{"customer_id", customer.object.at("id")}, {"body", "x"}});
  const auto profile = all.owner.merge("/employees/" + all.owner.employee_id(), {{"title", "x"}});
  const auto company = all.owner.merge("", {{"name", "Acme 2"}});
  stream->wait_for_id(company.cursor);
  expect_event(*stream, note.cursor, "note.created", note.object, all.owner.by());
  for (const auto& skipped : {customer.cursor, message.cursor, profile.cursor})
    expect_skipped(*stream, skipped);
  EXPECT_EQ(stream->events().size(), 2U);

  const auto replayed = all.agent.open_stream({.cursor = "0", .types = "message"});
  replayed->wait_for_id(message.cursor);
  replayed->wait_for_position(seq_of(company.cursor));
  EXPECT_EQ(replayed->events().size(), 1U);
}

TEST_F(Stream, HeartbeatsCarryTheHead) {
  with({"--stream.heartbeat=100ms"});
  auto owner = sign_up(port(), "Acme", "Ada");
  const auto stream = owner.open_stream();
  const auto made = mark(owner);
  const auto beat = stream->wait_for("a heartbeat at the head", [&](const sse_frame& f) {
    return f.event == "heartbeat" && f.value().at("head") == seq_of(made);
  });
  EXPECT_EQ(names_of(beat.value()), (std::vector<std::string>{"at", "epoch", "head"}));
  EXPECT_EQ(beat.value().at("epoch"), epoch_of(made));
  EXPECT_FALSE(beat.id);
}

TEST_F(Stream, TellsPresenceOnAnEmployeesFirstAndLastStreamOnly) {
  with({"--stream.presence-grace=0ms", "--stream.presence-gather=0ms"});
  team all{port()};
  const auto watcher = all.owner.open_stream();
  const auto full = watcher->wait_for_event("presence").value();
  EXPECT_EQ(full.at("full"), true);
  const auto& online = full.at("online");
  EXPECT_TRUE(online == json::array() || online == json::array({all.owner.employee_id()}));

  auto first = all.agent.open_stream();
  watcher->wait_for("the agent online", is_online(all.agent, true));
  auto second = all.agent.another_tab().open_stream();
  const auto joiner = all.admin.open_stream();
  watcher->wait_for("the admin online", is_online(all.admin, true));
  first->drop();
  mark(all.owner);
  second->drop();
  watcher->wait_for("the agent offline", is_online(all.agent, false));

  for (const bool now : {true, false})
    EXPECT_EQ(std::ranges::count_if(watcher->frames(), is_online(all.agent, now)), 1) << now;
  const auto greeted = joiner->wait_for_event("presence").value().at("online");
  EXPECT_EQ(std::ranges::count(greeted, json(all.agent.employee_id())), 1);
  EXPECT_EQ(std::ranges::count(greeted, json(all.owner.employee_id())), 1);
  const auto present = all.owner.read("/presence").at("online").get<std::set<std::string>>();
  EXPECT_EQ(present, (std::set<std::string>{all.owner.employee_id(), all.admin.employee_id()}));
}

TEST_F(Stream, AReconnectWithinTheGraceIsNoNews) {
  with({"--stream.presence-grace=1h", "--stream.presence-gather=0ms"});
  team all{port()};
  const auto watcher = all.owner.open_stream();
  auto stream = all.agent.open_stream();
  watcher->wait_for("the agent online", is_online(all.agent, true));
  stream->drop();
  stream = all.agent.open_stream();
  const auto joiner = all.admin.open_stream();
  watcher->wait_for("the admin online", is_online(all.admin, true));
  EXPECT_EQ(std::ranges::count_if(watcher->frames(), is_online(all.agent, true)), 1);
  EXPECT_EQ(std::ranges::count_if(watcher->frames(), is_online(all.agent, false)), 0);
}

TEST_F(Stream, PassesTypingOnToTheOthers) {
  with({"--stream.typing-interval=0ms"});
  team all{port()};
  const auto here = all.agent.open_stream(), there = all.owner.open_stream();
  const auto customer = all.owner.create("/customers", {{"name", "Grace"}}).object.at("id");
  here->wait_for_event("customer.created");
  EXPECT_EQ(all.agent.post("/typing", json{{"customer_id", customer}}).status, 204);
  const auto typing = there->wait_for_event("typing");
  EXPECT_EQ(typing.value(), (json{{"customer_id", customer}, {"by", all.agent.by()}}));
  EXPECT_FALSE(typing.id);

  here->wait_for_id(mark(all.owner));
  EXPECT_TRUE(heard(*here, "typing").empty()) << "one's own";
  EXPECT_EQ(all.agent.post("/typing", json{{"customer_id", "018f0000-0000-7000-8000-000000000000"}}).status, 422);
}

TEST_F(Stream, PassesACustomersTypingOn) {
  team all{port()};
  const auto stream = all.owner.open_stream();
  visitor grace{port(), all.owner.read("").at("widget_key"), {{"name", "Grace"}}};
  EXPECT_EQ(grace.api().call("POST", "/widget/typing").status, 204);
  const auto by = stream->wait_for_event("typing").value().at("by");
  EXPECT_EQ(by, (json{{"kind", "customer"}, {"id", grace.customer_id()}, {"name", "Grace"}}));
}

TEST_F(Stream, PassesOnlyTheFirstOfManyTypingNotices) {
  with({"--stream.typing-interval=1h"});
  team all{port()};
  const auto stream = all.owner.open_stream();
  const auto customer = all.agent.create("/customers", {{"name", "Grace"}}).object.at("id");
  for (int i = 0; i < 5; ++i)
    EXPECT_EQ(all.agent.post("/typing", json{{"customer_id", customer}}).status, 204);
  EXPECT_EQ(all.admin.post("/typing", json{{"customer_id", customer}}).status, 204);
  stream->wait_for_id(mark(all.agent));
  EXPECT_EQ(heard(*stream, "typing").size(), 2U);
}

TEST_F(Stream, ASlowReaderCostsTheOthersNothingAndMissesNothing) {
  constexpr int notes = 100;
  team all{port()};
  const auto slow = all.agent.open_stream({.cursor = all.agent.head(), .receive_buffer = 4096, .paused = true});
  const auto quick = all.admin.open_stream();
  const auto customer = all.owner.create("/customers", {{"name", "Grace"}}).object.at("id");
  std::string last;
  for (int i = 0; i < notes; ++i)
    last = all.owner.create("/notes", {{"customer_id", customer}, {"body", std::string(60'000, 'n')}}).cursor;
  quick->wait_for_id(last);
  slow->go_on();
  slow->wait_for_id(last);
  EXPECT_EQ(slow->events().size(), notes + 1U);
  EXPECT_EQ(slow->resets(), 0U);
  slow->wait_for_id(mark(all.owner));
}

TEST_F(Stream, EveryStreamSeesTheSameOrder) {
  constexpr int writers = 4, rounds = 30;
  auto owner = sign_up(port(), "Acme", "Ada");
  std::vector<std::unique_ptr<sse_client>> streams;
  for (int i = 0; i < 4; ++i)
    streams.push_back(owner.another_tab().open_stream());
  std::vector<std::thread> threads;
  for (int w = 0; w < writers; ++w)
    threads.emplace_back([tab = owner.another_tab()]() mutable {
      for (int i = 0; i < rounds; ++i)
        mark(tab);
    });
  for (auto& t : threads)
    t.join();
  const auto marker = mark(owner);
  std::vector<std::string> told;
  for (const auto& stream : streams) {
    stream->wait_for_id(marker);
    told.emplace_back();
    for (const auto& frame : stream->events())
      told.back() += *frame.id + frame.data;
    EXPECT_EQ(told.back(), told.front());
  }
}

}  // namespace chatmesh::test
