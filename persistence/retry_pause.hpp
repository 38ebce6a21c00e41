// How long a database that could not be reached is left alone.
#pragma once

#include <algorithm>
#include <chrono>

namespace chatmesh::persistence {

// After each failure longer than before, up to `longest`: a database that is down is asked often enough to be found
// soon when it is back, and never hammered. Not thread-safe.
class retry_pause {
public:
  using clock = std::chrono::steady_clock;

  static constexpr std::chrono::milliseconds shortest{20};
  static constexpr std::chrono::milliseconds longest{1'000};

  bool is_over(clock::time_point now) const { return now >= next_; }
  std::chrono::milliseconds length() const { return length_; }

  void failed(clock::time_point now) {
    length_ = std::clamp(length_ * 2, shortest, longest);
    next_ = now + length_;
  }
  void succeeded() {
    length_ = {};
    next_ = {};
  }

private:
  std::chrono::milliseconds length_{};
  clock::time_point next_;
};

}  // namespace chatmesh::persistence
