#include "persistence/gathering.hpp"

#include <algorithm>
#include <cmath>

namespace chatmesh::persistence {

void gathering::arrived(std::uint64_t author, clock::time_point now) {
  if (seen_ > 0 && author == authors_.at((next_ + max_crowd - 1) % max_crowd))
    return;
  const auto passed = std::chrono::duration<double, std::micro>{now - last_}.count();
  interval_us_ += weight * (std::min(passed, slowest_us()) - interval_us_);
  last_ = now;
  authors_.at(next_) = author;
  next_ = (next_ + 1) % max_crowd;
  seen_ = std::min(seen_ + 1, max_crowd);
}

// No more than have been seen: those who wait for their answers send nothing else meanwhile.
std::size_t gathering::worth_waiting_for() const {
  if (delay_.count() == 0)
    return 1;
  const auto expected = std::chrono::duration<double, std::micro>{delay_}.count() / std::max(interval_us_, 1.0);
  if (expected < 1)
    return 1;
  const auto wanted = std::min(1 + static_cast<std::size_t>(std::ceil(expected)), max_crowd);
  return std::min(wanted, crowd(4 * wanted));  // so many tell well enough whether there are as many as wanted
}

// How many wrote the last `writes`.
std::size_t gathering::crowd(std::size_t writes) const {
  std::array<std::uint64_t, max_crowd> last{};
  const auto size = std::min(seen_, writes);
  for (std::size_t i = 0; i < size; ++i)
    last.at(i) = authors_.at((next_ + max_crowd - 1 - i) % max_crowd);
  const auto end = last.begin() + static_cast<std::ptrdiff_t>(size);
  std::sort(last.begin(), end);
  return static_cast<std::size_t>(std::unique(last.begin(), end) - last.begin());
}

}  // namespace chatmesh::persistence
