// Goal: events that are known to follow each other leave in one piece, and none waits for what does not come. Method:
// as connection_test.cpp; enough streams of one company that gathering pays.
#include "actors/batch.hpp"
#include "tests/support/actor_fixture.hpp"

namespace chatmesh::tests {

namespace {

class Relay : public Actors {
protected:
  static constexpr std::size_t many = 64;

  void SetUp() override {
    settings.streams_per_member = 0;
    settings.linger = 50ms;
  }

  void open_streams(std::size_t count) {
    const auto who = member();
    for (std::size_t i = 0; i < count; ++i)
      streams_.push_back(open(who));
  }

  // Commits and tells an event; `more` are said to come.
  void tell(bool more) {
    hub().changed(company, log.epoch, {commit({})}, more);
    settle();
  }

  void expect_all(std::vector<std::uint64_t> seqs) const {
    for (const auto& each : streams_)
      ASSERT_EQ(each->seqs(), seqs);
  }

  std::vector<std::shared_ptr<recording>> streams_;
};

}  // namespace

TEST_F(Relay, GathersWhatIsKnownToFollow) {
  open_streams(many);
  for (const auto& each : streams_)
    each->largest_send = 0;
  tell(true);
  tell(true);
  expect_all({});
  tell(false);
  expect_all({1, 2, 3});
  for (const auto& each : streams_)
    EXPECT_EQ(each->largest_send, 3U);
}

TEST_F(Relay, WaitsThreeLingersAtMostForWhatDoesNotCome) {
  open_streams(many);
  tell(true);
  advance(100ms);
  expect_all({});
  advance(50ms);
  expect_all({1});
  tell(false);
  expect_all({1, 2});
}

TEST_F(Relay, GathersNoMoreThanABatchHolds) {
  open_streams(many);
  for (std::size_t i = 0; i < actors::batch::max_events; ++i)
    tell(true);
  EXPECT_EQ(streams_.back()->seqs().size(), actors::batch::max_events);
}

TEST_F(Relay, WaitsForNothingWhereGatheringDoesNotPay) {
  open_streams(many - 1);
  tell(true);
  expect_all({1});
}

TEST_F(Relay, NeverWaitsWhereThatIsTurnedOff) {
  settings.linger = 0ms;
  open_streams(many);
  tell(true);
  expect_all({1});
}

}  // namespace chatmesh::tests
