#include "actors/connection.hpp"

#include "domain/id.hpp"

#include <caf/send.hpp>

#include <algorithm>
#include <utility>

namespace chatmesh::actors {

connection::connection(caf::actor_config& config, pinned_unit* unit, environment& env, directory_actor directory,
                       subscriber who, std::unique_ptr<stream> peer)
    : pinned_actor(config, unit), env_(env), directory_(std::move(directory)), who_(std::move(who)),
      stream_(std::move(peer)) {}

void connection::on_exit() {
  --env_.connections;
  if (stream_)
    stream_->close(false);
  stream_.reset();
  company_ = nullptr;
  directory_ = nullptr;
  out_.clear();
  goodbye_.reset();
}

connection::behavior_type connection::make_behavior() {
  ++env_.connections;
  stream_->start({
      .writable = [self = connection_actor{this}] { caf::anon_send(self, became_writable{}); },
      .closed = [self = connection_actor{this}] { caf::anon_send<caf::message_priority::high>(self, peer_closed{}); },
  });
  set_down_handler([this](caf::down_msg&) { quit(); });  // the company is gone: the client comes back and resumes
  anon_send(directory_, subscribe{who_, connection_actor{this}});
  return {
      [this](const subscribed& m) { on_subscribed(m); },
      [this](const delivered& m) { on_delivered(m); },
      [this](const told& m) { on_told(m); },
      [this](const pulled& m) { on_pulled(m); },
      [this](const end_stream& m) { on_end(m); },
      [this](const became_writable&) { busy_ = false; },
      [this](const peer_closed&) { quit(); },
      [this](const flush_skip&) {
        skip_timer_ = false;
        if (phase_ == phase::live && !busy_)
          put_skip();
      },
      [this](const give_up&) { quit(); },
  };
}

connection::resume_result connection::resume(caf::execution_unit* unit, std::size_t max_throughput) {
  auto result = pinned_actor::resume(unit, max_throughput);
  if (stream_)  // else on_exit() ran
    flush();
  return result;
}

void connection::on_subscribed(const subscribed& m) {
  if (phase_ != phase::subscribing)
    return;
  phase_ = phase::live;
  company_ = m.company;
  monitor(company_);
  epoch_ = m.at.epoch;
  position_ = m.position;
  head_ = std::max(head_, m.at.head);
  out_.push_back(domain::encode_hello({
      .connection_id = domain::id::make().to_string(),
      .company_id = who_.company,
      .employee_id = who_.employee,
      .from = {epoch_, position_},
      .head = m.at.head,
      .resumed = m.resumed,
      .reset_follows = m.reset.has_value(),
      .heartbeat = env_.settings.heartbeat,
      .retry = env_.settings.retry,
      .node = env_.settings.node,
      .server_time = domain::now(),
  }));
  if (m.reset)
    out_.push_back(domain::encode_reset({*m.reset, who_.company, {epoch_, position_}, env_.settings.reset_spread}));
  out_.push_back(m.presence);
}

void connection::on_delivered(const delivered& m) {
  head_ = std::max(head_, m.frame->seq);
  if (phase_ == phase::live && !busy_ && !pulling_ && m.frame->seq == position_ + 1)
    accept(m.frame);
}

void connection::on_told(const told& m) {
  if (phase_ != phase::live)
    return;
  if (busy_) {
    presence_missed_ |= m.frame->kind == domain::frame_kind::presence;
    return;
  }
  if (m.frame->kind == domain::frame_kind::heartbeat)
    put_skip();
  out_.push_back(m.frame);
}

void connection::on_pulled(const pulled& m) {
  pulling_ = false;
  if (phase_ != phase::live || busy_)  // busy: the next idle moment pulls again
    return;
  if (m.lost) {
    put_skip();
    position_ = m.at.head;
    head_ = std::max(head_, position_);
    out_.push_back(domain::encode_reset(
        {domain::reset_reason::expired, who_.company, {epoch_, position_}, env_.settings.reset_spread}));
  } else if (!m.frames || m.frames->empty() || m.frames->back()->seq <= position_) {
    head_ = std::max(position_, m.at.head);  // nothing yet: the company will deliver what comes
  } else {
    for (const auto& frame : *m.frames)
      if (frame->seq == position_ + 1 && phase_ == phase::live)
        accept(frame);
  }
}

void connection::accept(const domain::frame_ptr& frame) {
  position_ = frame->seq;
  if (wants(*frame)) {
    put_skip_before(frame->seq);
    out_.push_back(frame);
  } else if (skip_from_ == 0) {
    skip_from_ = frame->seq;
  }
  if (frame->ends_company)
    on_end({domain::end_reason::company_deleted, env_.settings.retry});
  else if (frame->ended_employee == who_.employee)
    on_end({domain::end_reason::membership_ended, env_.settings.retry});
}

bool connection::wants(const domain::frame& frame) const {
  const bool echo = !who_.client.empty() && frame.client == who_.client && frame.by_kind == who_.by_kind &&
                    frame.by_id == who_.employee;
  return !echo && who_.entities.test(static_cast<std::size_t>(frame.entity));
}

// ---- skips

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
  if (phase_ == phase::live)
    put_skip();
  goodbye_ = domain::encode_goodbye(m.reason, m.retry);
  env_.count_end(m.reason);
  phase_ = phase::ending;
  if (busy_)  // a timer holds its actor: only where it is needed
    delayed_send(connection_actor{this}, goodbye_timeout, give_up{});
}

// ---- once an activation

void connection::flush() {
  if (busy_ || phase_ == phase::closing)
    return;
  if (!out_.empty()) {
    busy_ = !stream_->send(out_);
    out_.clear();
  }
  if (busy_)
    return;
  if (phase_ == phase::ending) {
    phase_ = phase::closing;
    stream_->send({&goodbye_, 1});
    stream_->close(true);
  } else if (phase_ == phase::live) {
    advance();
  }
}

// The stream is idle: whatever it missed, it can take now.
void connection::advance() {
  if (std::exchange(presence_missed_, false))
    anon_send(company_, refresh_presence{id()});
  if (position_ < head_) {
    if (!std::exchange(pulling_, true))
      anon_send(company_, pull{id(), position_});
    return;
  }
  if (skip_from_ != 0 && who_.prompt_skips) {
    put_skip();
    busy_ = !stream_->send(out_);
    out_.clear();
  } else if (skip_from_ != 0 && !std::exchange(skip_timer_, true)) {
    delayed_send(connection_actor{this}, env_.settings.skip_delay, flush_skip{});
  }
  if (!busy_)
    stream_->caught_up({epoch_, position_}, head_);
}

}  // namespace chatmesh::actors
