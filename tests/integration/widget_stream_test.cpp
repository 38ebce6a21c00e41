// A customer's own stream (protocol §3, §4): its messages and who types to it, nothing of anybody else.
#include "tests/integration/fixture.hpp"

#include <csignal>
#include <memory>
#include <set>

namespace chatmesh::test {

namespace {

class WidgetStream : public server_test {
protected:
  visitor come(member& to, const std::string& name) { return {port(), to.read("").at("widget_key"), {{"name", name}}}; }

  static written answer(member& from, const visitor& to, const std::string& body) {
    return from.create("/messages", {{"customer_id", to.customer_id()}, {"body", body}});
  }

  // The frame that tells of that message's body; waits for it.
  static sse_frame heard_message(const sse_client& stream, const std::string& body) {
    return stream.wait_for("message " + body, [&](const sse_frame& f) {
      return f.event.starts_with("message.") && f.value().at("object").at("body") == body;
    });
  }

  static std::vector<std::string> bodies(const sse_client& stream) {
    std::vector<std::string> all;
    for (const auto& frame : stream.frames())
      if (frame.event == "message.created")
        all.push_back(frame.value().at("object").at("body"));
    return all;
  }
};

using strings = std::vector<std::string>;

}  // namespace

TEST_F(WidgetStream, TellsItsOwnMessagesCompleteAndNothingElse) {
  team all{port()};
  auto grace = come(all.owner, "Grace"), other = come(all.owner, "Other");
  const auto stream = grace.open_stream();
  const auto hello = stream->wait_for_event("hello").value();
  EXPECT_TRUE(hello.at("employee_id").is_null());
  EXPECT_EQ(hello.at("resumed"), false);

  answer(all.agent, other, "secret of another");
  all.agent.create("/notes", {{"customer_id", grace.customer_id()}, {"body", "secret note"}});
  all.agent.merge("/customers/" + grace.customer_id(), {{"organization", "secret organization"}});
  all.owner.merge("/employees/" + all.agent.employee_id(), {{"phone", "secret phone"}});
  const auto open_member = all.agent.another_tab().open_stream();  // presence, for members
  other.say("secret of another");
  const auto made = answer(all.agent, grace, "Hello");
  const auto path = "/messages/" + made.object.at("id").get<std::string>();
  const auto changed = all.agent.merge(path, {{"body", "Hello!"}});
  all.agent.remove(path);
  answer(all.agent, grace, "last");

  heard_message(*stream, "last");
  strings types;
  for (const auto& frame : stream->frames())
    types.push_back(frame.event);
  EXPECT_EQ(types, (strings{"hello", "message.created", "message.updated", "message.deleted", "message.created"}));
  const auto first = heard_message(*stream, "Hello").value();
  EXPECT_EQ(first.at("object"), made.object);
  EXPECT_EQ(first.at("by"), all.agent.by());
  EXPECT_EQ(heard_message(*stream, "Hello!").value().at("object"), changed.object);
  EXPECT_EQ(stream->body().find("secret"), std::string::npos) << stream->body();
}

TEST_F(WidgetStream, TellsTheCustomersOtherTabsWhatItSaid) {
  auto owner = sign_up(port(), "Acme", "Ada");
  auto grace = come(owner, "Grace");
  const auto same = grace.open_stream({.client = "tab1"}), another = grace.open_stream({.client = "tab2"});
  grace.api().client = "tab1";
  grace.say("from the first tab");
  answer(owner, grace, "end");
  heard_message(*same, "end");
  heard_message(*another, "end");
  EXPECT_EQ(bodies(*same), strings{"end"});
  EXPECT_EQ(bodies(*another), (strings{"from the first tab", "end"}));
}

TEST_F(WidgetStream, ResumesWhereItEnded) {
  auto owner = sign_up(port(), "Acme", "Ada");
  auto grace = come(owner, "Grace"), other = come(owner, "Other");
  auto stream = grace.open_stream();
  answer(owner, grace, "1");
  heard_message(*stream, "1");
  const auto cursor = stream->last_event_id();
  stream->drop();
  for (int i = 0; i < 600; ++i)  // more than a page of the log
    mark(owner);
  answer(owner, other, "x");
  answer(owner, grace, "2");
  grace.say("3");
  for (const auto& options : {stream_options{.cursor = cursor}, stream_options{.last_event_id = cursor}}) {
    stream = grace.open_stream(options);
    EXPECT_EQ(stream->wait_for_event("hello").value().at("resumed"), true);
    answer(owner, grace, "end");
    heard_message(*stream, "end");
    EXPECT_EQ(bodies(*stream).front(), "2");
    EXPECT_EQ(bodies(*stream).at(1), "3");
    EXPECT_EQ(stream->resets(), 0U);
  }
  EXPECT_EQ(server().terminate(), 0);
  server().start();
  owner.api().http().close();
  stream = grace.open_stream({.cursor = cursor});
  heard_message(*stream, "end");
  EXPECT_EQ(bodies(*stream), (strings{"2", "3", "end", "end"})) << "a seal outlives a restart";
  const auto everything = grace.open_stream({.last_event_id = "0"});
  heard_message(*everything, "end");
  EXPECT_EQ(bodies(*everything).front(), "1");
}

TEST_F(WidgetStream, TakesNoCursorOfAnother) {
  auto owner = sign_up(port(), "Acme", "Ada");
  auto grace = come(owner, "Grace"), other = come(owner, "Other");
  const auto stream = other.open_stream();
  answer(owner, other, "x");
  heard_message(*stream, "x");
  for (const auto& cursor : {stream->last_event_id(), owner.head(), std::string{"nonsense"}}) {
    const auto refused = grace.open_stream({.cursor = cursor});
    const auto reset = refused->wait_for_event("reset").value();
    EXPECT_EQ(reset.at("reason"), "malformed");
    EXPECT_EQ(reset.at("snapshot"), "/api/v1/widget/messages");
    EXPECT_FALSE(refused->wait_for_event("hello").id);
    answer(owner, grace, "goes on after " + cursor);
    heard_message(*refused, "goes on after " + cursor);
  }
}

TEST_F(WidgetStream, TellsOfTheTypingOfEmployeesToItself) {
  auto owner = sign_up(port(), "Acme", "Ada");
  auto grace = come(owner, "Grace"), other = come(owner, "Other");
  const auto stream = grace.open_stream();
  EXPECT_EQ(grace.api().call("POST", "/widget/typing").status, 204);
  owner.post("/typing", json{{"customer_id", other.customer_id()}});
  owner.post("/typing", json{{"customer_id", grace.customer_id()}});
  const auto typing = stream->wait_for_event("typing").value();
  EXPECT_EQ(typing, (json{{"customer_id", grace.customer_id()}, {"by", owner.by()}}));
  answer(owner, grace, "end");
  heard_message(*stream, "end");
  EXPECT_EQ(heard(*stream, "typing").size(), 1U);
}

TEST_F(WidgetStream, HasHeartbeatsThoughOthersKeepTheCompanyBusy) {
  with({"--stream.heartbeat=1s", "--stream.skip-delay=100ms"});
  auto owner = sign_up(port(), "Acme", "Ada");
  auto grace = come(owner, "Grace");
  const auto quiet = grace.open_stream();
  EXPECT_EQ(names_of(quiet->wait_for_event("heartbeat").value()), strings{"at"});
  const auto busy = grace.open_stream();
  eventually("a heartbeat between the others' events", [&] {
    mark(owner);
    return !heard(*busy, "heartbeat").empty();
  });
}

TEST_F(WidgetStream, EndsWithItsCustomerItsCompanyAndTheServer) {
  team all{port()};
  auto gone = come(all.owner, "Gone"), stays = come(all.owner, "Stays");
  const auto first = gone.open_stream(), second = gone.open_stream(), other = stays.open_stream();
  // Somebody's text is not mistaken for the deletion.
  all.owner.merge("/customers/" + gone.customer_id(), {{"attributes", {{"type", "customer.deleted"}}}});
  answer(all.owner, gone, "still here");
  heard_message(*first, "still here");
  all.owner.remove("/customers/" + gone.customer_id());
  EXPECT_EQ(farewell(*first), "session_ended");
  EXPECT_EQ(farewell(*second), "session_ended");
  EXPECT_THROW(gone.open_stream(), format_error);
  answer(all.owner, stays, "lives");
  heard_message(*other, "lives");
  all.owner.remove("");
  EXPECT_EQ(farewell(*other), "company_deleted");
  EXPECT_THROW(stays.open_stream(), format_error);

  auto owner = sign_up(port(), "Other", "Olga");
  const auto last = come(owner, "Last").open_stream();
  server().signal(SIGTERM);
  EXPECT_EQ(farewell(*last), "draining");
  EXPECT_EQ(server().wait(), 0);
}

TEST_F(WidgetStream, EndsWhenItsTokenExpires) {
  with({"--auth.widget-life=4s"});
  auto owner = sign_up(port(), "Acme", "Ada");
  auto grace = come(owner, "Grace");
  EXPECT_EQ(farewell(*grace.open_stream()), "session_expired");
  EXPECT_EQ(grace.api().call("GET", "/widget/messages").status, 401);
}

TEST_F(WidgetStream, EndsWithItsTokenAlone) {
  auto owner = sign_up(port(), "Acme", "Ada");
  auto first = come(owner, "Grace");
  const auto key = owner.read("").at("widget_key").get<std::string>();
  const auto stream = first.open_stream();
  std::vector<visitor> later;
  for (int i = 0; i < 16; ++i)
    later.emplace_back(port(), key,
                       json{{"customer_token", later.empty() ? first.api().token : later.back().api().token}});
  const auto kept = later.back().open_stream();
  answer(owner, first, "for those who stay");
  EXPECT_EQ(farewell(*stream), "session_ended");
  EXPECT_EQ(first.api().call("GET", "/widget/messages").status, 401);
  heard_message(*kept, "for those who stay");
  EXPECT_EQ(bodies(*stream), strings{});
}

TEST_F(WidgetStream, GoesOnFromItsList) {
  auto owner = sign_up(port(), "Acme", "Ada");
  auto grace = come(owner, "Grace");
  answer(owner, grace, "listed");
  const auto list = grace.api().call("GET", "/widget/messages").value();
  EXPECT_EQ(list.at("items").size(), 1U);
  answer(owner, grace, "streamed");
  const auto stream = grace.open_stream({.cursor = list.at("cursor").get<std::string>()});
  heard_message(*stream, "streamed");
  EXPECT_EQ(bodies(*stream), strings{"streamed"});
  EXPECT_EQ(stream->resets(), 0U);
}

TEST_F(WidgetStream, TellsNothingOfPrograms) {
  auto owner = sign_up(port(), "Acme", "Ada");
  auto grace = come(owner, "Grace");
  const auto stream = grace.open_stream();
  api_client program{port()};
  program.token = owner.post("/api_tokens", json{{"name", "secret name"}, {"role", "admin"}}).value().at("token");
  const auto path = owner.path();
  const json about{{"customer_id", grace.customer_id()}, {"body", "by a program"}};
  EXPECT_EQ(program.call("POST", path + "/messages", about).status, 201);
  EXPECT_EQ(program.call("POST", path + "/typing", json{{"customer_id", grace.customer_id()}}).status, 204);
  const auto said = grace.say("mine").object.at("id").get<std::string>();
  EXPECT_EQ(program.call("DELETE", path + "/messages/" + said).status, 204);
  EXPECT_EQ(heard_message(*stream, "by a program").value().at("by"), owner.by());
  const json nobody{{"kind", "system"}, {"id", nullptr}, {"name", ""}};
  EXPECT_EQ(stream->wait_for_event("typing").value().at("by"), nobody);
  EXPECT_EQ(stream->wait_for_event("message.deleted").value().at("by"), nobody) << "its author did not do it";
  EXPECT_EQ(stream->body().find("secret"), std::string::npos) << stream->body();
}

TEST_F(WidgetStream, IsNobodysPresenceAndCountsForItsCustomerAlone) {
  with({"--limits.streams-per-member=2"});
  auto owner = sign_up(port(), "Acme", "Ada");
  auto grace = come(owner, "Grace"), other = come(owner, "Other");
  const auto first = grace.open_stream(), second = grace.open_stream();
  EXPECT_EQ(owner.read("/presence").at("online"), json::array());
  EXPECT_EQ(farewell(*grace.open_stream()), "too_many_streams");
  const auto others = other.open_stream();
  answer(owner, grace, "x");
  answer(owner, other, "y");
  heard_message(*second, "x");
  heard_message(*others, "y");
}

TEST_F(WidgetStream, IsOpenToPagesOfTheCompanysOriginsOnly) {
  auto owner = sign_up(port(), "Acme", "Ada");
  owner.merge("", {{"widget_origins", {"https://shop.example"}}});
  auto grace = come(owner, "Grace");
  const auto allowed = [&](const std::string& origin) {
    const auto stream = grace.open_stream({.headers = {{"Origin", origin}}});
    EXPECT_EQ(stream->head().header("Vary"), "Origin");
    EXPECT_FALSE(stream->head().header("Access-Control-Allow-Credentials"));
    return stream->head().header("Access-Control-Allow-Origin").value_or("");
  };
  EXPECT_EQ(allowed("https://shop.example"), "https://shop.example");
  EXPECT_EQ(allowed("https://evil.example"), "");
  const auto cookie = api_client{port()}.call("GET", "/widget/events", {},
                                              {{"Cookie", "chatmesh_session=" + owner.token()}});
  EXPECT_EQ(cookie.status, 401) << "a widget's route goes by Authorization alone";
}

}  // namespace chatmesh::test
