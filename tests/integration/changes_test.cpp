// GET /changes: the same sequence for clients that can't stream.
#include "tests/integration/fixture.hpp"

#include <thread>

namespace chatmesh::test {

namespace {

class Changes : public server_test {
protected:
  // Follows /changes from that cursor to the head; checks that the pages are dense.
  static json follow(member& m, std::string cursor, const std::string& more) {
    json events = json::array();
    for (;;) {
      const auto page = m.read("/changes?cursor=" + cursor + more);
      auto position = seq_of(cursor);
      auto skips = page.value("skips", json::array());
      for (const auto& event : page.at("events")) {
        while (!skips.empty() && skips.front().at("from") == position + 1) {
          position = skips.front().at("to");
          skips.erase(0);
        }
        EXPECT_EQ(event.at("seq"), position + 1);
        position = event.at("seq");
        events.push_back(event);
      }
      while (!skips.empty() && skips.front().at("from") == position + 1) {
        position = skips.front().at("to");
        skips.erase(0);
      }
      EXPECT_TRUE(skips.empty()) << page;
      EXPECT_EQ(seq_of(page.at("cursor").get<std::string>()), position);
      if (position == page.at("head"))
        return events;
      EXPECT_NE(page.at("cursor"), cursor) << "no progress";
      cursor = page.at("cursor");
    }
  }
};

}  // namespace

TEST_F(Changes, AreTheStreamsEvents) {
  team all{port()};
  const auto stream = all.agent.open_stream({.cursor = "0"});
  const auto customer = all.owner.create("/customers", full_customer("Grace", all.agent.employee_id())).object.at("id");
  all.agent.create("/notes", {{"customer_id", customer}, {"body", "own"}});
  all.admin.create("/notes", {{"customer_id", customer}, {"body", "x"}});
  stream->wait_for_id(all.owner.remove("/customers/" + customer.get<std::string>()));
  json events = json::array();
  for (const auto& frame : stream->events())
    events.push_back(frame.value());
  const auto epoch = epoch_of(all.owner.head());
  for (const auto* limit : {"", "&limit=1", "&limit=3", "&limit=500"})
    EXPECT_EQ(follow(all.agent, epoch + "-0", "&client=" + all.agent.client() + limit), events) << limit;
  EXPECT_EQ(all.agent.read("/changes?cursor=0&client=" + all.agent.client()).at("events"), events);
}

TEST_F(Changes, StartAtTheHeadWithoutACursor) {
  auto owner = sign_up(port(), "Acme", "Ada");
  const auto page = owner.read("/changes");
  EXPECT_TRUE(page.at("events").empty());
  EXPECT_EQ(seq_of(page.at("cursor").get<std::string>()), page.at("head"));
  EXPECT_FALSE(page.contains("reset"));
  EXPECT_EQ(mark(owner),
            epoch_of(page.at("cursor").get<std::string>()) + "-" + std::to_string(page.at("head").get<int>() + 1));
}

TEST_F(Changes, TellSkipsOfOwnWritesAndOtherEntities) {
  team all{port()};
  const auto from = all.owner.head();
  const auto own = mark(all.agent), others = mark(all.owner);
  const auto page = all.agent.read("/changes?cursor=" + from + "&client=" + all.agent.client());
  EXPECT_EQ(page.at("skips"), json::array({{{"from", seq_of(own)}, {"to", seq_of(own)}}}));
  EXPECT_EQ(page.at("events").size(), 1U);
  const auto notes = all.agent.read("/changes?cursor=" + from + "&types=note");
  EXPECT_TRUE(notes.at("events").empty());
  EXPECT_EQ(notes.at("skips"), json::array({{{"from", seq_of(own)}, {"to", seq_of(others)}}}));
  EXPECT_EQ(notes.at("cursor"), others);
}

TEST_F(Changes, WaitForTheNextEvent) {
  team all{port()};
  const auto head = all.agent.head();
  json page;
  std::thread poller{
      [&, tab = all.agent.another_tab()]() mutable { page = tab.read("/changes?wait=30&cursor=" + head); }};
  eventually("the poll", [&] { return server().metric("chatmesh_streams") == 1; });
  const auto made = all.owner.create("/customers", {{"name", "Grace"}});
  poller.join();
  ASSERT_EQ(page.at("events").size(), 1U);
  EXPECT_EQ(page.at("events").at(0).at("object"), made.object);
  EXPECT_EQ(page.at("cursor"), made.cursor);
}

TEST_F(Changes, AnswerAnEmptyPageWhereNothingComes) {
  auto owner = sign_up(port(), "Acme", "Ada");
  const auto head = owner.head();
  const auto page = owner.read("/changes?wait=1&cursor=" + head);
  EXPECT_TRUE(page.at("events").empty());
  EXPECT_EQ(page.at("cursor"), head);
}

TEST_F(Changes, ALongPollCountsAsAStream) {
  with({"--limits.streams-per-member=1"});
  team all{port()};
  const auto stream = all.agent.open_stream();
  const auto refused = all.agent.get("/changes?wait=30&cursor=" + all.owner.head());
  EXPECT_EQ(refused.status, 429);
  EXPECT_TRUE(refused.header("Retry-After"));
}

TEST_F(Changes, WithoutAWaitCountAsNoStream) {
  with({"--limits.streams-per-member=1"});
  team all{port()};
  const auto stream = all.agent.open_stream();
  EXPECT_EQ(all.agent.get("/changes").status, 200);
  EXPECT_EQ(all.admin.get("/changes").status, 200);
  EXPECT_EQ(all.owner.read("/presence").at("online"), json::array({all.agent.employee_id()}));
}

TEST_F(Changes, APollWhoseClientIsGoneTakesNoPlace) {
  with({"--limits.streams-per-member=1"});
  team all{port()};
  auto poll = all.agent.another_tab();
  poll.api().http().send(
      encode_request("GET", "/api/v1" + poll.path() + "/changes?wait=30", poll.api().headers(), std::nullopt));
  eventually("the poll", [&] { return server().metric("chatmesh_streams") == 1; });
  poll.api().http().close();
  eventually("its end", [&] { return server().metric("chatmesh_streams") == 0; });
  const auto stream = all.agent.open_stream();
  stream->wait_for_id(mark(all.owner));
}

TEST_F(Changes, APollIsAnsweredThoughTheNextRequestIsThere) {
  team all{port()};
  auto& http = all.agent.api().http();
  const auto get = [&](const std::string& path) {
    return encode_request("GET", "/api/v1" + all.agent.path() + path, all.agent.api().headers(), std::nullopt);
  };
  http.send(get("/changes?wait=30") + get("/customers"));
  eventually("the poll", [&] { return server().metric("chatmesh_streams") == 1; });
  const auto made = all.owner.create("/customers", {{"name", "Grace"}});
  EXPECT_EQ(http.read_response().value().at("events").at(0).at("object"), made.object);
  EXPECT_EQ(http.read_response().value().at("items").at(0), made.object);
}

TEST_F(Changes, ACursorIsNeverAFault) {
  auto owner = sign_up(port(), "Acme", "Ada");
  const auto head = owner.head();
  const auto twice = "cursor=" + head + "&cursor=" + head;
  for (const auto& query : {std::string{"cursor=%ff"}, std::string{"cursor=%00"}, std::string{"cursor=%zz"}, twice}) {
    const auto page = owner.read("/changes?" + query);
    EXPECT_EQ(page.at("reset").at("reason"), "malformed") << query;
    const sse_client stream{port(), "/api/v1" + owner.path() + "/events?" + query, owner.api().headers(), {}};
    EXPECT_EQ(stream.wait_for_event("reset").value().at("reason"), "malformed") << query;
  }
}

TEST_F(Changes, EndWithTheSession) {
  team all{port()};
  auto session = all.agent.another_session();
  http_response answer;
  std::thread poller{[&, tab = session.another_tab()]() mutable { answer = tab.get("/changes?wait=30"); }};
  eventually("the poll", [&] { return server().metric("chatmesh_streams") == 1; });
  EXPECT_EQ(session.api().call("DELETE", "/sessions/current").status, 204);
  poller.join();
  EXPECT_EQ(answer.status, 401);
}

}  // namespace chatmesh::test
