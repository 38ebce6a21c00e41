#include "persistence/gathering.hpp"

#include <algorithm>
#include <cmath>

namespace chatmesh::persistence {

void gathering::arrived(std::uint64_t author, clock::time_point now) {
  if (!authors_.empty() && author == authors_.back())
    return;
  const auto passed = std::chrono::duration<double, std::micro>{now - last_}.count();
  interval_us_ += weight * (std::clamp(passed, 0.0, slowest_us()) - interval_us_);
  last_ = std::max(last_, now);
  authors_.push_back(author);
  ++crowd_[author];
  while (crowd_.size() > max_crowd || authors_.size() > rounds_kept * crowd_.size())
    forget_first();
}

void gathering::answered(clock::time_point now) {
  last_ = std::max(last_, now);
}

void gathering::committed(clock::duration took) {
  commit_ += std::chrono::duration_cast<clock::duration>(weight * (took - commit_));
}

// All who write, where those who are missing are expected in time: so many then follow one commit together. Else those
// who are expected, and no more than have been seen: those who wait for their answers send nothing else meanwhile.
std::size_t gathering::worth_waiting_for(std::size_t waiting) const {
  const auto expected = std::chrono::duration<double, std::micro>{delay()}.count() / std::max(interval_us_, 1.0);
  if (expected < 1)
    return 1;
  const std::size_t likely = 1 + static_cast<std::size_t>(std::ceil(expected));
  return crowd_.size() < waiting + likely ? crowd_.size() : std::min(likely, crowd_.size());
}

void gathering::forget_first() {
  const auto found = crowd_.find(authors_.front());
  if (--found->second == 0)
    crowd_.erase(found);
  authors_.pop_front();
}

}  // namespace chatmesh::persistence
