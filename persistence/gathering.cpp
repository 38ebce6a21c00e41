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
  return expected < 1 ? 1 : std::min(1 + static_cast<std::size_t>(std::ceil(expected)), crowd());
}

std::size_t gathering::crowd() const {
  auto sorted = authors_;
  const auto end = sorted.begin() + static_cast<std::ptrdiff_t>(seen_);
  std::sort(sorted.begin(), end);
  return static_cast<std::size_t>(std::unique(sorted.begin(), end) - sorted.begin());
}

}  // namespace chatmesh::persistence
