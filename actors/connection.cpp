#include "actors/connection.hpp"

#include "domain/id.hpp"

#include <caf/send.hpp>

#include <algorithm>
#include <utility>

namespace chatmesh::actors {

thread_local connection* connection::running_ = nullptr;

connection::connection(caf::actor_config& config, pinned_unit* unit, environment& env, directory_actor directory,
                       relay_actor relay, subscriber from, std::shared_ptr<stream> peer)
    : pinned_actor(config, unit), stream_(std::move(peer)), who_(from.who), env_(env),
      arrival_(std::make_unique<arrival>(arrival{std::move(from), std::move(directory), std::move(relay)})) {
  ++env_.connections;  // from here on the directory waits for it
}

void connection::on_exit() {
  --env_.connections;
  if (audience_)
    std::exchange(audience_, nullptr)->leave(slot_);
  if (stream_)
    stream_->close(false);
  stream_.reset();
  company_ = nullptr;
  arrival_.reset();
  out_.clear();
}

connection::behavior_type connection::make_behavior() {
  stream_->start(*this);
  const auto from = std::exchange(arrival_, nullptr);
  subscribe wanted{std::move(from->from), connection_actor{this}, std::move(from->relay), unit()};
  if (!env_.registry.subscribe(wanted))
    anon_send(from->directory, std::move(wanted));
  static thread_local const behavior_type shared{
      [](const subscribed& m) { running_->on_subscribed(m); },
      [](const told& m) { running_->on_told(m); },
      [](const pulled& m) { running_->on_pulled(m); },
      [](const end_stream& m) { running_->on_end(m); },
      [](const became_writable&) {},  // flush() goes on
      [](const peer_closed&) { running_->quit(); },
      [](const flush_skip&) { running_->on_flush_skip(); },
      [](const give_up& m) { running_->on_give_up(m); },
  };
  return shared;
}

connection::resume_result connection::resume(caf::execution_unit* unit, std::size_t max_throughput) {
  running_ = this;
  auto result = pinned_actor::resume(unit, max_throughput);
  try {
    if (stream_)  // else on_exit() ran
      flush(clock().now());
  } catch (const std::exception&) {  // out of memory, most likely
    on_closed();
  }
  return result;
}

void connection::on_writable() {
  caf::anon_send(connection_actor{this}, became_writable{});
}

void connection::on_closed() {
  caf::anon_send<caf::message_priority::high>(connection_actor{this}, peer_closed{});
}

void connection::on_subscribed(const subscribed& m) {
  if (phase_ != phase::subscribing)
    return;
  phase_ = phase::live;
  company_ = m.company;
  epoch_ = m.at.epoch;
  position_ = m.position;
  head_ = std::max(head_, m.at.head);
  out_.push_back(domain::encode_hello({
      .connection_id = domain::id::make().to_string(),
      .company_id = m.company_id,
      .employee_id = who_.by_kind == domain::author_kind::employee ? std::optional{who_.employee} : std::nullopt,
      .from = {epoch_, position_},
      .head = m.at.head,
      .resumed = m.resumed,
      .reset_follows = m.reset != nullptr,
      .heartbeat = env_.settings.heartbeat,
      .retry = env_.settings.retry,
      .node = env_.settings.node,
      .server_time = domain::now(),
  }));
  if (m.reset)
    out_.push_back(m.reset);
  out_.push_back(m.presence);
}  // what was missed meanwhile follows it

// ---- from the relay

void connection::abandon() {
  audience_ = nullptr;
  fail();
}

void connection::attached(audience& to, std::size_t slot) {
  audience_ = &to;
  slot_ = slot;
}

void connection::deliver(const batch& events, std::uint64_t head, time_point now) {
  told_ = std::max(told_, head);
  head_ = std::max(head_, head);
  muted_ |= events.ends(who_);
  const bool unread = !mailbox().blocked();
  if (phase_ != phase::live || pulling_ || unread || !stream_->ready())
    return;  // each of these ends in flush(), which compares position and head again
  if (position_ + 1 == events.first() && skip_from_ == 0 && !farewell_ && events.is_plain_for(who_)) {
    position_ = events.last();
    written_ = now;
    stream_->send_shared(events.frames(), events.joined());
    if (stream_->ready())
      advance();
    return;
  }
  for (const auto& frame : events.frames())
    if (frame->seq == position_ + 1 && phase_ == phase::live)
      accept(frame);
  flush(now);
}

void connection::tell(const domain::frame_ptr& frame, time_point now) {
  const bool wanted = phase_ == phase::subscribing || (phase_ == phase::live && !muted_ && !who_.wrote(*frame));
  if (!wanted)
    return;
  const bool is_presence = frame->kind == domain::frame_kind::presence;
  const bool in_order = !is_presence || mailbox().blocked();  // the mail may hold an older, full presence
  if (phase_ == phase::live && stream_->ready() && in_order) {
    written_ = now;
    stream_->send_shared({&frame, 1}, frame);
  } else if (is_presence) {
    miss(frame);
  }
}

void connection::on_told(const told& m) {
  if (phase_ != phase::live || muted_)
    return;
  if (stream_->ready())
    out_.push_back(m.frame);
  else
    miss(m.frame);
}

void connection::miss(const domain::frame_ptr& presence) {
  presence_lost_ |= missed_ && missed_->size() == max_missed;
  if (presence_lost_)
    return missed_.reset();
  if (!missed_)
    missed_ = std::make_unique<std::vector<domain::frame_ptr>>();
  missed_->push_back(presence);
}

connection::time_point connection::beat(const domain::frame_ptr& frame, std::uint64_t head, time_point now,
                                        std::chrono::milliseconds interval) {
  told_ = std::max(told_, head);
  head_ = std::max(head_, head);
  if (phase_ == phase::live && !muted_ && stream_->ready() && written_ + interval <= now) {
    put_skip();
    if (out_.empty()) {
      written_ = now;
      stream_->send_shared({&frame, 1}, frame);
    } else {
      out_.push_back(frame);
      flush(now);
    }
  }
  if (phase_ == phase::live && position_ < head_ && !pulling_ && stream_->ready())
    advance();  // should ever a wake-up be lost, it is late by no more than this
  return std::max(written_, now - interval / 2) + interval;
}

void connection::on_pulled(const pulled& m) {
  pulling_ = false;
  if (phase_ != phase::live || !stream_->ready())  // the next moment it is ready pulls again
    return;
  if (m.reset) {
    put_skip();
    position_ = m.at.head;
    head_ = std::max(head_, position_);
    out_.push_back(m.reset);
  } else if (!m.frames || m.frames->empty() || m.frames->back()->seq <= position_) {
    head_ = std::max({position_, m.at.head, told_});  // nothing yet: the company will spread what comes
  } else {
    for (const auto& frame : *m.frames)
      if (frame->seq == position_ + 1 && phase_ == phase::live)
        accept(frame);
  }
}

void connection::accept(const domain::frame_ptr& frame) {
  position_ = frame->seq;
  if (who_.takes(*frame)) {
    put_skip_before(frame->seq);
    out_.push_back(frame);
  } else if (skip_from_ == 0) {
    skip_from_ = frame->seq;
  }
  if (frame->ends_company)
    on_end({domain::end_reason::company_deleted, env_.settings.retry});
  else if (frame->ended_employee == who_.employee)
    on_end({domain::end_reason::membership_ended, env_.settings.retry});
  else if (farewell_ && position_ >= farewell_->up_to)
    on_end(*std::exchange(farewell_, nullptr));
}

// ---- skips

void connection::on_flush_skip() {
  skip_timer_ = false;
  if (phase_ == phase::live && stream_->ready())
    put_skip();
}

// Told in one piece with whatever was skipped before; ahead of the next event, of a heartbeat, of the end.
void connection::put_skip() {
  put_skip_before(position_ + 1);
}

void connection::put_skip_before(std::uint64_t seq) {
  if (skip_from_ != 0)
    out_.push_back(domain::encode_skip(epoch_, skip_from_, seq - 1));
  skip_from_ = 0;
}

// ---- the end

void connection::on_end(const end_stream& m) {
  if (phase_ == phase::ending || phase_ == phase::closing)
    return;
  const bool waits = phase_ == phase::live && position_ < m.up_to && stream_->ready();
  farewell_ = std::make_unique<end_stream>(m);
  if (waits) {
    told_ = std::max(told_, m.up_to);
    head_ = std::max(head_, m.up_to);
  } else {
    if (phase_ == phase::live) {
      put_skip();
      if (m.reset)
        out_.push_back(m.reset);
    }
    env_.count_end(m.reason);
    phase_ = phase::ending;
  }
  if (waits || !stream_->ready())  // a timer holds its actor: only where it is needed
    give_up_later(waits);
}

void connection::give_up_later(bool for_event) {
  delayed_send(connection_actor{this}, goodbye_timeout, give_up{for_event});
}

void connection::on_give_up(const give_up& m) {
  if (!m.for_event)
    return quit();
  if (phase_ != phase::live)
    return;  // the event came; the goodbye has a timer of its own
  auto end = std::exchange(farewell_, nullptr);
  end->up_to = 0;
  on_end(*end);
}

// ---- once an activation

void connection::flush(time_point now) {
  if (!stream_->ready() || phase_ == phase::closing)
    return;
  if (!out_.empty()) {
    written_ = now;
    stream_->send(std::exchange(out_, {}));
    if (!stream_->ready()) {
      if (phase_ == phase::ending)  // what goes before the goodbye may be what the peer does not take
        give_up_later(false);
      return;
    }
  }
  if (phase_ == phase::ending) {
    phase_ = phase::closing;
    const auto goodbye = domain::encode_goodbye(farewell_->reason, farewell_->retry);
    stream_->send({&goodbye, 1});
    stream_->close(true);
  } else if (phase_ == phase::live) {
    advance();
  }
}

// The stream is idle: whatever it missed, it can take now.
void connection::advance() {
  if (std::exchange(presence_lost_, false))
    anon_send(company_, refresh_presence{id()});
  if (const auto missed = std::exchange(missed_, nullptr)) {
    stream_->send(*missed);
    if (!stream_->ready())
      return;
  }
  // Also while it replays: what a long replay leaves out is told meanwhile.
  if (skip_from_ != 0 && !who_.prompt_skips && !std::exchange(skip_timer_, true))
    delayed_send(connection_actor{this}, env_.settings.skip_delay, flush_skip{});
  if (position_ < head_) {
    if (!std::exchange(pulling_, true))
      anon_send(company_, pull{id(), position_});
    return;
  }
  if (skip_from_ != 0 && who_.prompt_skips) {
    put_skip();
    stream_->send(std::exchange(out_, {}));
  }
  if (stream_->ready())
    stream_->caught_up({epoch_, position_}, head_);
}

}  // namespace chatmesh::actors
