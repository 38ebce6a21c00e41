#include "actors/cluster/outbox.hpp"

#include <algorithm>
#include <utility>

namespace chatmesh::actors {

bool outbox::has_room_for(const encoded_item& what) const {
  return waiting_.size() < max_parcel_items && waiting_events_ + what.events <= max_parcel_events &&
         waiting_bytes_ + what.bytes.size() <= max_parcel_bytes;
}

// A peer that keeps up has at most one parcel waiting here. What comes beyond, or is larger than a parcel, is left to
// the log.
void outbox::tell(item_ptr what, time_point now) {
  if (is_empty())
    waiting_from_ = now;
  const bool fits = has_room_for(*what);
  if (what->ephemeral && (!fits || is_full()))
    return;
  lag_events_ += what->events;
  if (!fits) {
    events_left_out_ += what->events;
    return merge(*what, now);
  }
  if (!what->ephemeral)
    waiting_lags_.add(what->at.company, {what->events, now});
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
void outbox::merge(const encoded_item& what, time_point now) {
  const auto& at = what.at;
  auto& [known, behind] = heads_.try_emplace(at.company, waiting_head{at, {0, now}}).first->second;
  if (known.epoch != at.epoch)
    known.epoch = 0;
  known.head = std::max(known.head, at.head);
  known.authority = std::max(known.authority, at.authority);
  behind.events += what.events;
}

std::optional<std::string> outbox::next(time_point now) {
  if (is_empty() || is_full())
    return std::nullopt;
  auto lags = std::exchange(waiting_lags_, {});
  std::vector<company_head> heads;
  while (!heads_.empty() && heads.size() < max_parcel_heads) {
    const auto taken = heads_.extract(heads_.begin());
    heads.push_back(taken.mapped().at);
    lags.add(taken.key(), taken.mapped().behind);
  }
  std::vector<presences> online;
  while (!presences_.empty() && online.size() < max_parcel_presences) {
    const auto of = presences_.extract(presences_.begin());
    auto& each = online.emplace_back(presences{of.key(), {}});
    for (const auto& [employee, is_online] : of.mapped())
      each.changes.push_back({employee, is_online});
  }
  auto bytes = encode_parcel(++last_sent_, waiting_, heads, online);
  sent_.push_back({last_sent_, waiting_from_, std::move(lags)});
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
    lag_events_ -= sent_.front().lags.events();
  return true;
}

std::optional<outbox::time_point> outbox::waiting_since() const {
  if (!sent_.empty())
    return sent_.front().since;
  return is_empty() ? std::nullopt : std::optional{waiting_from_};
}

lag_report outbox::lag_by_company(std::size_t companies) const {
  auto all = waiting_lags_;
  for (const auto& [company, head] : heads_)
    all.add(company, head.behind);
  for (const auto& parcel : sent_)
    all.add(parcel.lags);
  return all.most(companies);
}

}  // namespace chatmesh::actors
