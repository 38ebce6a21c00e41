#include "actors/audience.hpp"

#include "actors/connection.hpp"

#include <algorithm>
#include <exception>
#include <utility>

namespace chatmesh::actors {

namespace {

// Whom the processor is told to fetch while another one is served: first the connection, then what it points to.
constexpr std::size_t ahead = 3, far_ahead = 6;

}  // namespace

void audience::follow(caf::actor_addr source, domain::cursor at) {
  abandon();
  source_ = std::move(source);
  at_ = at;
}

void audience::join(connection& c, std::uint64_t head) {
  at_.seq = std::max(at_.seq, head);
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
    each->abandon();
  members_.clear();
  waiting_.clear();
  waiting_bytes_ = 0;
  current_ = {};
  cursor_ = 0;
}

void audience::add(const domain::frame_ptr& frame) {
  using enum domain::frame_kind;
  if (frame->kind == event)
    at_.seq = std::max(at_.seq, frame->seq);
  // Presence is one a second and no log has it. Typing leaves half of the room to events, so that one which is left out
  // has others waiting before it that tell of it.
  const bool full = waiting_.size() >= max_waiting || waiting_bytes_ >= max_waiting_bytes;
  const bool crowded = waiting_.size() >= max_waiting / 2;
  if ((frame->kind == event && full) || (frame->kind == typing && crowded))
    return;
  waiting_.push_back(frame);
  waiting_bytes_ += frame->bytes.size();
}

// While more events wait, none but the batch's own is told: they come by themselves, and need no pull.
void audience::take_batch() {
  current_ = batch{waiting_};
  for (const auto& frame : current_.frames())
    waiting_bytes_ -= frame->bytes.size();
  cursor_ = 0;
  const bool more = std::ranges::any_of(waiting_, [](const auto& f) { return f->kind == domain::frame_kind::event; });
  current_head_ = current_.is_event() && more ? current_.last() : at_.seq;
}

// What fails at one must not cost the others anything.
void audience::serve(connection& each, time_point now) noexcept {
  try {
    if (current_.is_event())
      each.deliver(current_, current_head_, now);
    else
      each.tell(current_.joined(), now);
  } catch (const std::exception&) {
    each.fail();
  }
}

std::size_t audience::walk(std::size_t most, time_point now) {
  if (current_.empty()) {
    if (waiting_.empty())
      return 0;  // abandoned meanwhile
    take_batch();
  }
  std::size_t served = 0;
  for (; served < most && cursor_ < members_.size(); ++served) {
    if (cursor_ + far_ahead < members_.size()) {
      members_[cursor_ + far_ahead]->fetch();
      members_[cursor_ + ahead]->fetch_stream();
    }
    serve(*members_[cursor_++], now);
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
  const auto told = waiting_.empty() ? at_.seq : 0;  // what waits comes by itself
  for (auto* each : members_) {
    try {
      next = std::min(next, each->beat(frame, told, now, interval));
    } catch (const std::exception&) {
      each->fail();
    }
  }
  return next;
}

}  // namespace chatmesh::actors
