// Nothing acknowledged is ever lost, whenever the server dies: a short set of the runs that tests/crash/crash_run.hpp
// describes. The long one is scripts/crash-test.
#include "tests/crash/crash_run.hpp"
#include "tests/integration/seed.hpp"

#include <gtest/gtest.h>

#include <iostream>
#include <optional>

namespace chatmesh::test {

namespace {

constexpr std::size_t rounds = 3;

void expect_promises_kept(std::uint64_t seed) {
  std::optional<postgresql_server> own;  // it is to be stopped and killed
  if (test_database::on_postgresql())
    own.emplace();
  crash_run run{seed, own ? &*own : nullptr};
  for (const auto& each : run.go(rounds))
    ADD_FAILURE() << each;
  std::cout << "seed " << seed << ": " << run.figures().text() << "\n";
}

class Crashes : public testing::TestWithParam<std::uint64_t> {};

}  // namespace

TEST_P(Crashes, LoseNothingThatWasAcknowledged) {
  expect_promises_kept(GetParam());
}

INSTANTIATE_TEST_SUITE_P(Seed, Crashes, testing::Values(1, 2, 3, 4), testing::PrintToStringParamName());

// A seed that nobody has seen before; it is told where it fails.
TEST(CrashesAnew, LoseNothingEither) {
  SCOPED_TRACE(seed_note());
  expect_promises_kept(test_seed());
}

}  // namespace chatmesh::test
