// Goal: many writers share a commit, and one who is alone never waits. Method: a clock that the test moves; the writer
// itself with a delay so long that waiting it out would fail the test.
#include "persistence/gathering.hpp"
#include "tests/database/database_fixture.hpp"

namespace chatmesh::persistence::test {

namespace {

using namespace std::chrono_literals;

class Gathering : public ::testing::Test {
protected:
  // `count` writes at one distance, of `authors` in turn.
  void arrive(std::size_t count, std::chrono::microseconds apart, std::uint64_t authors) {
    for (std::size_t i = 0; i < count; ++i)
      gather.arrived(1 + i % authors, now += apart);
  }

  gathering gather{3ms};
  gathering::clock::time_point now{1h};
};

}  // namespace

TEST_F(Gathering, WaitsForAsManyAsTheDelayBrings) {
  arrive(100, 1ms, 100);
  EXPECT_EQ(gather.worth_waiting_for(), 4U);
  arrive(100, 500us, 100);
  EXPECT_EQ(gather.worth_waiting_for(), 7U);
}

TEST_F(Gathering, NeverHoldsBackOneWhoIsAlone) {
  arrive(100, 100us, 1);
  EXPECT_EQ(gather.worth_waiting_for(), 1U);
}

TEST_F(Gathering, IsNotMisledByOneBusyWriterAmongFew) {
  for (int i = 0; i < 20; ++i) {
    arrive(50, 1ms, 1);
    gather.arrived(100 + i, now);
  }
  EXPECT_EQ(gather.worth_waiting_for(), 1U);
}

TEST_F(Gathering, WaitsForNoMoreThanThereAre) {
  arrive(100, 10us, 2);
  EXPECT_EQ(gather.worth_waiting_for(), 2U);
  arrive(100, 10us, 1000);
  EXPECT_EQ(gather.worth_waiting_for(), gathering::max_crowd);
}

TEST_F(Gathering, HoldsNothingBackWhereFewWrite) {
  arrive(100, 20ms, 100);
  EXPECT_EQ(gather.worth_waiting_for(), 1U);
}

TEST_F(Gathering, ForgetsARushAndAPauseSoon) {
  arrive(100, 100us, 100);
  arrive(20, 1s, 100);
  EXPECT_EQ(gather.worth_waiting_for(), 1U);
  arrive(20, 1ms, 100);
  EXPECT_GE(gather.worth_waiting_for(), 3U);
}

TEST_F(Gathering, IsOffWithoutDelay) {
  gathering off{0ms};
  for (std::uint64_t i = 0; i < 100; ++i)
    off.arrived(i, now += 1us);
  EXPECT_EQ(off.worth_waiting_for(), 1U);
}

class GatheringWriter : public database_test {
protected:
  // By a writer that has seen nobody yet.
  void hold_commits_back(std::chrono::milliseconds delay) {
    config.commit_delay = delay;
    restart_writer();
  }

  // Shows the writer that it pays: by pairs that met in a commit, at first by chance.
  void learn(const person& one, const person& other) {
    for (int pairs = 0, shared = 0; pairs < 10'000 && shared < 20; ++pairs)
      shared += share_a_commit(one, other) ? 1 : 0;
  }

  // Whether one transaction made both: then they have one time.
  bool share_a_commit(const person& one, const person& other) {
    std::promise<write_outcome> first, second;
    queue().submit(request(one.as_member(), customer_named("A")),
                   [&](write_outcome o) { first.set_value(std::move(o)); });
    queue().submit(request(other.as_member(), customer_named("B")),
                   [&](write_outcome o) { second.set_value(std::move(o)); });
    const auto made_at = [](const write_outcome& o) { return parse(expect_written(o).body).at("created_at"); };
    return made_at(first.get_future().get()) == made_at(second.get_future().get());
  }
};

TEST_F(GatheringWriter, AnswersOneWhoIsAloneAtOnce) {
  const person ann = sign_up_as("Ann", "ann@example.org");
  hold_commits_back(1h);  // longer than any patience
  for (int i = 0; i < 50; ++i)
    add_customer(ann, "Cleo");
}

TEST_F(GatheringWriter, CommitsTwoTogetherOnceItKnowsOfBoth) {
  const person ann = sign_up_as("Ann", "ann@example.org");
  const person bob = sign_up_as("Bob", "bob@example.org", "Other");
  hold_commits_back(1s);  // the one of a pair that comes while the writer learns waits in vain
  learn(ann, bob);
  EXPECT_TRUE(share_a_commit(ann, bob));
}

// They don't follow each other's answer.
TEST_F(GatheringWriter, CommitsTogetherWhatOneSendsSideBySide) {
  const person ann = sign_up_as("Ann", "ann@example.org");
  hold_commits_back(1s);  // the one of a pair that comes while the writer learns waits in vain
  learn(ann, ann);
  EXPECT_TRUE(share_a_commit(ann, ann));
}

}  // namespace chatmesh::persistence::test
