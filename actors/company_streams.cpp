#include "actors/company.hpp"

#include "domain/cursor.hpp"

#include <caf/send.hpp>

#include <algorithm>
#include <utility>

namespace chatmesh::actors {

void company::on_subscribe(const subscribe& m) {
  ++subscribes_;
  monitor(m.connection);
  index_[m.connection.id()] = streams_.size();
  const auto life = m.who.session_expires_at - m.who.as_of;
  auto& s = streams_.emplace_back();
  s.who = m.who;
  s.connection = m.connection;
  s.since = s.quiet_since = now();
  s.expires = now() + life;
  if (draining_)
    return end(s, domain::end_reason::draining);
  const auto limit = env_.settings.streams_per_member;
  if (limit != 0 && presence_.streams(s.who.employee) >= limit)
    return end(s, domain::end_reason::too_many_streams);
  s.counted = true;
  presence_.opened(s.who.employee);
  next_beat_ = std::min(next_beat_, s.quiet_since + env_.settings.heartbeat);
  next_expiry_ = std::min(next_expiry_, s.expires);
  if (ready_)
    place(s);
  arm();
}

// The right was proven at who.head and who.authority. The stream starts at or below that head, so it meets the end of
// its membership itself; only where it would start above, or sessions ended since, the proof is made anew.
bool company::needs_admission(const member_stream& s) const {
  if (s.who.authority < at_.authority)
    return true;
  if (s.admitted || !s.who.cursor)
    return false;
  if (*s.who.cursor == "0")
    return true;
  auto cursor = domain::parse_cursor(*s.who.cursor);
  if (!cursor || cursor->epoch != at_.epoch)
    return false;
  if (cursor->seq > s.who.head)  // "ahead" is said only after the database was asked
    return true;
  return cursor->seq < at_.head && !window_.reaches(cursor->seq);  // is it still kept?
}

void company::read_admission(const member_stream& s) {
  auto answer = [self = company_actor{this}, stream = s.connection.id()](std::optional<log_admission> admission) {
    caf::anon_send(self, admission_read{stream, std::move(admission)});
  };
  env_.log.read_admission(id_, s.who.session, s.who.employee, std::move(answer));
}

void company::on_admission(const admission_read& m) {
  auto* s = find(m.connection);
  if (!s || s->at != stage::waiting)
    return;
  s->asking = false;
  if (!m.admission)
    return failed();
  const auto& found = *m.admission;
  learn_authority(found.at.authority);
  if (!found.session_live)
    return end(*s, domain::end_reason::session_ended);
  if (!found.member)
    return end(*s, domain::end_reason::membership_ended);
  s->admitted = true;
  s->who.head = found.at.head;
  s->who.authority = found.at.authority;
  at_.oldest = std::max(at_.oldest, found.at.oldest);
  place(*s);
}

void company::place_waiting() {
  for (std::size_t i = 0; i < streams_.size(); ++i)
    if (streams_[i].at == stage::waiting && !streams_[i].asking)
      place(streams_[i]);
}

void company::place(member_stream& s) {
  if (needs_admission(s)) {
    s.asking = true;
    return read_admission(s);
  }
  const auto& given = s.who.cursor;
  if (!given)
    return welcome(s, s.who.head, false, {});
  if (*given == "0")
    return welcome(s, at_.oldest - 1, true, {});
  auto cursor = domain::parse_cursor(*given);
  if (!cursor)
    welcome(s, s.who.head, false, domain::reset_reason::malformed);
  else if (cursor->epoch != at_.epoch)
    welcome(s, s.who.head, false, domain::reset_reason::unknown_epoch);
  else if (cursor->seq > s.who.head)
    welcome(s, s.who.head, false, domain::reset_reason::ahead);
  else if (cursor->seq + 1 < at_.oldest)
    welcome(s, s.who.head, false, domain::reset_reason::expired);
  else
    welcome(s, cursor->seq, true, {});
}

void company::welcome(member_stream& s, std::uint64_t position, bool resumed,
                      std::optional<domain::reset_reason> reset) {
  s.at = stage::live;
  aim_at(s.who.head);
  auto at = at_;
  at.head = std::max(at.head, s.who.head);
  anon_send(s.connection, subscribed{company_actor{this}, at, position, resumed, reset, full_presence()});
}

void company::end(member_stream& s, domain::end_reason reason) {
  s.at = stage::ended;
  s.why = reason;
  auto retry = env_.settings.retry;
  if (draining_ && drain_spread_ > retry)  // each stream comes back at a time of its own
    retry += std::chrono::milliseconds{random_() % static_cast<unsigned long>(drain_spread_.count())};
  caf::anon_send<caf::message_priority::high>(s.connection, end_stream{reason, retry});
}

void company::end_sessions(const std::vector<domain::id>& sessions) {
  for (auto& s : streams_)
    if (s.at != stage::ended && std::find(sessions.begin(), sessions.end(), s.who.session) != sessions.end())
      end(s, domain::end_reason::session_ended);
}

// The one place that forgets a connection, however it ended.
void company::on_down(const caf::down_msg& m) {
  auto it = index_.find(m.source.id());
  if (it == index_.end())
    return;
  const auto at = it->second;
  index_.erase(it);
  if (streams_[at].counted)
    presence_.closed(streams_[at].who.employee, now());
  if (at + 1 != streams_.size()) {
    streams_[at] = std::move(streams_.back());
    index_[streams_[at].connection.id()] = at;
  }
  streams_.pop_back();
  if (streams_.empty()) {
    idle_since_ = now();
    if (draining_)
      return quit();
  }
  arm();
}

void company::on_drain(const drain& m) {
  draining_ = true;
  drain_spread_ = m.spread;
  if (streams_.empty())
    return quit();
  for (auto& s : streams_)  // those that have ended too: one may be stalled short of its last event
    end(s, domain::end_reason::draining);
}

company::member_stream* company::find(caf::actor_id id) {
  auto it = index_.find(id);
  return it == index_.end() ? nullptr : &streams_[it->second];
}

}  // namespace chatmesh::actors
