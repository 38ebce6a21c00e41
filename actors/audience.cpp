#include "actors/audience.hpp"

#include "actors/connection.hpp"

#include <algorithm>
#include <utility>

namespace chatmesh::actors {

void audience::join(connection& c) {
  c.attached(*this, members_.size());
  members_.push_back(&c);
}

void audience::move(std::size_t to, std::size_t from) {
  if (to == from)
    return;
  members_[to] = members_[from];
  members_[to]->moved(to);
}

// Those that have the current batch stay before the cursor.
void audience::leave(std::size_t slot) {
  if (slot < cursor_) {
    move(slot, --cursor_);
    slot = cursor_;
  }
  move(slot, members_.size() - 1);
  members_.pop_back();
}

void audience::abandon() {
  for (auto* each : members_)
    each->detached();
  members_.clear();
}

void audience::add(const domain::frame_ptr& frame) {
  if (frame->kind == domain::frame_kind::event)
    at_.seq = std::max(at_.seq, frame->seq);
  const bool full = waiting_.size() >= max_waiting || waiting_bytes_ >= max_waiting_bytes;
  if (full && frame->kind != domain::frame_kind::presence)  // no log has presence; one a second at most
    return;
  waiting_.push_back(frame);
  waiting_bytes_ += frame->bytes.size();
}

std::size_t audience::walk(std::size_t most, time_point now) {
  if (current_.empty()) {
    current_ = batch{waiting_};
    for (const auto& frame : current_.frames())
      waiting_bytes_ -= frame->bytes.size();
    cursor_ = 0;
  }
  std::size_t served = 0;
  while (served < most && cursor_ < members_.size()) {
    auto& each = *members_[cursor_++];
    ++served;
    if (current_.is_event())
      each.deliver(current_, at_.seq, now);
    else
      each.tell(current_.joined(), now);
  }
  if (cursor_ >= members_.size()) {
    current_ = {};
    cursor_ = 0;
  }
  return served;
}

audience::time_point audience::beat(time_point now, std::chrono::milliseconds interval) {
  const domain::frame_ptr frame = domain::encode_heartbeat(at_, domain::now());
  auto next = time_point::max();
  for (auto* each : members_)
    next = std::min(next, each->beat(frame, now, interval));
  return next;
}

}  // namespace chatmesh::actors
