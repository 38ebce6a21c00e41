#include "actors/window.hpp"

#include <utility>

namespace chatmesh::actors {

void window::append(domain::frame_ptr frame) {
  bytes_ += frame->bytes.size();
  frames_.push_back(std::move(frame));
  while (frames_.size() > max_events_ || (bytes_ > max_bytes_ && frames_.size() > 1)) {
    bytes_ -= frames_.front()->bytes.size();
    frames_.pop_front();
  }
}

void window::clear() {
  frames_.clear();
  bytes_ = 0;
}

bool window::reaches(std::uint64_t seq) const {
  return !frames_.empty() && seq + 1 >= frames_.front()->seq;
}

std::vector<domain::frame_ptr> window::after(std::uint64_t seq, std::size_t max_events, std::size_t max_bytes) const {
  std::vector<domain::frame_ptr> result;
  std::size_t bytes = 0;
  for (auto i = static_cast<std::size_t>(seq + 1 - frames_.front()->seq); i < frames_.size(); ++i) {
    bytes += frames_[i]->bytes.size();
    if (!result.empty() && (result.size() == max_events || bytes > max_bytes))
      break;
    result.push_back(frames_[i]);
  }
  return result;
}

}  // namespace chatmesh::actors
