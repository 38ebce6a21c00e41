// The recent past of one company in memory: what most connections that are a little behind need.
#pragma once

#include "domain/frame.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

namespace chatmesh::actors {

// A dense run of frames up to the head, bounded in number and bytes. No thread of its own.
class window {
public:
  window(std::size_t max_events, std::size_t max_bytes) : max_events_(max_events), max_bytes_(max_bytes) {}

  // `frame` follows the last one directly.
  void append(domain::frame_ptr frame);

  // After a jump of the head, which the next frame does not follow.
  void clear();

  // Whether every frame after `seq` up to the last is here.
  bool reaches(std::uint64_t seq) const;

  // The frames that follow `seq`, at most so many; always one if there is one. Only where reaches(seq).
  std::vector<domain::frame_ptr> after(std::uint64_t seq, std::size_t max_events, std::size_t max_bytes) const;

private:
  std::size_t max_events_;
  std::size_t max_bytes_;
  std::size_t bytes_ = 0;
  std::deque<domain::frame_ptr> frames_;
};

}  // namespace chatmesh::actors
