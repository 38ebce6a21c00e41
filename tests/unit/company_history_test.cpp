// Goal: what nobody has told is found where the company looks again, and of another history nothing is sent before its
// reset. Method: as connection_test.cpp.
#include "tests/support/actor_fixture.hpp"

namespace chatmesh::tests {

using domain::frame_kind;

class CompanyHistory : public Actors {};

TEST_F(CompanyHistory, BringsWhatACommitWithoutAnAnswerHasMade) {
  auto s = open(member());
  commit_many(2);  // and nobody is told
  log.failing = true;
  hub().recheck(company);
  advance(1s);
  EXPECT_TRUE(s->seqs().empty());
  log.failing = false;
  advance(1s);
  EXPECT_EQ(s->seqs(), (std::vector<std::uint64_t>{1, 2}));
  publish_many(1);
  EXPECT_EQ(s->seqs(), (std::vector<std::uint64_t>{1, 2, 3}));
}

TEST_F(CompanyHistory, LooksAgainWhenAskedWhileItLooks) {
  auto s = open(member());
  log.hold = true;
  hub().recheck(company);
  settle();
  commit_many(1);  // after what is being read
  hub().recheck(company);
  settle();
  log.release();
  settle();
  EXPECT_EQ(s->seqs(), (std::vector<std::uint64_t>{1}));
}

TEST_F(CompanyHistory, TellsEveryStreamOfAnotherHistoryByReset) {
  auto s = open(member());
  publish_many(3);
  const auto old = cursor(3);
  log.epoch = 0x0badcafe;
  log.frames.resize(2);
  hub().recheck_all();
  settle();
  const auto reset = s->last(frame_kind::reset);
  EXPECT_EQ(reset["reason"], "unknown_epoch");
  EXPECT_EQ(reset["cursor"], "0badcafe-2");
  EXPECT_EQ(s->frames.back()->kind, frame_kind::goodbye) << "it comes back to an actor that knows the new one alone";
  EXPECT_TRUE(s->closed);
  auto back = open(member(old));
  EXPECT_EQ(back->last(frame_kind::reset)["reason"], "unknown_epoch");
  publish_many(1);
  EXPECT_EQ(back->seqs(), (std::vector<std::uint64_t>{3}));
}

TEST_F(CompanyHistory, SendsNoEventOfAnotherHistoryBeforeItsReset) {
  auto s = open(member());
  publish_many(3);
  log.epoch = 0x0badcafe;
  log.frames.resize(2);
  log.hold = true;
  hub().recheck_all();
  settle();
  publish_many(2);  // its first would follow the old head: 4
  log.release();
  settle();
  std::vector<std::uint64_t> before_reset;
  for (const auto& frame : s->frames) {
    if (frame->kind == frame_kind::reset)
      break;
    if (frame->kind == frame_kind::event)
      before_reset.push_back(frame->seq);
  }
  EXPECT_EQ(before_reset, (std::vector<std::uint64_t>{1, 2, 3}));
  EXPECT_EQ(s->last(frame_kind::reset)["reason"], "unknown_epoch");
}

TEST_F(CompanyHistory, NoticesAnotherHistoryWhereverItReads) {
  auto s = open(member());
  publish_many(3);
  const auto old = std::exchange(log.epoch, 0x0badcafe);
  commit_many(2);
  hub().changed(company, old, {log.frames.back()});  // a hole: the log is read
  settle();
  EXPECT_EQ(s->seqs(), (std::vector<std::uint64_t>{1, 2, 3}));
  EXPECT_EQ(s->last(frame_kind::reset)["reason"], "unknown_epoch");
}

TEST_F(CompanyHistory, BelievesNoEndOfAnotherHistory) {
  auto s = open(member());
  hub().ended(company, 0x0badcafe, 1, {domain::id::make()});  // would be the next number here
  settle();
  end_session(domain::id::make(), false);
  publish_many(1);
  EXPECT_EQ(log.endings_reads, 1) << "what ended here is not known yet";
  EXPECT_EQ(s->seqs(), (std::vector<std::uint64_t>{1}));
}

TEST_F(CompanyHistory, SendsNothingOfAnotherHistoryToAStreamThatWasBusyWhenItBegan) {
  auto s = open(member());
  publish_many(3);
  s->blocked = true;
  publish_many(1);
  log.epoch = 0x0badcafe;
  commit_many(2);
  log.hold = true;
  hub().recheck(company);
  settle();
  log.release();
  for (std::size_t i = 0; i < 100; ++i)  // so many that the streams have their turn before the company has read all
    hub().changed(company, log.epoch, {log.frames[5]});
  step();
  unblock(*s);
  EXPECT_EQ(s->seqs(), (std::vector<std::uint64_t>{1, 2, 3, 4}));
  EXPECT_EQ(s->last(frame_kind::reset)["cursor"], "0badcafe-6");
  EXPECT_EQ(s->frames.back()->kind, frame_kind::goodbye);
  EXPECT_TRUE(s->closed);
}

TEST_F(CompanyHistory, IsNotKeptFromItsFirstPositionByWhoeverAsksItToLookAgain) {
  log.hold = true;
  auto s = open(member());
  for (int i = 0; i < 3; ++i) {
    hub().recheck(company);
    settle();
    log.release();
    log.hold = true;
    settle();
  }
  EXPECT_FALSE(s->of(frame_kind::hello).empty());
}

TEST_F(CompanyHistory, HandsOutWhatItHeldWhereAnEndIsToldOnceAReadOfItHasFailed) {
  auto s = open(member());
  const auto other = domain::id::make();
  commit_many(2);
  end_session(other, false);
  log.hold = true;
  hub().changed(company, log.epoch, {log.frames[1]});  // a hole: the page says that something ended
  settle();
  log.failing = true;
  log.release();
  settle();
  EXPECT_TRUE(s->seqs().empty());
  hub().ended(company, log.epoch, log.authority, {other});
  settle();
  EXPECT_EQ(s->seqs(), (std::vector<std::uint64_t>{1, 2}));
}

TEST_F(CompanyHistory, ProvesARightOfAnotherHistoryAnew) {
  commit_many(2);
  auto first = open(member());
  auto who = member();
  who.epoch = 0x0badcafe;
  who.head = 9;
  who.authority = 9;
  auto s = open(who);
  EXPECT_EQ(log.admission_reads, 1);
  EXPECT_EQ(s->last(frame_kind::hello)["cursor"], cursor(2));
  publish_many(1);
  EXPECT_EQ(s->seqs(), (std::vector<std::uint64_t>{3}));
}

TEST_F(CompanyHistory, AsksForNothingThatItIsToldLater) {
  auto first = open(member());
  commit_many(5);
  log.hold = true;
  auto s = open(member(cursor(0)));  // proven at 5, of which nobody has told the company
  coordinator().advance_time(settings.heartbeat + 1s);
  int steps = 0;
  while (step())
    ASSERT_LT(++steps, 1000) << "it pulls what the company does not have yet";
  log.release();
  settle();
  EXPECT_EQ(s->seqs().size(), 5U);
}

}  // namespace chatmesh::tests
