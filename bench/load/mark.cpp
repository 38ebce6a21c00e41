#include "bench/load/mark.hpp"

#include <algorithm>

namespace chatmesh::bench {

namespace {

constexpr std::size_t channel_digits = 6;
constexpr std::size_t number_digits = 8;
constexpr std::size_t time_digits = 16;

constexpr std::array<std::uint8_t, 256> make_digit_values() {
  std::array<std::uint8_t, 256> values{};
  values.fill(0xff);
  for (unsigned i = 0; i < 16; ++i)
    values.at(static_cast<unsigned char>("0123456789abcdef"[i])) = static_cast<std::uint8_t>(i);
  return values;
}
constexpr auto digit_values = make_digit_values();

char* put(char* out, std::uint64_t value, std::size_t digits) {
  for (std::size_t i = digits; i-- > 0; value >>= 4)
    out[i] = "0123456789abcdef"[value & 15];
  return out + digits;
}

// `faults` collects the high bits of anything that is no digit.
std::uint64_t get(const char*& text, std::size_t digits, std::uint8_t& faults) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < digits; ++i) {
    const auto digit = digit_values[static_cast<unsigned char>(*text++)];
    faults |= digit & 0xf0;
    value = value << 4 | digit;
  }
  return value;
}

}  // namespace

void encode_mark(char* out, const mark& m) {
  out = std::copy_n("~cm", 3, out);
  out = put(out, m.channel, channel_digits);
  out = put(out, m.number, number_digits);
  put(out, m.sent_ns, time_digits);
}

bool decode_mark(const char* text, mark& out) {
  if (std::memcmp(text, "~cm", 3) != 0)
    return false;
  text += 3;
  std::uint8_t faults = 0;
  out.channel = static_cast<std::uint32_t>(get(text, channel_digits, faults));
  out.number = static_cast<std::uint32_t>(get(text, number_digits, faults));
  out.sent_ns = get(text, time_digits, faults);
  return faults == 0;
}

}  // namespace chatmesh::bench
