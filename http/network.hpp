// Which addresses a setting names.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace chatmesh::http {

// IPv6; IPv4 as mapped into it (RFC 4291, 2.5.5.2), so that the two compare.
using address_bytes = std::array<std::uint8_t, 16>;

// None for what is no address.
std::optional<address_bytes> parse_address(const std::string& text);

// An address, or all that begin with the same bits.
struct network {
  std::string text;  // as it was given: "10.0.0.0/8", "::1"
  address_bytes prefix{};
  unsigned bits = 128;

  bool contains(const address_bytes&) const;
};

// None for what is neither, and for a network whose address has bits beyond its prefix: that may mean two things.
std::optional<network> parse_network(std::string_view text);

}  // namespace chatmesh::http
