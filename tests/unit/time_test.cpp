#include "domain/time.hpp"

#include <gtest/gtest.h>

namespace {

using namespace std::chrono_literals;
using chatmesh::domain::timestamp;
using chatmesh::domain::to_rfc3339;

TEST(Time, PrintsUtcWithMilliseconds) {
  constexpr auto day = std::chrono::sys_days{std::chrono::year{2026} / 11 / 22};
  EXPECT_EQ(to_rfc3339(timestamp{day + 9h + 30min + 125ms}), "2026-11-22T09:30:00.125Z");
  EXPECT_EQ(to_rfc3339(timestamp{day + 23h + 59min + 59s + 999ms}), "2026-11-22T23:59:59.999Z");
}

TEST(Time, PadsEveryPart) {
  EXPECT_EQ(to_rfc3339(timestamp{0ms}), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(to_rfc3339(timestamp{1h + 2min + 3s + 4ms}), "1970-01-01T01:02:03.004Z");
}

TEST(Time, KnowsLeapDaysAndTimesBeforeTheEpoch) {
  EXPECT_EQ(to_rfc3339(timestamp{std::chrono::sys_days{std::chrono::year{2024} / 2 / 29}}), "2024-02-29T00:00:00.000Z");
  EXPECT_EQ(to_rfc3339(timestamp{-1ms}), "1969-12-31T23:59:59.999Z");
}

TEST(Time, NowIsTheSystemsClock) {
  const auto before = std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
  const auto now = chatmesh::domain::now();
  const auto after = std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
  EXPECT_LE(before, now);
  EXPECT_LE(now, after);
}

}  // namespace
