// The one clock of all measurements.
#pragma once

#include <cstdint>
#include <ctime>

namespace chatmesh::bench {

inline constexpr std::uint64_t ns_per_us = 1'000;
inline constexpr std::uint64_t ns_per_ms = 1'000'000;
inline constexpr std::uint64_t ns_per_s = 1'000'000'000;

/// Nanoseconds of CLOCK_MONOTONIC: the same in all processes of a machine.
inline std::uint64_t now_ns() {
  timespec t{};
  ::clock_gettime(CLOCK_MONOTONIC, &t);
  return static_cast<std::uint64_t>(t.tv_sec) * ns_per_s + static_cast<std::uint64_t>(t.tv_nsec);
}

}  // namespace chatmesh::bench
