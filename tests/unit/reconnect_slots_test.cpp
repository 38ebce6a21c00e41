#include "actors/reconnect_slots.hpp"

#include <gtest/gtest.h>

#include <array>

namespace chatmesh::tests {

using namespace std::chrono_literals;
using actors::reconnect_pace;
using actors::reconnect_slots;

TEST(ReconnectPace, GivesEachStreamItsTimeUpToABound) {
  const reconnect_pace pace{.per_second = 500, .longest = 60s};
  EXPECT_EQ(pace.time_for(0), 0ms);
  EXPECT_EQ(pace.time_for(1), 2ms);
  EXPECT_EQ(pace.time_for(18'000), 36s);
  EXPECT_EQ(pace.time_for(90'000), 60s);
}

TEST(ReconnectSlots, AreSpreadEvenly) {
  constexpr std::uint64_t streams = 18'000;
  reconnect_slots slots{streams, 36s};
  std::array<int, 36> by_second{};
  for (std::uint64_t i = 0; i < streams; ++i)
    ++by_second.at(static_cast<std::size_t>(slots.next() / 1s));
  for (const int in_this_second : by_second)
    EXPECT_EQ(in_this_second, 500);
}

TEST(ReconnectSlots, BeginAnewForWhoWasNotCounted) {
  reconnect_slots slots{2, 1s};
  EXPECT_EQ(slots.next(), 0ms);
  EXPECT_EQ(slots.next(), 500ms);
  EXPECT_EQ(slots.next(), 0ms);
}

TEST(ReconnectSlots, OfNobodyAreAtOnce) {
  reconnect_slots slots{0, 0ms};
  EXPECT_EQ(slots.next(), 0ms);
}

}  // namespace chatmesh::tests
