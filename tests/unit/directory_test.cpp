// Goal: a company runs while somebody needs it, hears of its own events alone, and all end in order. Method: as
// connection_test.cpp.
#include "tests/support/actor_fixture.hpp"

#include <set>

namespace chatmesh::tests {

using domain::frame_kind;

class Directory : public Actors {};

TEST_F(Directory, LetsAnIdleCompanyGoAndMakesItAnew) {
  auto s = open(member());
  s->on->on_closed();
  advance(settings.idle - 1s);
  EXPECT_EQ(hub().companies(), 1U);
  advance(3s);
  EXPECT_EQ(hub().companies(), 0U);
  commit_many(3);
  auto again = open(member(cursor(0)));
  EXPECT_EQ(hub().companies(), 1U);
  EXPECT_EQ(again->seqs().size(), 3U);
}

TEST_F(Directory, KeepsCompaniesApart) {
  auto s = open(member());
  auto frame = commit({});
  hub().changed(domain::id::make(), log.epoch, {frame});
  settle();
  EXPECT_TRUE(s->seqs().empty());
}

TEST_F(Directory, SaysGoodbyeToAllWithASlotEachAndEnds) {
  std::vector<std::shared_ptr<recording>> all;
  for (int i = 0; i < 19; ++i)
    all.push_back(open(member()));
  auto stalled = open(member(), true);
  hub().close({.per_second = 2, .longest = 1min});
  settle();
  std::set<std::uint64_t> slots;
  for (const auto& s : all) {
    EXPECT_EQ(s->last(frame_kind::goodbye)["reason"], "draining");
    slots.insert(s->last(frame_kind::goodbye)["retry_ms"].get<std::uint64_t>());
  }
  EXPECT_EQ(slots.size(), all.size()) << "20 streams come back within 10 s, each half a second after another";
  for (const auto slot : slots)
    EXPECT_EQ(slot % 500, 0U);
  EXPECT_GE(*slots.begin(), 1'000U);
  EXPECT_LT(*slots.rbegin(), 11'000U);
  EXPECT_EQ(hub().connections(), 1U);
  advance(6s);  // a peer that takes nothing is not waited for
  EXPECT_EQ(hub().connections(), 0U);
  EXPECT_EQ(hub().companies(), 0U);
  auto late = open(member());
  EXPECT_EQ(late->last(frame_kind::goodbye)["reason"], "draining");
  EXPECT_LT(late->last(frame_kind::goodbye)["retry_ms"], 11'000U);
}

TEST_F(Directory, LetsNoCompanyGoThatIsAboutToBeAskedWhoIsOnline) {
  auto s = open(member());
  s->on->on_closed();
  settle();
  coordinator().advance_time(settings.idle + 1s);
  step();  // it asks to go
  std::optional<std::vector<domain::id>> answer;
  hub().presence(company, [&](auto online) { answer = std::move(online); });
  settle();
  EXPECT_TRUE(answer);
  EXPECT_EQ(hub().companies(), 1U);
  advance(settings.idle + 1s);
  EXPECT_EQ(hub().companies(), 0U);
}

}  // namespace chatmesh::tests
