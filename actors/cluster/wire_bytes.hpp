// The fields of a link's messages: numbers, texts, ids and records, one after the other.
#pragma once

#include "domain/id.hpp"

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace chatmesh::actors {

class wire_writer {
public:
  // Seven bits a byte, the lowest first; the eighth says that more follow.
  wire_writer& number(std::uint64_t n) {
    for (; n >= 0x80; n >>= 7)
      bytes_.push_back(static_cast<char>(n | 0x80));
    bytes_.push_back(static_cast<char>(n));
    return *this;
  }
  wire_writer& text(std::string_view s) {
    number(s.size());
    bytes_.append(s);
    return *this;
  }
  wire_writer& id(const domain::id& i) { return text(i.to_string()); }

  std::string take() { return std::move(bytes_); }

private:
  std::string bytes_;
};

struct malformed : std::runtime_error {
  malformed() : std::runtime_error("malformed message") {}
};

// Every call throws `malformed` where the bytes do not hold what is asked for.
class wire_reader {
public:
  explicit wire_reader(std::string_view bytes) : rest_(bytes) {}

  bool at_end() const { return rest_.empty(); }

  std::uint64_t number() {
    std::uint64_t n = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      if (rest_.empty())
        throw malformed{};
      const auto byte = static_cast<std::uint8_t>(rest_.front());
      rest_.remove_prefix(1);
      n |= std::uint64_t{byte & 0x7FU} << shift;
      if (byte < 0x80)
        return n;
    }
    throw malformed{};
  }
  std::uint32_t small_number() {
    const auto n = number();
    if (n > UINT32_MAX)
      throw malformed{};
    return static_cast<std::uint32_t>(n);
  }
  std::string_view text() {
    const auto size = number();
    if (size > rest_.size())
      throw malformed{};
    const auto found = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return found;
  }
  domain::id id() { return value_of(domain::id::parse(text())); }
  wire_reader record() { return wire_reader{text()}; }

  // How many follow that take `least` bytes each: no more than there is room for, whatever was said.
  std::uint64_t count(std::size_t least) {
    const auto n = number();
    if (n > rest_.size() / least)
      throw malformed{};
    return n;
  }

  template <class T>
  static T value_of(std::optional<T> found) {
    if (!found)
      throw malformed{};
    return *std::move(found);
  }

private:
  std::string_view rest_;
};

}  // namespace chatmesh::actors
