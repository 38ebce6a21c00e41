#include "actors/company.hpp"

#include "domain/cursor.hpp"

#include <caf/send.hpp>

#include <algorithm>
#include <utility>

namespace chatmesh::actors {

namespace {

// Why a stream ends whose session, or what stands for it, is over.
domain::end_reason reason_of_session(domain::author_kind kind) {
  return kind == domain::author_kind::token ? domain::end_reason::token_revoked : domain::end_reason::session_ended;
}

}  // namespace

std::uint32_t company::relay_of(const subscribe& m) {
  const auto known = std::ranges::find(relays_, m.relay, &share::relay);
  if (known != relays_.end())
    return static_cast<std::uint32_t>(known - relays_.begin());
  relays_.push_back({m.relay});
  return static_cast<std::uint32_t>(relays_.size() - 1);
}

void company::on_subscribe(const subscribe& m) {
  ++requests_;
  monitor(m.connection);
  auto& s = streams_[m.connection.id()];
  s.connection = m.connection;
  s.employee = m.from.who.employee;
  s.session = m.from.session;
  s.relay = relay_of(m);
  s.kind = m.from.who.by_kind;
  const bool expires = m.from.session_expires_at != domain::timestamp::max();
  s.expires = expires ? now() + (m.from.session_expires_at - m.from.as_of) : time_point::max();
  s.waiting = std::make_unique<arrival>(arrival{.from = m.from, .since = now()});
  if (draining_ || over_)
    return end(s, domain::end_reason::draining);
  if (m.from.counts) {
    const auto limit = env_.settings.streams_per_member;
    if (limit != 0 && streams_of(s) >= limit)
      return end(s, domain::end_reason::too_many_streams);
    s.counted = true;
    if (s.kind == domain::author_kind::employee)
      open_presence(s.employee);
    else
      ++others_[s.employee];
  }
  next_expiry_ = std::min(next_expiry_, s.expires);
  if (ready_)
    place(s);
  arm();
}

std::size_t company::streams_of(const member_stream& who) const {
  if (who.kind == domain::author_kind::employee)
    return presence_.streams(who.employee);
  const auto found = others_.find(who.employee);
  return found == others_.end() ? 0 : found->second;
}

// The right was proven at from.head and from.authority of the history from.epoch. The stream starts at or below that
// head, so it meets the end of its membership itself; only where it would start above, sessions ended since, or another
// history began, the proof is made anew.
bool company::needs_admission(const arrival& a) const {
  if (a.from.epoch != at_.epoch || a.from.authority < at_.authority)
    return true;
  if (a.admitted)
    return false;
  if (!a.from.cursor)
    return a.from.head < began_at_;  // a remembered proof, and another node has written since: the head is not that one
  if (*a.from.cursor == "0")
    return true;
  auto cursor = domain::parse_cursor(*a.from.cursor);
  if (!cursor || cursor->epoch != at_.epoch)
    return false;
  if (cursor->seq > a.from.head)  // "ahead" is said only after the database was asked
    return true;
  return cursor->seq < at_.head && !window_.reaches(cursor->seq);  // is it still kept?
}

void company::read_admission(const member_stream& s) {
  auto answer = [self = company_actor{this}, stream = s.connection.id()](std::optional<log_admission> admission) {
    caf::anon_send(self, admission_read{stream, std::move(admission)});
  };
  env_.log.read_admission(id_, s.session, s.kind == domain::author_kind::employee ? s.employee : domain::id{},
                          std::move(answer));
}

void company::on_admission(const admission_read& m) {
  auto* s = find(m.connection);
  if (!s || s->at != stage::waiting)
    return;
  auto& a = *s->waiting;
  a.asking = false;
  if (!m.admission)
    return failed();
  const auto& found = *m.admission;
  if (is_of_another_history(found.at))
    return;
  learn_authority(found.at.authority);
  if (!found.session_live)
    return end(*s, reason_of_session(s->kind));
  if (!found.member)
    return end(*s, domain::end_reason::membership_ended);
  a.admitted = true;
  a.from.epoch = found.at.epoch;
  a.from.head = found.at.head;
  a.from.authority = found.at.authority;
  at_.oldest = std::max(at_.oldest, found.at.oldest);
  place(*s);
}

void company::place_waiting() {
  for (auto& [_, s] : streams_)
    if (s.at == stage::waiting && !s.waiting->asking)
      place(s);
}

void company::place(member_stream& s) {
  if (over_)
    return;
  auto& a = *s.waiting;
  if (needs_admission(a)) {
    a.asking = true;
    return read_admission(s);
  }
  const auto head = a.from.head;
  const auto& given = a.from.cursor;
  if (!given)
    return welcome(s, head, false, {});
  if (*given == "0")
    return welcome(s, at_.oldest - 1, true, {});
  auto cursor = domain::parse_cursor(*given);
  if (!cursor)
    welcome(s, head, false, domain::reset_reason::malformed);
  else if (cursor->epoch != at_.epoch)
    welcome(s, head, false, domain::reset_reason::unknown_epoch);
  else if (cursor->seq > head)
    welcome(s, head, false, domain::reset_reason::ahead);
  else if (cursor->seq + 1 < at_.oldest)
    welcome(s, head, false, domain::reset_reason::expired);
  else
    welcome(s, cursor->seq, true, {});
}

// First the relay, then the connection: whatever is spread after this head reaches the connection, which takes note of
// it even where it has not read `subscribed` yet. The relay is told of a head that a pull can be answered for.
void company::welcome(member_stream& s, std::uint64_t position, bool resumed,
                      std::optional<domain::reset_reason> reset) {
  const auto waiting = std::exchange(s.waiting, nullptr);
  s.at = stage::live;
  s.joined = true;
  ++relays_[s.relay].connections;
  aim_at(waiting->from.head);
  auto at = at_;
  at.head = std::max(at.head, waiting->from.head);
  anon_send(relays_[s.relay].relay, join{id_, company_actor{this}, s.connection, {at_.epoch, at_.head}});
  anon_send(s.connection, subscribed{company_actor{this}, id_, at, position, resumed,
                                     reset ? reset_to(*reset, position) : nullptr, full_presence()});
}

domain::frame_ptr company::reset_to(domain::reset_reason reason, std::uint64_t position) const {
  return domain::encode_reset({reason, id_, {at_.epoch, position}, env_.settings.reset_spread});
}

void company::end(member_stream& s, domain::end_reason reason, domain::frame_ptr reset) {
  s.at = stage::ended;
  s.why = reason;
  s.waiting.reset();
  auto retry = env_.settings.retry;
  if (slots_)
    retry += slots_->next();
  caf::anon_send<caf::message_priority::high>(
      s.connection, end_stream{reason, retry, draining_ && !over_ ? at_.head : 0, std::move(reset)});
}

void company::end_sessions(const std::vector<domain::id>& sessions) {
  for (auto& [_, s] : streams_)
    if (s.at != stage::ended && std::find(sessions.begin(), sessions.end(), s.session) != sessions.end())
      end(s, reason_of_session(s.kind));
}

// The one place that forgets a connection, however it ended.
void company::on_down(const caf::down_msg& m) {
  const auto it = streams_.find(m.source.id());
  if (it == streams_.end())
    return;
  const auto& s = it->second;
  if (s.joined)
    --relays_[s.relay].connections;
  if (s.counted && s.kind == domain::author_kind::employee)
    close_presence(s.employee);
  else if (s.counted && --others_[s.employee] == 0)
    others_.erase(s.employee);
  streams_.erase(it);
  if (streams_.empty()) {
    idle_since_ = now();
    if (draining_)
      return quit();
  }
  arm();
}

void company::on_drain(const drain& m) {
  draining_ = true;
  if (streams_.empty())
    return quit();
  if (over_)
    return;
  slots_ = m.slots;
  for (auto& [_, s] : streams_)  // those that have ended too: one may be stalled short of its last event
    end(s, domain::end_reason::draining);
}

// Another history begins: each stream is told by `reset` where that one stands, in one message with its end, so that
// nothing comes between; it goes on from there with another actor, which knows nothing of this one. Who does not get
// the reset is told when it comes back with its old cursor. What this actor hears from now on is none of its streams'
// business.
void company::begin_anew(const log_position& at) {
  if (draining_ || over_)
    return;
  for (const auto& each : presence_.here())  // before the next actor can say that they are back
    tell_peers(each, false);
  at_ = at;
  over_ = true;
  slots_ = std::make_shared<reconnect_slots>(streams_.size(), env_.settings.reset_spread);
  const auto told = reset_to(domain::reset_reason::unknown_epoch, at_.head);
  for (auto& [_, s] : streams_)
    end(s, domain::end_reason::draining, s.at == stage::live ? told : nullptr);
  env_.registry.leave(id_, id());
  anon_send(company_actor{this}, drain{});  // behind whoever has subscribed up to here
}

company::member_stream* company::find(caf::actor_id id) {
  const auto it = streams_.find(id);
  return it == streams_.end() ? nullptr : &it->second;
}

}  // namespace chatmesh::actors
