#include "config/units.hpp"

#include <array>
#include <charconv>
#include <limits>
#include <span>

namespace chatmesh::config {

namespace {

struct unit {
  std::string_view name;
  std::uint64_t factor;
};

// Ascending, so that formatting takes the last one that divides.
constexpr std::array byte_units{unit{"B", 1}, unit{"KiB", 1024}, unit{"MiB", 1024 * 1024},
                                unit{"GiB", 1024 * 1024 * 1024}};
constexpr std::array time_units{unit{"ns", 1},
                                unit{"us", 1'000},
                                unit{"ms", 1'000'000},
                                unit{"s", 1'000'000'000},
                                unit{"min", 60'000'000'000},
                                unit{"h", 3'600'000'000'000},
                                unit{"d", 86'400'000'000'000}};

struct quantity {
  std::uint64_t number;
  std::string_view unit;
};

quantity split(std::string_view text) {
  std::uint64_t number = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc::result_out_of_range)
    throw bad_value{"the number is too large"};
  if (error != std::errc{})
    throw bad_value{"a number is expected"};
  return {number, text.substr(static_cast<std::size_t>(end - text.data()))};
}

std::string names_of(std::span<const unit> units) {
  std::string names;
  for (const auto& u : units)
    names.append(names.empty() ? "" : ", ").append(u.name);
  return names;
}

std::uint64_t scale(quantity q, std::span<const unit> units, std::uint64_t max) {
  for (const auto& u : units) {
    if (u.name != q.unit)
      continue;
    if (q.number > max / u.factor)
      throw bad_value{"the value is too large"};
    return q.number * u.factor;
  }
  throw bad_value{"the unit must be one of " + names_of(units)};
}

std::string format(std::uint64_t value, std::span<const unit> units) {
  auto best = units.front();
  for (const auto& u : units)
    if (value != 0 && value % u.factor == 0)
      best = u;
  return std::to_string(value / best.factor) + std::string{best.name};
}

void check_bounds(std::uint64_t value, std::uint64_t min, std::uint64_t max, std::string (*show)(std::uint64_t)) {
  if (value < min || value > max)
    throw bad_value{"must be " + show(min) + " to " + show(max)};
}

std::string show_count(std::uint64_t n) {
  return std::to_string(n);
}

}  // namespace

std::uint64_t parse_count(std::string_view text, std::uint64_t min, std::uint64_t max) {
  auto q = split(text);
  if (!q.unit.empty())
    throw bad_value{"a whole number without a unit is expected"};
  check_bounds(q.number, min, max, show_count);
  return q.number;
}

std::uint64_t parse_bytes(std::string_view text, std::uint64_t min, std::uint64_t max) {
  auto q = split(text);
  auto bytes = q.unit.empty() ? q.number : scale(q, byte_units, std::numeric_limits<std::uint64_t>::max());
  check_bounds(bytes, min, max, format_bytes);
  return bytes;
}

std::chrono::nanoseconds parse_duration(std::string_view text) {
  auto q = split(text);
  if (q.unit.empty() && q.number == 0)
    return {};
  if (q.unit.empty())
    throw bad_value{"a unit is missing: one of " + names_of(time_units)};
  constexpr auto max = static_cast<std::uint64_t>(std::chrono::nanoseconds::max().count());
  return std::chrono::nanoseconds{static_cast<std::int64_t>(scale(q, time_units, max))};
}

std::string format_bytes(std::uint64_t bytes) {
  return format(bytes, byte_units);
}

std::string format_duration(std::chrono::nanoseconds time) {
  return time.count() == 0 ? "0s" : format(static_cast<std::uint64_t>(time.count()), time_units);
}

}  // namespace chatmesh::config
