#include "actors/company.hpp"

#include <caf/message_id.hpp>
#include <caf/send.hpp>

#include <algorithm>

namespace chatmesh::actors {

namespace {

constexpr std::size_t max_presence = 500;  // ids of one frame

}  // namespace

company::time_point company::now() const {
  return clock().now();
}

// One message for all: it is made once and shared.
template <class Fact, class Want>
void company::fan_out(const Fact& fact, Want want) {
  auto message = caf::make_message(fact);
  for (auto& s : streams_)
    if (want(s))
      s.connection->enqueue(nullptr, caf::make_message_id(), message, context());
}

void company::tell_event(const domain::frame_ptr& frame) {
  fan_out(delivered{frame}, [](const member_stream&) { return true; });
  // Ephemeral frames end with the right; the stream itself ends where it meets this event.
  const bool ends_one = frame->ended_employee != domain::id{};
  if (frame->ends_company || ends_one)
    for (auto& s : streams_)
      if (frame->ends_company || s.who.employee == frame->ended_employee) {
        s.at = stage::ended;
        s.why = frame->ends_company ? domain::end_reason::company_deleted : domain::end_reason::membership_ended;
      }
}

void company::on_typing(const type_notice& m) {
  const auto& by = m.notice.by;
  if (streams_.empty() || !typing_.passes(by.id.value_or(domain::id{}), m.notice.customer_id, now()))
    return;
  fan_out(told{domain::encode_typing(m.notice)}, [&](const member_stream& s) {
    const bool own = !by.client.empty() && by.client == s.who.client && by.kind == s.who.by_kind &&
                     by.id == s.who.employee;
    return s.at == stage::live && !own;
  });
}

domain::frame_ptr company::full_presence() const {
  auto online = presence_.online();
  if (online.size() > max_presence)
    online.resize(max_presence);
  return domain::encode_presence_full(online);
}

void company::tell_presence() {
  auto due = presence_.next_due();
  const bool changes = presence_.has_changes() || (due && *due <= now());
  if (!changes || last_presence_ + env_.settings.presence_gather > now())
    return;
  last_presence_ = now();
  auto all = presence_.take_changes(now());
  for (std::size_t i = 0; i < all.size(); i += max_presence) {
    const auto last = all.begin() + static_cast<std::ptrdiff_t>(std::min(i + max_presence, all.size()));
    fan_out(told{domain::encode_presence_changes({all.begin() + static_cast<std::ptrdiff_t>(i), last})},
            [](const member_stream& s) { return s.at == stage::live; });
  }
}

void company::tell_heartbeats() {
  if (next_beat_ > now())
    return;
  next_beat_ = time_point::max();
  domain::frame_ptr frame = domain::encode_heartbeat({at_.epoch, at_.head}, domain::now());
  for (auto& s : streams_) {
    if (s.at == stage::ended)
      continue;
    auto due = std::max(last_event_, s.quiet_since) + env_.settings.heartbeat;
    if (due <= now()) {
      if (s.at == stage::live)
        caf::anon_send(s.connection, told{frame});
      s.quiet_since = now();
      due = now() + env_.settings.heartbeat;
    }
    next_beat_ = std::min(next_beat_, due);
  }
}

void company::expire() {
  if (next_expiry_ > now())
    return;
  next_expiry_ = time_point::max();
  for (auto& s : streams_) {
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
  for (auto& s : streams_)
    if (s.at == stage::waiting && s.since + admission_timeout <= now())
      end(s, domain::end_reason::overloaded);
}

void company::retry_reads() {
  if (!reads_failed_ || retry_at_ > now())
    return;
  reads_failed_ = false;
  give_up_waiting();
  if (!ready_ && !reading_position_)
    read_position();
  learn_authority(authority_target_);
  for (auto start : std::exchange(failed_pages_, {}))
    read_page(start);
  if (ready_)
    place_waiting();
}

void company::retire_if_idle() {
  if (!streams_.empty() || retiring_ || idle_since_ + env_.settings.idle > now())
    return;
  retiring_ = true;
  anon_send(directory_, retire{id_, subscribes_, company_actor{this}});
}

void company::on_retired(const retired& m) {
  retiring_ = false;
  if (m.agreed)
    return quit();
  idle_since_ = now();
  arm();
}

void company::on_tick() {
  armed_ = time_point::max();
  expire();
  tell_heartbeats();
  tell_presence();
  retry_reads();
  retire_if_idle();
  arm();
}

// One timer at a time, for whatever is due first; one that comes too early does no harm.
void company::arm() {
  auto due = std::min(next_beat_, next_expiry_);
  if (presence_.has_changes())
    due = std::min(due, last_presence_ + env_.settings.presence_gather);
  if (auto gone = presence_.next_due())
    due = std::min(due, std::max(*gone, last_presence_ + env_.settings.presence_gather));
  if (reads_failed_)
    due = std::min(due, retry_at_);
  if (streams_.empty() && !retiring_)
    due = std::min(due, idle_since_ + env_.settings.idle);
  if (due >= armed_)
    return;
  armed_ = due;
  delayed_send(company_actor{this}, std::max(due - now(), time_point::duration::zero()), tick{});
}

}  // namespace chatmesh::actors
