// When the streams that a node ends come back: each at a time of its own, so that no other node meets a storm.
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>

namespace chatmesh::actors {

// What the nodes that stay can bear, and for how long a stream may be away at most; as it is made: all come at once.
struct reconnect_pace {
  std::uint64_t per_second = 1;
  std::chrono::milliseconds longest{0};

  std::chrono::milliseconds time_for(std::uint64_t streams) const {
    return std::min(std::chrono::milliseconds{streams * 1'000 / per_second}, longest);
  }
};

// Slots for so many streams, evenly spread over that time. For any thread.
class reconnect_slots {
public:
  reconnect_slots(std::uint64_t streams, std::chrono::milliseconds spread)
      : streams_(std::max<std::uint64_t>(streams, 1)), spread_(spread) {}

  // Another one with each call. Who was not counted, since it came later, gets one of those again.
  std::chrono::milliseconds next() {
    const auto number = given_++ % streams_;
    return std::chrono::milliseconds{number * static_cast<std::uint64_t>(spread_.count()) / streams_};
  }

private:
  const std::uint64_t streams_;
  const std::chrono::milliseconds spread_;
  std::atomic<std::uint64_t> given_{0};
};

}  // namespace chatmesh::actors
