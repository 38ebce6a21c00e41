// Randomness that a seed repeats.
#pragma once

#include <cstddef>
#include <random>

namespace chatmesh::test {

using random_engine = std::mt19937_64;

inline std::size_t random_below(random_engine& random, std::size_t limit) {
  return std::uniform_int_distribution<std::size_t>{0, limit - 1}(random);
}

}  // namespace chatmesh::test
