#include "domain/utf8.hpp"

#include <algorithm>
#include <cstdint>
#include <iterator>

namespace chatmesh::domain {

namespace {

struct range {
  char32_t first, last;
};

// Unicode's White_Space and general category Cc. Ascending.
constexpr range blanks[] = {{0x00, 0x20},     {0x7f, 0xa0},     {0x1680, 0x1680}, {0x2000, 0x200a},
                            {0x2028, 0x2029}, {0x202f, 0x202f}, {0x205f, 0x205f}, {0x3000, 0x3000}};

// What else shows nothing: Default_Ignorable_Code_Point, general category Cf without the visible number signs, and the
// blank Braille pattern. Ascending.
constexpr range ignorables[] = {
    {0xad, 0xad},     {0x34f, 0x34f},   {0x61c, 0x61c},   {0x115f, 0x1160},   {0x17b4, 0x17b5},   {0x180b, 0x180f},
    {0x200b, 0x200f}, {0x202a, 0x202e}, {0x2060, 0x206f}, {0x2800, 0x2800},   {0x3164, 0x3164},   {0xfe00, 0xfe0f},
    {0xfeff, 0xfeff}, {0xffa0, 0xffa0}, {0xfff0, 0xfffb}, {0x1bca0, 0x1bca3}, {0x1d173, 0x1d17a}, {0xe0000, 0xe0fff}};

template <std::size_t Count>
bool is_in(const range (&ranges)[Count], char32_t c) {
  const auto* found = std::lower_bound(std::begin(ranges), std::end(ranges), c,
                                       [](const range& r, char32_t wanted) { return r.last < wanted; });
  return found != std::end(ranges) && found->first <= c;
}

bool is_continuation(char c) {
  return (static_cast<unsigned char>(c) & 0xc0U) == 0x80U;
}

// Takes the first character off `rest`, which is not empty.
char32_t take(std::string_view& rest) {
  const auto lead = static_cast<unsigned char>(rest.front());
  rest.remove_prefix(1);
  char32_t c = lead;
  if (lead >= 0xf0U)
    c = lead & 0x07U;
  else if (lead >= 0xe0U)
    c = lead & 0x0fU;
  else if (lead >= 0xc0U)
    c = lead & 0x1fU;
  while (!rest.empty() && is_continuation(rest.front())) {
    c = (c << 6) | (static_cast<unsigned char>(rest.front()) & 0x3fU);
    rest.remove_prefix(1);
  }
  return c;
}

}  // namespace

bool is_utf8(std::string_view text) {
  if (std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; }))
    return true;
  // Lowest code point that each length may encode: a shorter form exists for anything below.
  static constexpr std::uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    const std::size_t length = lead < 0x80         ? 1
                               : (lead >> 5) == 6  ? 2
                               : (lead >> 4) == 14 ? 3
                               : (lead >> 3) == 30 ? 4
                                                   : 0;
    if (length == 0 || i + length > text.size())
      return false;
    std::uint32_t code = length == 1 ? lead : lead & (0xffu >> (length + 1));
    for (std::size_t k = 1; k < length; ++k) {
      const auto next = static_cast<unsigned char>(text[i + k]);
      if ((next & 0xc0) != 0x80)
        return false;
      code = (code << 6) | (next & 0x3f);
    }
    if (code < least[length] || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
      return false;
    i += length;
  }
  return true;
}

std::size_t count_code_points(std::string_view text) {
  return text.size() - static_cast<std::size_t>(std::count_if(text.begin(), text.end(), is_continuation));
}

std::string_view front_of(std::string_view text, std::size_t max_bytes) {
  if (text.size() <= max_bytes)
    return text;
  while (max_bytes > 0 && is_continuation(text[max_bytes]))
    --max_bytes;
  return text.substr(0, max_bytes);
}

bool has_blank(std::string_view text) {
  while (!text.empty()) {
    if (is_in(blanks, take(text)))
      return true;
  }
  return false;
}

// General category Cc.
bool has_control(std::string_view text) {
  while (!text.empty()) {
    const char32_t c = take(text);
    if (c < 0x20 || (c >= 0x7f && c <= 0x9f))
      return true;
  }
  return false;
}

bool has_visible(std::string_view text) {
  while (!text.empty()) {
    const char32_t c = take(text);
    if (!is_in(blanks, c) && !is_in(ignorables, c))
      return true;
  }
  return false;
}

}  // namespace chatmesh::domain
