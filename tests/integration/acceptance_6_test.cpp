// Drop the connection at any byte and come back with `Last-Event-ID`: nothing missing, nothing twice.
#include "tests/integration/fixture.hpp"
#include "tests/integration/seed.hpp"

namespace chatmesh::test {

namespace {

class Acceptance6 : public server_test {};

// What a client is told that reads `cut` bytes, loses the connection and comes back. Answers whether the cut came
// before the head was told.
bool told_in_two_parts(const member& reader, const std::string& from, std::size_t cut, std::uint64_t head) {
  const auto first = reader.open_stream_from(from, {.cut_after = cut});
  first->finish();
  first->drop();
  const auto second = reader.open_stream_from(first->last_event_id());
  second->wait_for_position(head);

  told_once told;
  told.take(*first);
  const bool complete = told.contains(head);
  told.take(*second);
  told.require_all(seq_of(from) + 1, head);
  EXPECT_EQ(first->resets() + second->resets(), 0U);
  return !complete;
}

}  // namespace

TEST_F(Acceptance6, ADropAtAnyByteLosesAndRepeatsNothing) {
  with({"--limits.streams-per-member=0"});
  team all{port()};
  const auto from = all.owner.head();
  mark(all.owner, "First");
  mark(all.agent, "The reader's own");
  mark(all.agent, "Another of its own");
  const auto head = seq_of(mark(all.admin, "Last"));

  // A random sample of the bytes, each run another: a cut costs two connections, and the story has thousands of bytes.
  SCOPED_TRACE(seed_note());
  random_engine random{test_seed()};
  constexpr std::size_t mean_step = 10;
  std::size_t cut = 1;
  while (told_in_two_parts(all.agent, from, cut, head))
    cut += 1 + random_below(random, 2 * mean_step);
  EXPECT_GT(cut, 1'000U) << "two events, a hello and a skip are longer than that";
}

TEST_F(Acceptance6, AClientThatIsDroppedAgainAndAgainWhileOthersWriteMissesNothing) {
  constexpr int rounds = 30;
  team all{port()};
  auto cursor = all.agent.head();
  const auto from = seq_of(cursor);
  told_once told;
  std::string last;
  for (int i = 0; i < rounds; ++i) {
    const auto stream = all.agent.open_stream_from(cursor);
    mark(all.owner, "Live " + std::to_string(i));
    if (i % 3 == 0)
      stream->wait_for_position(seq_of(cursor) + 1);
    if (i % 2 == 0)
      stream->drop();
    else
      stream->reset_connection();
    last = mark(all.admin, "While away " + std::to_string(i));
    told.take(*stream);
    cursor = stream->last_event_id();
  }
  const auto stream = all.agent.open_stream_from(cursor);
  stream->wait_for_id(last);
  told.take(*stream);
  told.require_all(from + 1, seq_of(last));
}

TEST_F(Acceptance6, AResumeTellsWhereItGoesOn) {
  team all{port()};
  const auto cursor = all.owner.head();
  const auto made = all.owner.create("/customers", full_customer("Grace", all.owner.employee_id()));
  for (const auto& options : {stream_options{.cursor = cursor}, stream_options{.last_event_id = cursor},
                              stream_options{.cursor = "nonsense", .last_event_id = cursor}}) {
    const auto stream = all.agent.open_stream(options);
    const auto hello = stream->wait_for_event("hello");
    EXPECT_EQ(hello.id, cursor);
    EXPECT_EQ(hello.value().at("resumed"), true);
    EXPECT_EQ(hello.value().at("head"), seq_of(made.cursor));
    expect_event(*stream, made.cursor, "customer.created", made.object, all.owner.by());
  }
  const auto fresh = all.agent.open_stream()->wait_for_event("hello");
  EXPECT_EQ(fresh.id, made.cursor);
  EXPECT_EQ(fresh.value().at("resumed"), false);
}

TEST_F(Acceptance6, CursorZeroReplaysAllThatIsKept) {
  team all{port()};
  const auto marker = mark(all.owner);
  for (const auto& options : {stream_options{.cursor = "0"}, stream_options{.last_event_id = "0"}}) {
    const auto stream = all.agent.open_stream(options);
    stream->wait_for_id(marker);
    EXPECT_EQ(stream->wait_for_event("hello").id, epoch_of(marker) + "-0");
    EXPECT_EQ(stream->events().size(), seq_of(marker));
    EXPECT_EQ(stream->resets(), 0U);
  }
}

TEST_F(Acceptance6, OwnWritesStaySuppressedInAReplayAndAnothersWithTheSameClientDoNot) {
  team all{port()};
  const auto from = all.owner.head();
  const auto own = mark(all.agent, "Own");
  auto other_tab = all.agent.another_tab();
  const auto at_other_tab = mark(other_tab, "Own, elsewhere");
  all.owner.api().client = all.agent.client();
  const auto impostor = all.owner.create("/customers", {{"name", "Another author with the same client"}});
  auto nameless = all.agent.another_tab();
  nameless.api().client.clear();
  const auto without_client = mark(nameless, "Own, without a client");

  const auto replayed = all.agent.open_stream_from(from);
  replayed->wait_for_id(without_client);
  expect_skipped(*replayed, own);
  replayed->wait_for_id(at_other_tab);
  expect_event(*replayed, impostor.cursor, "customer.created", impostor.object, all.owner.by());

  // A client that has no token has no own writes.
  header_list bare{{"Authorization", "Bearer " + all.agent.token()}};
  const sse_client stream{port(), "/api/v1" + all.agent.path() + "/events", bare, {.last_event_id = from}};
  stream.wait_for_id(without_client);
  stream.wait_for_id(own);
}

TEST_F(Acceptance6, OwnWritesStaySuppressedAfterARestart) {
  team all{port()};
  const auto from = all.owner.head();
  const auto own = mark(all.agent, "Own");
  EXPECT_EQ(server().terminate(), 0);
  server().start();
  all.owner.api().http().close();
  const auto marker = mark(all.owner);
  const auto stream = all.agent.open_stream_from(from);
  stream->wait_for_id(marker);
  expect_skipped(*stream, own);
}

}  // namespace chatmesh::test
