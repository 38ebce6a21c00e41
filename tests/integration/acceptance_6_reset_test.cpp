// A cursor that can't be honoured is told by `reset`: too old, from another epoch, from the future, nonsense, or
// overtaken by pruning in mid-stream.
#include "tests/integration/fixture.hpp"

namespace chatmesh::test {

namespace {

constexpr int kept = 5;

class Acceptance6Reset : public server_test {
protected:
  void SetUp() override {
    with({"--retention.events=" + std::to_string(kept), "--retention.age=0h", "--retention.interval=1s",
          "--limits.streams-per-member=0", "--stream.window-events=1", "--stream.cached-pages=1"});
  }

  // Waits until pruning has taken the event of that cursor. What a company's actor still holds in memory it may go on
  // telling; here it goes as soon as nobody asks it.
  static void wait_until_pruned(member& m, const std::string& cursor) {
    eventually("the end of event " + cursor, [&] {
      const auto page = m.read("/changes?limit=1&cursor=0");
      return page.at("events").at(0).at("seq") > seq_of(cursor);
    });
  }

  static std::string next(const std::string& cursor) {
    return epoch_of(cursor) + "-" + std::to_string(seq_of(cursor) + 1);
  }

  // The stream begins with a hello without id and a reset to the head, and goes on from there.
  static void expect_reset(const sse_client& stream, member& author, const std::string& reason) {
    const auto reset = stream.wait_for_event("reset");
    EXPECT_EQ(reset.value().at("reason"), reason);
    EXPECT_EQ(reset.value().at("snapshot"), "/api/v1" + author.path() + "/snapshot");
    const auto frames = stream.frames();
    EXPECT_EQ(frames.at(0).event, "hello");
    EXPECT_FALSE(frames.at(0).id);
    EXPECT_EQ(frames.at(1).event, "reset");
    const auto marker = mark(author);
    stream.wait_for_id(marker);
    EXPECT_EQ(seq_of(*reset.id) + 1, seq_of(marker));
    EXPECT_EQ(stream.resets(), 1U);
  }
};

}  // namespace

TEST_F(Acceptance6Reset, TooOld) {
  team all{port()};
  const auto old = all.owner.head();
  for (int i = 0; i < 3 * kept; ++i)
    mark(all.owner);
  wait_until_pruned(all.owner, next(old));
  eventually("the end of what is held in memory", [&] {
    const auto page = all.owner.read("/changes?cursor=" + old);
    return page.contains("reset") && page.at("reset").at("reason") == "expired";
  });
  expect_reset(*all.agent.open_stream_from(old), all.owner, "expired");
}

TEST_F(Acceptance6Reset, WhatIsKeptIsStillReplayed) {
  team all{port()};
  std::string last;
  for (int i = 0; i < 3 * kept; ++i)
    last = mark(all.owner);
  const auto epoch = epoch_of(last);
  const auto oldest = seq_of(last) - kept + 1;
  wait_until_pruned(all.owner, epoch + "-" + std::to_string(oldest - 1));
  const auto stream = all.agent.open_stream_from(epoch + "-" + std::to_string(oldest - 1));
  stream->wait_for_id(last);
  EXPECT_EQ(stream->resets(), 0U);
  EXPECT_EQ(stream->events().size(), static_cast<std::size_t>(kept));

  const auto everything = all.agent.open_stream({.cursor = "0"});
  everything->wait_for_id(last);
  EXPECT_EQ(everything->resets(), 0U);
  EXPECT_EQ(everything->wait_for_event("hello").id, epoch + "-" + std::to_string(oldest - 1));
}

TEST_F(Acceptance6Reset, FromAnotherEpoch) {
  team all{port()};
  const auto head = all.owner.head();
  auto other = head;
  other[0] = other[0] == '0' ? '1' : '0';
  expect_reset(*all.agent.open_stream_from(other), all.owner, "unknown_epoch");
}

TEST_F(Acceptance6Reset, FromTheFuture) {
  team all{port()};
  for (const auto ahead : {1, 1'000'000}) {
    const auto head = all.owner.head();
    const auto cursor = epoch_of(head) + "-" + std::to_string(seq_of(head) + static_cast<std::uint64_t>(ahead));
    expect_reset(*all.agent.open_stream_from(cursor), all.owner, "ahead");
  }
}

TEST_F(Acceptance6Reset, Nonsense) {
  team all{port()};
  const auto epoch = epoch_of(all.owner.head());
  for (const auto& cursor : {std::string{"nonsense"}, epoch, epoch + "-", epoch + "-01", epoch + "--1", epoch + "-1x",
                             epoch + "-99999999999999999999999", "00" + epoch + "-1", std::string(2'000, '9'),
                             std::string{"\xF0\x9F\x91\x8B"}})
    expect_reset(*all.agent.open_stream_from(cursor), all.owner, "malformed");
  for (const auto* cursor : {"nonsense", " ", "%", "a&b=c"})
    expect_reset(*all.agent.open_stream({.cursor = cursor}), all.owner, "malformed");
}

TEST_F(Acceptance6Reset, ACutBetweenHelloAndResetStillEndsInReset) {
  team all{port()};
  const auto head = all.owner.head();
  auto other = head;
  other[0] = other[0] == '0' ? '1' : '0';
  bool reset_read = false;
  for (std::size_t cut = 1; !reset_read; ++cut) {
    const auto first = all.agent.open_stream_from(other, {.cut_after = cut});
    first->finish();
    first->drop();
    reset_read = first->resets() > 0;
    if (!reset_read) {
      EXPECT_EQ(first->last_event_id(), other) << cut;
    }
    // One resume for each frame border and some between is enough: before the reset the client's position is the same.
    if (!reset_read && (cut % 16 == 0 || first->frames().size() == 1))
      all.agent.open_stream_from(first->last_event_id())->wait_for_event("reset");
  }
}

TEST_F(Acceptance6Reset, AReaderThatPruningOvertakesInMidStream) {
  constexpr int notes = 300;
  team all{port()};
  const auto customer = all.owner.create("/customers", {{"name", "Grace"}}).object.at("id");
  const auto from = all.owner.head();
  // It takes nothing, so that what the kernel and the company's window hold is soon full and the rest must come from
  // the log.
  const auto stream = all.agent.open_stream_from(from, {.receive_buffer = 4096, .paused = true});
  std::string last;
  for (int i = 0; i < notes; ++i)
    last = all.owner.create("/notes", {{"customer_id", customer}, {"body", std::string(60'000, 'n')}}).cursor;
  wait_until_pruned(all.owner, epoch_of(last) + "-" + std::to_string(seq_of(last) - 2 * kept));

  stream->go_on();
  const auto reset = stream->wait_for_event("reset");
  EXPECT_EQ(reset.value().at("reason"), "expired");
  EXPECT_EQ(reset.id, last);
  const auto marker = mark(all.owner);
  stream->wait_for_id(marker);
  EXPECT_EQ(stream->resets(), 1U);
  EXPECT_LT(stream->events().size(), static_cast<std::size_t>(notes));
}

TEST_F(Acceptance6Reset, LongPollsAreToldToo) {
  team all{port()};
  const auto head = all.owner.head();
  auto other = head;
  other[0] = other[0] == '0' ? '1' : '0';
  const auto ahead = epoch_of(head) + "-" + std::to_string(seq_of(head) + 7);
  for (const auto& [cursor, reason] :
       {std::pair{other, "unknown_epoch"}, {ahead, "ahead"}, {std::string{"x"}, "malformed"}}) {
    const auto page = all.agent.read("/changes?cursor=" + cursor);
    EXPECT_EQ(page.at("reset").at("reason"), reason);
    EXPECT_EQ(page.at("cursor"), head);
    EXPECT_TRUE(page.at("events").empty());
  }
}

}  // namespace chatmesh::test
