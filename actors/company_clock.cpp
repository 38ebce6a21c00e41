#include "actors/company.hpp"

#include <caf/message_id.hpp>
#include <caf/send.hpp>

#include <algorithm>
#include <utility>

namespace chatmesh::actors {

namespace {

constexpr std::size_t max_presence = 500;  // ids of one frame

}  // namespace

company::time_point company::now() const {
  return clock().now();
}

// One message a thread; it is made once and shared.
void company::tell_all(const domain::frame_ptr& frame, bool more) {
  const auto message = caf::make_message(spread{id_, frame, more});
  for (const auto& each : relays_)
    if (each.connections > 0)
      each.relay->enqueue(nullptr, caf::make_message_id(), message, context());
}

void company::tell_event(const domain::frame_ptr& frame, bool more) {
  tell_all(frame, more);
  if (!frame->ends_company && frame->ended_employee == domain::id{})
    return;
  // The stream itself ends where it meets this event.
  for (auto& [_, s] : streams_) {
    if (!frame->ends_company && s.employee != frame->ended_employee)
      continue;
    s.counted = false;  // its presence is over
    if (s.at == stage::waiting)
      continue;  // it starts at or below this event, or is proven again
    s.at = stage::ended;
    s.why = frame->ends_company ? domain::end_reason::company_deleted : domain::end_reason::membership_ended;
  }
  if (presence_.streams(frame->ended_employee) > 0)
    tell_peers(frame->ended_employee, false);
  presence_.removed(frame->ended_employee);
  arm();
}

void company::on_typing(const type_notice& m) {
  const auto& by = m.notice.by;
  if (!streams_.empty() && typing_.passes(by.id.value_or(domain::id{}), m.notice.customer_id, now()))
    tell_all(domain::encode_typing(m.notice));
}

// Made once for all who come while nobody's presence changes.
const domain::frame_ptr& company::full_presence() {
  if (full_presence_ && full_presence_version_ == presence_.version())
    return full_presence_;
  full_presence_version_ = presence_.version();
  auto online = presence_.online();
  if (online.size() > max_presence)
    online.resize(max_presence);
  return full_presence_ = domain::encode_presence_full(online);
}

void company::open_presence(const domain::id& employee) {
  presence_.opened(employee);
  if (presence_.streams(employee) == 1)
    tell_peers(employee, true);
}

void company::close_presence(const domain::id& employee) {
  presence_.closed(employee, now());
  if (presence_.streams(employee) == 0)
    tell_peers(employee, false);
}

// First and last streams only; the others wait a while themselves before they take one for gone.
void company::tell_peers(const domain::id& employee, bool online) {
  if (over_)
    return;
  for (const auto& link : env_.interest.of(id_))
    anon_send(link, tell_presence{id_, {{employee, online}}});
}

void company::on_peer_presence(const peer_presence& m) {
  heard_.insert(m.link);
  for (const auto& each : m.changes) {
    if (each.online)
      presence_.opened_elsewhere(m.link, each.employee_id);
    else
      presence_.closed_elsewhere(m.link, each.employee_id, now());
  }
  answer_presence();
  arm();
}

void company::on_ask_presence(const ask_presence& m) {
  ++requests_;
  presence_asked_.push_back(m);
  answer_presence();
  arm();
}

// An older node says nothing; one that has much to tell may take a while.
bool company::knows_presence() const {
  return now() >= born_ + env_.settings.presence_settle || heard_.size() >= env_.links.all().size();
}

void company::answer_presence() {
  if (presence_asked_.empty() || !knows_presence())
    return;
  for (const auto& each : std::exchange(presence_asked_, {}))
    each.answer(presence_.online());
}

void company::tell_changed_presence() {
  auto due = presence_.next_due();
  const bool changes = presence_.has_changes() || (due && *due <= now());
  if (!changes || last_presence_ + env_.settings.presence_gather > now())
    return;
  last_presence_ = now();
  auto all = presence_.take_changes(now());
  for (std::size_t i = 0; i < all.size(); i += max_presence) {
    const auto last = all.begin() + static_cast<std::ptrdiff_t>(std::min(i + max_presence, all.size()));
    tell_all(domain::encode_presence_changes({all.begin() + static_cast<std::ptrdiff_t>(i), last}));
  }
}

void company::expire() {
  if (next_expiry_ > now())
    return;
  next_expiry_ = time_point::max();
  for (auto& [_, s] : streams_) {
    if (s.at == stage::ended)
      continue;
    if (s.expires <= now())
      end(s, domain::end_reason::session_expired);
    else
      next_expiry_ = std::min(next_expiry_, s.expires);
  }
}

// A stream is not kept in the dark while the log can't be read: its client comes back.
void company::give_up_waiting() {
  for (auto& [_, s] : streams_)
    if (s.at == stage::waiting && s.waiting->since + admission_timeout <= now())
      end(s, domain::end_reason::overloaded);
}

void company::retry_reads() {
  if (!reads_failed_ || retry_at_ > now())
    return;
  reads_failed_ = false;
  give_up_waiting();
  if ((!ready_ || recheck_wanted_) && !reading_position_)
    read_position();
  learn_authority(authority_target_);
  aim_at(target_);
  for (auto start : std::exchange(failed_pages_, {}))
    read_page(start);
  if (ready_)
    place_waiting();
}

void company::retire_if_idle() {
  if (!streams_.empty() || retiring_ || idle_since_ + env_.settings.idle > now())
    return;
  retiring_ = true;
  anon_send(directory_, retire{id_, requests_, company_actor{this}});
}

void company::on_retired(const retired& m) {
  retiring_ = false;
  if (m.agreed)
    return quit();
  idle_since_ = now();
  arm();
}

void company::on_tick() {
  armed_.pop_back();
  expire();
  tell_changed_presence();
  answer_presence();
  retry_reads();
  retire_if_idle();
  arm();
}

// For whatever is due first, where no timer comes as early; one that comes too early does no harm. Those that are due
// later stay, and count: a new one in place of each that was overtaken would add one with every change of presence.
void company::arm() {
  auto due = next_expiry_;
  if (presence_.has_changes())
    due = std::min(due, last_presence_ + env_.settings.presence_gather);
  if (auto gone = presence_.next_due())
    due = std::min(due, std::max(*gone, last_presence_ + env_.settings.presence_gather));
  if (reads_failed_)
    due = std::min(due, retry_at_);
  if (!presence_asked_.empty())
    due = std::min(due, born_ + env_.settings.presence_settle);
  if (streams_.empty() && !retiring_)
    due = std::min(due, idle_since_ + env_.settings.idle);
  if (due == time_point::max() || (!armed_.empty() && due >= armed_.back()))
    return;
  armed_.push_back(due);
  delayed_send(company_actor{this}, std::max(due - now(), time_point::duration::zero()), tick{});
}

}  // namespace chatmesh::actors
