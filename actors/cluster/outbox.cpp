#include "actors/cluster/outbox.hpp"

#include <algorithm>
#include <utility>

namespace chatmesh::actors {

// A peer that keeps up has at most one parcel waiting here. What comes beyond is left to the log.
void outbox::tell(item_ptr what, time_point now) {
  if (waiting_.empty() && heads_.empty())
    waiting_from_ = now;
  const bool fits = waiting_.size() < max_parcel_items && waiting_events_ + what->events <= max_parcel_events &&
                    waiting_bytes_ + what->bytes.size() <= max_parcel_bytes;
  if (!fits && !waiting_.empty()) {
    events_left_out_ += what->events;
    return merge(what->at);
  }
  waiting_events_ += what->events;
  waiting_bytes_ += what->bytes.size();
  waiting_.push_back(std::move(what));
}

// Heads of several histories: the peer has to find out which one holds.
void outbox::merge(const company_head& at) {
  auto& known = heads_.try_emplace(at.company, at).first->second;
  if (known.epoch != at.epoch)
    known.epoch = 0;
  known.head = std::max(known.head, at.head);
  known.authority = std::max(known.authority, at.authority);
}

std::optional<std::string> outbox::next(time_point now) {
  if ((waiting_.empty() && heads_.empty()) || is_full())
    return std::nullopt;
  std::vector<company_head> heads;
  while (!heads_.empty() && heads.size() < max_parcel_heads)
    heads.push_back(heads_.extract(heads_.begin()).mapped());
  auto bytes = encode_parcel(++last_sent_, waiting_, heads);
  sent_.push_back({last_sent_, waiting_events_, waiting_from_});
  unacknowledged_events_ += waiting_events_;
  events_told_ += waiting_events_;
  waiting_.clear();
  waiting_events_ = waiting_bytes_ = 0;
  waiting_from_ = now;
  times_full_ += is_full() ? 1 : 0;
  return bytes;
}

bool outbox::acknowledged(std::uint64_t number) {
  if (number > last_sent_)
    return false;
  for (; !sent_.empty() && sent_.front().number <= number; sent_.pop_front())
    unacknowledged_events_ -= sent_.front().events;
  return true;
}

std::optional<outbox::time_point> outbox::waiting_since() const {
  if (!sent_.empty())
    return sent_.front().since;
  return waiting_.empty() && heads_.empty() ? std::nullopt : std::optional{waiting_from_};
}

}  // namespace chatmesh::actors
