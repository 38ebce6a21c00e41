// Identity of every stored thing: a UUIDv7 (RFC 9562), made by the server.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace chatmesh::domain {

// A value type of 16 bytes. The text form is lowercase with hyphens, 36 characters.
class id {
public:
  // The nil UUID: no valid object has it.
  constexpr id() = default;

  // A new UUIDv7: the time in milliseconds, then random bits. Safe to call from any thread.
  static id make();

  // Accepts exactly the text form that to_string() makes (version 7, variant 10); anything else is no id.
  static std::optional<id> parse(std::string_view text);

  std::string to_string() const;

  friend constexpr auto operator<=>(const id&, const id&) = default;

  std::size_t hash() const noexcept;

private:
  std::array<std::uint8_t, 16> bytes_{};
};

}  // namespace chatmesh::domain

template <>
struct std::hash<chatmesh::domain::id> {
  std::size_t operator()(const chatmesh::domain::id& x) const noexcept { return x.hash(); }
};
