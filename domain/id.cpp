#include "domain/id.hpp"

#include "domain/time.hpp"

#include <sodium.h>

#include <array>
#include <atomic>
#include <cstring>
#include <stdexcept>

namespace chatmesh::domain {

namespace {

constexpr std::string_view digits = "0123456789abcdef";
constexpr std::size_t text_size = 36;
constexpr std::array<std::uint8_t, 16> places{0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34};  // of bytes
constexpr std::array<std::uint8_t, 4> hyphens{8, 13, 18, 23};

// Above 15: no digit.
std::uint8_t value_of(char c) {
  const auto byte = static_cast<std::uint8_t>(c);
  const auto number = static_cast<std::uint8_t>(byte - '0');
  const auto letter = static_cast<std::uint8_t>(byte - 'a');
  if (number < 10)
    return number;
  return letter < 6 ? static_cast<std::uint8_t>(letter + 10) : std::uint8_t{0xff};
}

void fill_random(void* to, std::size_t size) {
  static const int ready = sodium_init();
  if (ready < 0)
    throw std::runtime_error("the system gives no random numbers");
  // A system call for each id would cost more than the rest of it; ids are no secrets.
  constexpr std::size_t pool_bytes = 512;
  thread_local std::array<std::uint8_t, pool_bytes> pool;
  thread_local std::size_t used = pool_bytes;
  if (used + size > pool_bytes) {
    randombytes_buf(pool.data(), pool.size());
    used = 0;
  }
  std::memcpy(to, pool.data() + used, size);
  used += size;
}

// The first 60 significant bits of an id: 48 bits of milliseconds, then the 12 of rand_a. Never twice the same and
// always rising within this process (RFC 9562 §6.2, method 1), also when the clock stands still or goes back: a counter
// that starts at random within the lower half of rand_a and, should it overflow, borrows from the next millisecond.
std::uint64_t next_stamp() {
  static std::atomic<std::uint64_t> last{0};
  std::uint16_t noise = 0;
  fill_random(&noise, sizeof noise);
  const auto milliseconds = static_cast<std::uint64_t>(now().time_since_epoch().count());
  const std::uint64_t fresh = (milliseconds << 12) | (noise & 0x7ffU);
  std::uint64_t before = last.load(std::memory_order_relaxed);
  std::uint64_t stamp = 0;
  do {
    stamp = fresh > before ? fresh : before + 1;
  } while (!last.compare_exchange_weak(before, stamp, std::memory_order_relaxed));
  return stamp;
}

}  // namespace

id id::make() {
  const std::uint64_t stamp = next_stamp();
  const std::uint64_t milliseconds = stamp >> 12;
  id made;
  for (std::size_t i = 0; i < 6; ++i)
    made.bytes_[i] = static_cast<std::uint8_t>(milliseconds >> (8 * (5 - i)));
  made.bytes_[6] = static_cast<std::uint8_t>(0x70U | ((stamp >> 8) & 0x0fU));
  made.bytes_[7] = static_cast<std::uint8_t>(stamp);
  fill_random(made.bytes_.data() + 8, 8);
  made.bytes_[8] = static_cast<std::uint8_t>(0x80U | (made.bytes_[8] & 0x3fU));
  return made;
}

std::optional<id> id::parse(std::string_view text) {
  if (text.size() != text_size)
    return std::nullopt;
  id parsed;
  unsigned all = 0;  // digits together: above 15 where one is none
  for (std::size_t i = 0; i < places.size(); ++i) {
    const unsigned high = value_of(text[places[i]]);
    const unsigned low = value_of(text[places[i] + 1U]);
    all |= high | low;
    parsed.bytes_[i] = static_cast<std::uint8_t>((high << 4) | low);
  }
  for (const auto hyphen : hyphens)
    all |= text[hyphen] == '-' ? 0U : 0xffU;
  const bool version_7 = (parsed.bytes_[6] >> 4) == 7;
  const bool variant_10 = (parsed.bytes_[8] >> 6) == 2;
  if (all > 15 || !version_7 || !variant_10)
    return std::nullopt;
  return parsed;
}

std::string id::to_string() const {
  std::string text(text_size, '-');
  for (std::size_t i = 0; i < places.size(); ++i) {
    text[places[i]] = digits[bytes_[i] >> 4];
    text[places[i] + 1U] = digits[bytes_[i] & 0x0fU];
  }
  return text;
}

std::size_t id::hash() const noexcept {
  // The second half is random already; the first one only keeps ids apart that were not made by make().
  std::uint64_t halves[2];
  std::memcpy(halves, bytes_.data(), sizeof halves);
  return static_cast<std::size_t>(halves[1] ^ (halves[0] * 0x9e3779b97f4a7c15ULL));
}

}  // namespace chatmesh::domain
