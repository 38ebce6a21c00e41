#include "actors/company.hpp"

#include <caf/send.hpp>

#include <algorithm>
#include <utility>

namespace chatmesh::actors {

company::company(caf::actor_config& config, pinned_unit* unit, environment& env, domain::id id,
                 directory_actor directory, std::shared_ptr<standing> standing)
    : pinned_actor(config, unit), env_(env), id_(id), directory_(std::move(directory)), standing_(std::move(standing)),
      window_(env.settings.window_events, env.settings.window_bytes),
      pages_(env.settings.cached_pages, env.settings.page_events), presence_(env.settings.presence_grace),
      typing_(env.settings.typing_interval) {}

void company::on_exit() {
  --env_.companies;
  directory_ = nullptr;
  streams_.clear();
  relays_.clear();
  presence_asked_.clear();
}

company::behavior_type company::make_behavior() {
  ++env_.companies;
  set_down_handler([this](caf::down_msg& m) { on_down(m); });
  idle_since_ = last_presence_ = born_ = now();
  read_position();
  arm();
  return {
      [this](const subscribe& m) { on_subscribe(m); },
      [this](const pull& m) { on_pull(m); },
      [this](const refresh_presence& m) {
        if (auto* s = find(m.connection); s && s->at == stage::live)
          anon_send(s->connection, told{full_presence()});
      },
      [this](const changed& m) { on_changed(m); },
      [this](const moved& m) { on_moved(m.to); },
      [this](const ended& m) { on_ended(m); },
      [this](const recheck&) { on_recheck(); },
      [this](const type_notice& m) { on_typing(m); },
      [this](const ask_presence& m) { on_ask_presence(m); },
      [this](const peer_presence& m) { on_peer_presence(m); },
      [this](const peer_lost& m) {
        presence_.lost(m.link, now());
        heard_.erase(m.link);
        arm();
      },
      [this](const report_presence& m) {
        std::vector<domain::presence_change> all;
        for (const auto& each : presence_.here())
          all.push_back({each, true});
        anon_send(m.to, tell_presence{id_, std::move(all)});
      },
      [this](const drain& m) { on_drain(m); },
      [this](const position_read& m) { on_position(m); },
      [this](const page_read& m) { on_page(m); },
      [this](const endings_read& m) { on_endings(m); },
      [this](const admission_read& m) { on_admission(m); },
      [this](const tick&) { on_tick(); },
      [this](const retired& m) { on_retired(m); },
  };
}

// ---- the head

void company::read_position() {
  reading_position_ = true;
  recheck_wanted_ = false;
  env_.log.read_position(
      id_, [self = company_actor{this}](std::optional<log_position> at) { caf::anon_send(self, position_read{at}); });
}

void company::on_position(const position_read& m) {
  reading_position_ = false;
  if (!m.at) {
    recheck_wanted_ = ready_;
    return failed();
  }
  if (!ready_) {
    ready_ = true;
    at_ = *m.at;
    began_at_ = at_.head;
    standing_->move_to(at_);
    if (told_epoch_ != 0 && told_epoch_ != at_.epoch) {  // what was told meanwhile is of another history, or this is
      target_ = authority_target_ = 0;
      on_recheck();
    }
  } else if (is_of_another_history(*m.at)) {
    return;
  }
  learn_authority(m.at->authority);
  aim_at(m.at->head);
  place_waiting();
  if (recheck_wanted_ && !reading_position_)  // what was read counts all the same: else it never would, if asked often
    read_position();
}

void company::on_recheck() {
  recheck_wanted_ = true;
  if (!reading_position_)
    read_position();
}

// Its numbers mean other events; or nobody here is to be told of any.
bool company::is_of_another_history(const log_position& at) {
  if (!over_ && at.epoch == at_.epoch)
    return false;
  begin_anew(at);
  return true;
}

// Whether these numbers mean our events. Where they don't, or nobody can say, the log is looked at anew.
bool company::is_of_ours(std::uint32_t epoch) {
  if (over_)
    return false;
  if (epoch == 0 || (ready_ && epoch != at_.epoch)) {
    on_recheck();
    return false;
  }
  if (!ready_ && epoch != told_epoch_) {
    told_epoch_ = epoch;
    target_ = authority_target_ = 0;
  }
  return true;
}

void company::on_moved(const company_head& to) {
  if (!is_of_ours(to.epoch))
    return;
  learn_authority(to.authority);
  aim_at(to.head);
}

// While the log is looked at anew, what comes may be of another history.
void company::on_changed(const changed& m) {
  if (!is_of_ours(m.epoch))
    return;
  for (const auto& frame : m.frames) {
    const bool follows = ready_ && frame->seq == at_.head + 1 && frame->authority <= at_.authority;
    if (follows && !reading_position_ && !recheck_wanted_) {
      append(frame, m.more || frame != m.frames.back());
    } else {
      learn_authority(frame->authority);
      aim_at(frame->seq);
    }
  }
}

// The only place that hands out a live event.
void company::append(const domain::frame_ptr& frame, bool more) {
  at_.head = frame->seq;
  standing_->move_to(at_);
  window_.append(frame);
  tell_event(frame, more);
}

// The log is known to reach this far; if the mailbox did not bring it here, the log does.
void company::aim_at(std::uint64_t seq) {
  target_ = std::max(target_, seq);
  if (!ready_ || repairing_ || target_ <= at_.head || reading_endings_)
    return;
  repairing_ = true;
  wait_for_page({.connection = 0, .after = at_.head}, page_cache::start::aligned);
}

// ---- pages of the log

void company::on_pull(const pull& m) {
  auto* s = find(m.connection);
  if (!s || over_)
    return;
  if (m.after >= at_.head) {  // the head's next event comes by itself
    anon_send(s->connection, pulled{nullptr, at_, nullptr});
  } else if (window_.reaches(m.after)) {
    auto frames = window_.after(m.after, env_.settings.page_events, env_.settings.page_bytes);
    anon_send(s->connection,
              pulled{std::make_shared<const std::vector<domain::frame_ptr>>(std::move(frames)), at_, nullptr});
  } else if (auto page = pages_.find(m.after)) {
    anon_send(s->connection, pulled{std::move(page), at_, nullptr});
  } else {
    wait_for_page({.connection = m.connection, .after = m.after}, page_cache::start::aligned);
  }
}

void company::wait_for_page(page_waiter waiter, page_cache::start from) {
  if (auto start = pages_.wait(waiter, from))
    read_page(*start);
}

void company::read_page(std::uint64_t start) {
  env_.log.read_page(id_, start, [self = company_actor{this}, start](std::optional<log_page> page) {
    caf::anon_send(self, page_read{start, std::move(page)});
  });
}

void company::on_page(const page_read& m) {
  if (!m.page) {
    failed_pages_.push_back(m.after);
    return failed();
  }
  if (is_of_another_history(m.page->at))
    return;
  learn_authority(m.page->at.authority);
  if (m.page->at.authority > at_.authority)
    held_pages_.push_back(m);
  else
    hand_out(m);
}

void company::hand_out(const page_read& m) {
  at_.oldest = std::max(at_.oldest, m.page->at.oldest);
  auto frames = std::make_shared<const std::vector<domain::frame_ptr>>(m.page->frames);
  auto waiters = pages_.arrived(m.after, frames);
  for (const auto& waiter : waiters) {
    const bool reached = !frames->empty() && frames->back()->seq > waiter.after;
    const bool lost = !reached && waiter.after < m.page->at.head;
    if (lost && m.after != waiter.after) {  // the aligned start is gone, or the page was cut short before the reader
      wait_for_page(waiter, page_cache::start::exact);
    } else if (waiter.connection == 0) {
      repairing_ = false;
      const auto before = at_.head;
      if (lost) {  // pruned past us: what nobody can read any more is passed over; each stream is told by its own pull
        at_.head = std::max(at_.head, m.page->at.oldest - 1);
        standing_->move_to(at_);
        window_.clear();
      }
      for (const auto& frame : *frames)
        if (frame->seq == at_.head + 1)
          append(frame);
      env_.holes += at_.head == before ? 0 : 1;
      fruitless_ = at_.head == before && target_ > at_.head ? fruitless_ + 1 : 0;
    } else if (auto* s = find(waiter.connection)) {
      if (lost && s->at == stage::ended)  // it can't reach its last event any more
        end(*s, s->why);
      else
        anon_send(s->connection,
                  pulled{frames, at_, lost ? reset_to(domain::reset_reason::expired, at_.head) : nullptr});
    }
  }
  target_ = std::max(target_, m.page->at.head);
  if (fruitless_ > 1)
    failed();
  else
    aim_at(target_);
}

// ---- what ended without an event of its own

void company::on_ended(const ended& m) {
  end_sessions(m.sessions);
  if (!is_of_ours(m.epoch))
    return;
  if (ready_ && m.authority == at_.authority + 1)
    at_.authority = m.authority;
  if (ready_)
    standing_->move_to(at_);
  learn_authority(m.authority);
}

void company::learn_authority(std::uint64_t authority) {
  authority_target_ = std::max(authority_target_, authority);
  if (!ready_ || reading_endings_)
    return;
  if (authority_target_ > at_.authority)
    return read_endings();
  for (const auto& page : std::exchange(held_pages_, {}))
    on_page(page);
}

void company::read_endings() {
  reading_endings_ = true;
  env_.log.read_endings(id_, at_.authority, [self = company_actor{this}](std::optional<log_endings> endings) {
    caf::anon_send(self, endings_read{std::move(endings)});
  });
}

void company::on_endings(const endings_read& m) {
  reading_endings_ = false;
  if (over_)
    return;
  if (!m.endings || (m.endings->authority <= at_.authority && at_.authority < authority_target_))
    return failed();
  end_sessions(m.endings->sessions);
  at_.authority = std::max(at_.authority, m.endings->authority);
  standing_->move_to(at_);
  learn_authority(at_.authority);
  if (reading_endings_)
    return;
  aim_at(target_);
  place_waiting();
}

void company::failed() {
  reads_failed_ = true;
  retry_at_ = now() + env_.settings.log_retry;
  arm();
}

}  // namespace chatmesh::actors
