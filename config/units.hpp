// Values with units as people write them: "15s", "500ms", "30d", "64KiB".
#pragma once

#include <chrono>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

namespace chatmesh::config {

// Says what is wrong with a value and what would be right; never holds the setting's name.
struct bad_value : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// Decimal digits alone, within the bounds. Throws bad_value.
std::uint64_t parse_count(std::string_view text, std::uint64_t min, std::uint64_t max);

// A count of bytes with one of the units B, KiB, MiB, GiB; without unit: bytes. Throws bad_value.
std::uint64_t parse_bytes(std::string_view text, std::uint64_t min, std::uint64_t max);

// A whole number with one of the units ns, us, ms, s, min, h, d; "0" needs none. Throws bad_value.
std::chrono::nanoseconds parse_duration(std::string_view text);

// The shortest exact form, in the largest unit that divides the value.
std::string format_bytes(std::uint64_t);
std::string format_duration(std::chrono::nanoseconds);

}  // namespace chatmesh::config
