// Goal: what other nodes commit reaches every stream here within one comparison of heads, whoever fails to tell of it,
// and costs nothing where nothing happens. Method: as connection_test.cpp; "elsewhere" is a commit that nobody tells.
#include "actors/cluster/head_watch.hpp"
#include "tests/support/actor_fixture.hpp"
#include "tests/support/memory_heads.hpp"

namespace chatmesh::tests {

using domain::frame_kind;

class HeadWatch : public Actors {
protected:
  static constexpr auto one_comparison = 1100ms;  // the interval and the grace, in steps of the clock

  void SetUp() override {
    hub().watch_heads(heads, 1s);
    settle();
  }

  std::vector<std::shared_ptr<recording>> open_in(std::size_t companies) {
    std::vector<std::shared_ptr<recording>> all;
    for (std::size_t i = 0; i < companies; ++i) {
      company = domain::id::make();
      all.push_back(open(member()));
    }
    return all;
  }

  memory_heads heads{log};
};

TEST_F(HeadWatch, BringsWhatWasCommittedElsewhereInOrder) {
  auto s = open(member());
  publish_many(2);
  commit_many(3);
  const auto reads = log.position_reads;
  advance(one_comparison);
  EXPECT_EQ(s->seqs(), (std::vector<std::uint64_t>{1, 2, 3, 4, 5}));
  EXPECT_EQ(log.position_reads, reads) << "the comparison told how far the log reaches";
  publish_many(1);
  EXPECT_EQ(s->seqs().back(), 6U);
  EXPECT_EQ(hub().found_behind(), 1U);
  EXPECT_EQ(heads.told, (std::vector{company})) << "what is remembered of its rights may be over";
}

TEST_F(HeadWatch, BringsMoreThanOnePage) {
  log.page_events = 256;
  auto s = open(member());
  commit_many(1000);
  advance(one_comparison);
  EXPECT_EQ(s->seqs().size(), 1000U);
}

TEST_F(HeadWatch, EndsSessionsThatEndedElsewhereWithoutAnEvent) {
  auto who = member();
  auto s = open(who);
  auto other = open(member());
  end_session(who.session, false);
  EXPECT_FALSE(s->closed);
  advance(one_comparison);
  EXPECT_EQ(s->last(frame_kind::goodbye)["reason"], "session_ended");
  EXPECT_FALSE(other->closed);
}

TEST_F(HeadWatch, SendsNothingAboveAMembershipThatEndedElsewhere) {
  auto who = member();
  auto s = open(who);
  commit({.entity = domain::entity::employee, .action = domain::action::deleted, .object = who.who.employee});
  commit_many(2);
  advance(one_comparison);
  EXPECT_EQ(s->seqs(), (std::vector<std::uint64_t>{1}));
  EXPECT_EQ(s->last(frame_kind::goodbye)["reason"], "membership_ended");
}

TEST_F(HeadWatch, TellsAnotherHistoryByReset) {
  auto s = open(member());
  publish_many(3);
  log.epoch = 0x0badcafe;
  advance(one_comparison);
  EXPECT_EQ(s->last(frame_kind::reset)["reason"], "unknown_epoch");
}

TEST_F(HeadWatch, ReadsNothingOfCompaniesWhereNothingHappened) {
  open(member());
  publish_many(1);
  const auto before = log.position_reads + log.page_reads + log.endings_reads;
  advance(5s);
  EXPECT_GE(heads.asked.size(), 4U);
  EXPECT_EQ(log.position_reads + log.page_reads + log.endings_reads, before);
  EXPECT_EQ(hub().found_behind(), 0U);
}

TEST_F(HeadWatch, LeavesAloneWhatIsOnItsWayFromAWriterHere) {
  auto s = open(member());
  const auto asked = heads.asked.size();
  const auto frame = commit({});
  while (heads.asked.size() == asked)
    advance(10ms);  // less than the grace
  hub().changed(company, log.epoch, {frame});
  settle();
  advance(one_comparison);
  EXPECT_EQ(s->seqs(), (std::vector<std::uint64_t>{1}));
  EXPECT_EQ(log.page_reads, 0);
  EXPECT_EQ(hub().found_behind(), 0U);
}

TEST_F(HeadWatch, AsksOnceForAllCompanies) {
  const auto all = open_in(100);
  const auto asked = heads.asked.size();
  commit_many(1);
  advance(1s);
  EXPECT_EQ(heads.asked.size(), asked + 1);
  EXPECT_EQ(heads.asked.back(), 100U);
  advance(100ms);
  for (const auto& each : all)
    EXPECT_EQ(each->seqs().size(), 1U);
}

TEST_F(HeadWatch, AsksInPiecesOfABoundedSize) {
  const auto all = open_in(actors::head_watch::max_asked + 1);
  const auto asked = heads.asked.size();
  commit_many(1);
  advance(one_comparison);
  ASSERT_GE(heads.asked.size(), asked + 2);
  EXPECT_EQ(heads.asked[asked], actors::head_watch::max_asked);
  EXPECT_EQ(heads.asked[asked + 1], 1U);
  for (const auto& each : all)
    ASSERT_EQ(each->seqs().size(), 1U);
}

TEST_F(HeadWatch, AsksNothingWhereNoCompanyRuns) {
  advance(3s);
  EXPECT_TRUE(heads.asked.empty());
}

TEST_F(HeadWatch, GoesOnWhenTheDatabaseIsBack) {
  auto s = open(member());
  log.failing = true;
  commit_many(1);
  advance(3s);
  EXPECT_TRUE(s->seqs().empty());
  log.failing = false;
  advance(one_comparison);
  EXPECT_EQ(s->seqs(), (std::vector<std::uint64_t>{1}));
}

TEST_F(HeadWatch, HasOneQuestionUnderWayHoweverLongItTakes) {
  open(member());
  const auto asked = heads.asked.size();
  heads.hold = true;
  advance(5s);
  EXPECT_EQ(heads.asked.size(), asked + 1);
  heads.release();
  advance(one_comparison);
  EXPECT_GE(heads.asked.size(), asked + 2);
}

TEST_F(HeadWatch, PlacesAStreamWithoutACursorAtTheRealHead) {
  commit_many(3);
  auto who = member();
  who.head = 1;  // proven a while ago; then another node wrote
  auto s = open(who);
  EXPECT_EQ(s->last(frame_kind::hello)["cursor"], cursor(3));
}

}  // namespace chatmesh::tests
