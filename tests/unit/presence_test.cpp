#include "actors/presence.hpp"
#include "actors/typing_gate.hpp"

#include <gtest/gtest.h>

namespace chatmesh::tests {

using namespace std::chrono_literals;
using time_point = actors::presence::clock_time;

TEST(Presence, TellsNothingOfAnEmployeeWhoCameAndWentUntold) {
  actors::presence p{1s};
  const auto ada = domain::id::make();
  const time_point start{};
  p.opened(ada);
  p.closed(ada, start);
  EXPECT_EQ(p.next_due(), start + 1s);
  EXPECT_TRUE(p.take_changes(start + 2s).empty());
  EXPECT_TRUE(p.online().empty());
}

TEST(Presence, KeepsAnEmployeeOnlineWhoComesBackInGrace) {
  actors::presence p{10s};
  const auto ada = domain::id::make();
  const time_point start{};
  p.opened(ada);
  ASSERT_EQ(p.take_changes(start).size(), 1U);
  p.closed(ada, start);
  p.opened(ada);
  EXPECT_FALSE(p.next_due());
  EXPECT_TRUE(p.take_changes(start + 60s).empty());
  EXPECT_EQ(p.streams(ada), 1U);
}

TEST(Presence, AnEmployeeIsOnlineWhileAnyNodeHasAStream) {
  actors::presence p{10s};
  const auto ada = domain::id::make();
  const time_point start{};
  p.opened_elsewhere(1, ada);
  p.opened_elsewhere(1, ada);  // told twice
  p.opened_elsewhere(2, ada);
  ASSERT_EQ(p.take_changes(start).size(), 1U);
  EXPECT_EQ(p.streams(ada), 0U) << "none here";
  EXPECT_TRUE(p.here().empty());
  p.closed_elsewhere(1, ada, start);
  p.closed_elsewhere(1, ada, start);
  EXPECT_FALSE(p.next_due());
  p.opened(ada);
  p.lost(2, start + 1s);
  EXPECT_FALSE(p.next_due());
  p.closed(ada, start + 5s);
  EXPECT_EQ(p.next_due(), start + 15s);
  EXPECT_TRUE(p.take_changes(start + 14s).empty());
  EXPECT_EQ(p.take_changes(start + 15s).size(), 1U);
  EXPECT_TRUE(p.online().empty());
}

TEST(Presence, WhoIsRemovedIsOnlineNowhere) {
  actors::presence p{10s};
  const auto ada = domain::id::make(), bob = domain::id::make();
  const time_point start{};
  p.opened_elsewhere(1, ada);
  p.opened_elsewhere(1, bob);
  p.take_changes(start);
  p.removed(ada);
  EXPECT_EQ(p.online(), (std::vector{bob}));
  p.closed_elsewhere(1, ada, start);
  p.lost(1, start);
  p.lost(1, start);
  p.take_changes(start + 10s);
  EXPECT_TRUE(p.online().empty());
}

TEST(Presence, ARemovedEmployeeIsOfflineAtOnceWhateverIsStillOpen) {
  actors::presence p{10s};
  const auto ada = domain::id::make();
  const time_point start{};
  p.opened(ada);
  ASSERT_EQ(p.take_changes(start).size(), 1U);
  p.removed(ada);
  EXPECT_TRUE(p.online().empty());
  const auto changes = p.take_changes(start);
  ASSERT_EQ(changes.size(), 1U);
  EXPECT_EQ(changes[0].employee_id, ada);
  EXPECT_FALSE(changes[0].online);
  p.closed(ada, start);
  EXPECT_FALSE(p.next_due());
  EXPECT_TRUE(p.take_changes(start + 60s).empty());
}

TEST(Presence, ARemovedEmployeeOfWhomNobodyWasToldIsNotTold) {
  actors::presence p{10s};
  const auto ada = domain::id::make();
  p.opened(ada);
  p.removed(ada);
  p.removed(domain::id::make());
  EXPECT_FALSE(p.has_changes());
}

TEST(TypingGate, DropsNewPairsWhenFullUntilOldOnesExpire) {
  actors::typing_gate gate{2s};
  const auto ada = domain::id::make();
  const time_point start{};
  for (std::size_t i = 0; i < actors::typing_gate::max_entries; ++i)
    EXPECT_TRUE(gate.passes(ada, domain::id::make(), start));
  const auto late = domain::id::make();
  EXPECT_FALSE(gate.passes(ada, late, start + 1s));
  EXPECT_TRUE(gate.passes(ada, late, start + 3s));
}

}  // namespace chatmesh::tests
