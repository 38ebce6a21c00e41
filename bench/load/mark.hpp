// The mark that every written object carries: which company, which of its writes, and when it was sent. A '~' stands
// nowhere else in what is written, so that a receiver finds marks with memchr and decodes nothing else.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace chatmesh::bench {

struct mark {
  std::uint32_t channel = 0;
  std::uint32_t number = 0;   // of the channel's writes: 0, 1, 2 ...
  std::uint64_t sent_ns = 0;  // now_ns() at the write
};

inline constexpr std::size_t mark_bytes = 33;  // "~cm", then 6, 8 and 16 hex digits

/// Writes `mark_bytes` characters to `out`.
void encode_mark(char* out, const mark&);

/// Decodes the `mark_bytes` characters at `text`; false where they are no mark.
bool decode_mark(const char* text, mark& out);

/// Calls `found(mark)` for each whole mark in [begin, end). Answers where the beginning of one that is not complete
/// stands, which the caller keeps for the next read; otherwise `end`.
template <typename Found>
const char* for_each_mark(const char* begin, const char* end, Found&& found) {
  mark one;
  while (begin != end) {
    const auto* at = static_cast<const char*>(std::memchr(begin, '~', static_cast<std::size_t>(end - begin)));
    if (at == nullptr)
      return end;
    if (static_cast<std::size_t>(end - at) < mark_bytes)
      return at;
    if (decode_mark(at, one)) {
      found(one);
      begin = at + mark_bytes;
    } else {
      begin = at + 1;
    }
  }
  return end;
}

}  // namespace chatmesh::bench
