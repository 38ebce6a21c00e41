// A place in a company's sequence of events: "<epoch>-<seq>" (protocol §4).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace chatmesh::domain {

struct cursor {
  std::uint32_t epoch = 0;  // 8 hex digits
  std::uint64_t seq = 0;
  friend bool operator==(const cursor&, const cursor&) = default;
};

std::string to_string(const cursor&);

// Exactly "[0-9a-f]{8}-(0|[1-9][0-9]{0,18})"; nothing else is a cursor.
std::optional<cursor> parse_cursor(std::string_view);

std::string epoch_text(std::uint32_t epoch);

}  // namespace chatmesh::domain
