#include "actors/cluster/outbox.hpp"

#include <algorithm>
#include <utility>

namespace chatmesh::actors {

// A peer that keeps up has at most one parcel waiting here. What comes beyond is left to the log.
void outbox::tell(item_ptr what, time_point now) {
  if (is_empty())
    waiting_from_ = now;
  const bool fits = waiting_.size() < max_parcel_items && waiting_events_ + what->events <= max_parcel_events &&
                    waiting_bytes_ + what->bytes.size() <= max_parcel_bytes;
  if (what->ephemeral && (!fits || is_full()))
    return;
  if (!fits && !waiting_.empty()) {
    events_left_out_ += what->events;
    return merge(what->at);
  }
  waiting_events_ += what->events;
  waiting_bytes_ += what->bytes.size();
  waiting_.push_back(std::move(what));
}

void outbox::tell(const domain::id& company, const std::vector<domain::presence_change>& changes, time_point now) {
  if (is_empty())
    waiting_from_ = now;
  auto& of = presences_[company];
  for (const auto& each : changes)
    of[each.employee_id] = each.online;
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
  if (is_empty() || is_full())
    return std::nullopt;
  std::vector<company_head> heads;
  while (!heads_.empty() && heads.size() < max_parcel_heads)
    heads.push_back(heads_.extract(heads_.begin()).mapped());
  std::vector<presences> online;
  while (!presences_.empty() && online.size() < max_parcel_presences) {
    const auto of = presences_.extract(presences_.begin());
    auto& each = online.emplace_back(presences{of.key(), {}});
    for (const auto& [employee, is_online] : of.mapped())
      each.changes.push_back({employee, is_online});
  }
  auto bytes = encode_parcel(++last_sent_, waiting_, heads, online);
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
  return is_empty() ? std::nullopt : std::optional{waiting_from_};
}

}  // namespace chatmesh::actors
