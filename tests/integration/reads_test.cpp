// How far one has read: told to all of one's own clients, however they listen, and to nobody else.
#include "tests/integration/fixture.hpp"

namespace chatmesh::test {

namespace {

class ReadMarks : public server_test {
protected:
  struct conversation {
    std::string customer;
    std::vector<std::string> messages;
    std::string path() const { return "/customers/" + customer + "/read"; }
  };

  static conversation converse(member& who, int messages = 2) {
    conversation made{who.create("/customers", {{"name", "Grace"}}).object.at("id"), {}};
    for (int i = 0; i < messages; ++i)
      made.messages.push_back(who.create("/messages", {{"customer_id", made.customer}, {"body", "x"}}).object.at("id"));
    return made;
  }

  static written mark(member& who, const conversation& of, std::size_t message) {
    return who.replace(of.path(), {{"message_id", of.messages.at(message)}});
  }
};

}  // namespace

TEST_F(ReadMarks, ReachOnesOwnClientsAndSkipAllOthers) {
  team all{port()};
  program key{all.owner, "key", "owner"};
  auto tab = all.agent.another_tab(), elsewhere = all.agent.another_session();
  const auto own = all.agent.open_stream(), other_tab = tab.open_stream(), other_session = elsewhere.open_stream();
  const auto colleague = all.admin.open_stream(), of_program = key.open_stream();
  const auto talk = converse(all.owner);
  const auto first = mark(all.agent, talk, 0), second = mark(all.agent, talk, 1);
  EXPECT_EQ(names_of(first.object), (std::vector<std::string>{"company_id", "created_at", "customer_id", "employee_id",
                                                              "id", "message_id", "updated_at", "version"}));
  for (const auto* stream : {other_tab.get(), other_session.get()}) {
    expect_event(*stream, first.cursor, "read.created", first.object, all.agent.by());
    expect_event(*stream, second.cursor, "read.updated", second.object, all.agent.by());
  }
  for (const auto* stream : {own.get(), colleague.get(), of_program.get()}) {
    expect_skipped(*stream, first.cursor);
    expect_skipped(*stream, second.cursor);
    EXPECT_EQ(stream->body().find("read."), std::string::npos) << "not a word of it";
  }
}

TEST_F(ReadMarks, AreNobodyElsesWhateverIsAskedFor) {
  team all{port()};
  program key{all.admin, "key"};
  const auto talk = converse(all.owner, 40);
  visitor guest{port(), all.owner.read("").at("widget_key"), {{"name", "Guest"}}};
  const auto of_guest = guest.open_stream();
  const auto before = all.owner.head();
  const auto colleague = all.agent.open_stream({.types = "read"}), of_program = key.open_stream({.types = "read"});
  std::string last;
  for (std::size_t i = 0; i < talk.messages.size(); ++i)  // a burst, more than is gathered at once
    last = mark(all.admin, talk, i).cursor;
  expect_skipped(*colleague, last);
  expect_skipped(*of_program, last);
  EXPECT_TRUE(colleague->events().empty());
  EXPECT_TRUE(of_program->events().empty()) << "nor a program's that its employee made";
  for (member* reader : {&all.agent, static_cast<member*>(&key)}) {
    const auto polled = reader->read("/changes?types=read,message&limit=1&cursor=" + before);
    EXPECT_EQ(polled.at("events"), json::array());
    EXPECT_EQ(polled.at("cursor"), last);
  }
  guest.say("Hello");
  of_guest->wait_for_event("message.created");
  EXPECT_EQ(of_guest->body().find("read."), std::string::npos);
}

TEST_F(ReadMarks, EndWithTheirCustomerAndAreReplayedUpToThere) {
  team all{port()};
  const auto talk = converse(all.owner);
  const auto before = all.owner.head();
  const auto made = mark(all.agent, talk, 0);
  const auto end = all.owner.remove("/customers/" + talk.customer);
  auto tab = all.agent.another_tab();
  const auto own = tab.open_stream_from(before), colleague = all.admin.open_stream_from(before);
  expect_event(*own, made.cursor, "read.created", made.object, all.agent.by());
  EXPECT_EQ(own->wait_for_id(end).event, "customer.deleted");
  colleague->wait_for_id(end);
  expect_skipped(*colleague, made.cursor);
  EXPECT_EQ(all.agent.read("/reads").at("items"), json::array());
  EXPECT_EQ(all.agent.read("/snapshot").at("reads"), json::array());
  EXPECT_EQ(all.agent.put(talk.path(), {{"message_id", talk.messages[1]}}).status, 404);
}

TEST_F(ReadMarks, AreReplayedAndPolledByTheSameRule) {
  team all{port()};
  const auto talk = converse(all.owner);
  const auto before = all.owner.head();
  const auto made = mark(all.agent, talk, 1);
  const auto after = mark(all.admin, talk, 0);
  auto tab = all.agent.another_tab();
  const auto stream = tab.open_stream_from(before);
  expect_event(*stream, made.cursor, "read.created", made.object, all.agent.by());
  expect_skipped(*stream, after.cursor);
  const auto polled = tab.read("/changes?cursor=" + before);
  ASSERT_EQ(polled.at("events").size(), 1U);
  EXPECT_EQ(polled.at("events").at(0).at("object"), made.object);
  EXPECT_EQ(all.owner.read("/changes?cursor=" + before).at("events"), json::array());
  EXPECT_EQ(all.owner.read("/changes?cursor=" + before).at("skips").size(), 1U);
  const auto unwanted = tab.open_stream_from(before, {.types = "customer"});
  expect_skipped(*unwanted, made.cursor);
}

TEST_F(ReadMarks, StandInSnapshotAndLists) {
  team all{port()};
  const auto talk = converse(all.owner), silent = converse(all.owner, 1);
  const auto made = mark(all.agent, talk, 0);
  EXPECT_EQ(all.agent.read("/snapshot").at("reads"), json::array({made.object}));
  EXPECT_EQ(all.admin.read("/snapshot").at("reads"), json::array());
  program key{all.owner, "key"};
  EXPECT_EQ(key.read("/snapshot").at("reads"), json::array());
  EXPECT_EQ(all.agent.read("/reads").at("items"), json::array({made.object}));
  EXPECT_EQ(all.agent.read("/reads?customer_id=" + silent.customer).at("items"), json::array());
  const auto page = all.agent.read("/customers?include=reads,messages");
  EXPECT_EQ(page.at("reads"), json::array({made.object}));
  EXPECT_EQ(page.at("messages").size(), 2U);
  EXPECT_EQ(key.read("/customers?include=reads").at("reads"), json::array());
  EXPECT_FALSE(all.agent.read("/customers").contains("reads"));
}

TEST_F(ReadMarks, DoNotMoveBackNorChangeWhatTheyAreAskedFor) {
  team all{port()};
  const auto talk = converse(all.owner);
  const auto made = mark(all.agent, talk, 1);
  const auto again = all.agent.put(talk.path(), {{"message_id", talk.messages[0]}});
  EXPECT_EQ(again.status, 200);
  EXPECT_EQ(again.value(), made.object);
  EXPECT_EQ(again.cursor(), "");
  EXPECT_EQ(again.header("ETag"), made.etag);
  EXPECT_EQ(all.agent.put(talk.path(), made.object).value(), made.object) << "what was read can be sent back";
}

TEST_F(ReadMarks, SayWhatIsWrong) {
  team all{port()};
  const auto talk = converse(all.owner), other = converse(all.owner);
  const auto of_another = all.agent.put(talk.path(), {{"message_id", other.messages[0]}});
  EXPECT_EQ(of_another.status, 422);
  EXPECT_EQ(of_another.value().at("errors").at(0).at("pointer"), "/message_id");
  EXPECT_EQ(all.agent.put(talk.path(), json::object()).status, 422);
  EXPECT_EQ(all.agent.put("/customers/none/read", {{"message_id", talk.messages[0]}}).status, 404);
  auto stranger = sign_up(port(), "Other", "Sam");
  EXPECT_EQ(stranger.api().call("PUT", all.agent.path() + talk.path(), json{{"message_id", talk.messages[0]}}).status,
            404);
  program key{all.owner, "key", "owner"};
  const auto refused = key.put(talk.path(), {{"message_id", talk.messages[0]}});
  EXPECT_EQ(refused.status, 403);
  EXPECT_NE(refused.value().at("detail").get<std::string>().find("no employee"), std::string::npos);
  EXPECT_EQ(key.get("/reads").status, 403);
}

TEST_F(ReadMarks, AreNotForTheAuditTrail) {
  team all{port()};
  const auto talk = converse(all.owner);
  mark(all.agent, talk, 0);
  const auto trail = all.owner.read("/audit").at("items");
  EXPECT_FALSE(trail.empty());
  for (const auto& entry : trail)
    EXPECT_NE(entry.at("entity"), "read");
  EXPECT_EQ(all.owner.get("/audit?entity=read").status, 400);
}

}  // namespace chatmesh::test
