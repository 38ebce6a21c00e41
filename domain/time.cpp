#include "domain/time.hpp"

#include <cstddef>

namespace chatmesh::domain {

timestamp now() {
  return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

std::string to_rfc3339(timestamp at) {
  const auto day = std::chrono::floor<std::chrono::days>(at);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss clock{at - day};
  std::string text{"0000-00-00T00:00:00.000Z"};
  const auto put = [&text](std::size_t begin, std::size_t size, auto value) {
    auto rest = static_cast<unsigned>(value);
    for (auto i = begin + size; i-- > begin; rest /= 10)
      text[i] = static_cast<char>('0' + rest % 10);
  };
  put(0, 4, static_cast<int>(date.year()));
  put(5, 2, static_cast<unsigned>(date.month()));
  put(8, 2, static_cast<unsigned>(date.day()));
  put(11, 2, clock.hours().count());
  put(14, 2, clock.minutes().count());
  put(17, 2, clock.seconds().count());
  put(20, 3, clock.subseconds().count());
  return text;
}

}  // namespace chatmesh::domain
