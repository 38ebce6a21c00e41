#include "http/network.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <charconv>

namespace chatmesh::http {

namespace {

constexpr std::size_t mapped_bytes = 12;  // ahead of an IPv4 address
constexpr address_bytes mapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

unsigned differing_bit(const address_bytes& a, const address_bytes& b) {
  for (unsigned bit = 0; bit < 128; ++bit)
    if (((a.at(bit / 8) ^ b.at(bit / 8)) >> (7 - bit % 8) & 1U) != 0)
      return bit;
  return 128;
}

address_bytes first_bits(address_bytes address, unsigned bits) {
  for (unsigned bit = bits; bit < 128; ++bit)
    address.at(bit / 8) &= static_cast<std::uint8_t>(~(0x80U >> (bit % 8)));
  return address;
}

}  // namespace

std::optional<address_bytes> parse_address(const std::string& text) {
  address_bytes found = mapped;
  if (::inet_pton(AF_INET, text.c_str(), found.data() + mapped_bytes) == 1 ||
      ::inet_pton(AF_INET6, text.c_str(), found.data()) == 1)
    return found;
  return std::nullopt;
}

bool network::contains(const address_bytes& address) const {
  return differing_bit(prefix, address) >= bits;
}

std::optional<network> parse_network(std::string_view text) {
  const auto slash = std::min(text.find('/'), text.size());
  const std::string address{text.substr(0, slash)};
  const auto prefix = parse_address(address);
  if (!prefix)
    return std::nullopt;
  network found{std::string{text}, *prefix, 128};
  if (slash < text.size()) {
    const unsigned before = address.find(':') == std::string::npos ? 8 * mapped_bytes : 0;
    unsigned length = 0;
    const auto digits = text.substr(slash + 1);
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), length);
    if (error != std::errc{} || end != digits.data() + digits.size() || length > 128 - before)
      return std::nullopt;
    found.bits = before + length;
  }
  if (first_bits(found.prefix, found.bits) != found.prefix)
    return std::nullopt;
  return found;
}

}  // namespace chatmesh::http
