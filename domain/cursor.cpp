#include "domain/cursor.hpp"

#include <algorithm>
#include <charconv>

namespace chatmesh::domain {

namespace {

constexpr std::size_t epoch_size = 8;
constexpr std::size_t max_seq_size = 19;  // any 19 digits fit 64 bits

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_hex(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'f');
}

}  // namespace

std::string epoch_text(std::uint32_t epoch) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text(epoch_size, '0');
  for (auto c = text.rbegin(); c != text.rend(); ++c, epoch >>= 4)
    *c = digits[epoch & 0xfU];
  return text;
}

std::string to_string(const cursor& c) {
  return epoch_text(c.epoch) + '-' + std::to_string(c.seq);
}

std::optional<cursor> parse_cursor(std::string_view text) {
  if (text.size() < epoch_size + 2 || text[epoch_size] != '-')
    return std::nullopt;
  const auto epoch = text.substr(0, epoch_size);
  const auto seq = text.substr(epoch_size + 1);
  if (!std::all_of(epoch.begin(), epoch.end(), is_hex) || !std::all_of(seq.begin(), seq.end(), is_digit))
    return std::nullopt;
  if (seq.size() > max_seq_size || (seq.size() > 1 && seq.front() == '0'))
    return std::nullopt;
  cursor parsed;
  std::from_chars(epoch.data(), epoch.data() + epoch.size(), parsed.epoch, 16);
  std::from_chars(seq.data(), seq.data() + seq.size(), parsed.seq);
  return parsed;
}

}  // namespace chatmesh::domain
