// Randomness that can be repeated: the seed is told with every failure and taken from CHATMESH_TEST_SEED where that is
// set.
#pragma once

#include "tests/support/random.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <cstdlib>
#include <random>
#include <string>

namespace chatmesh::test {

inline std::uint64_t test_seed() {
  static const std::uint64_t seed = [] {
    const char* given = std::getenv("CHATMESH_TEST_SEED");
    return given ? std::stoull(given) : std::uint64_t{std::random_device{}()};
  }();
  testing::Test::RecordProperty("seed", std::to_string(seed));
  return seed;
}

// For SCOPED_TRACE.
inline std::string seed_note() {
  return "repeat with CHATMESH_TEST_SEED=" + std::to_string(test_seed());
}

}  // namespace chatmesh::test
