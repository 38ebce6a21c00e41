// A hub whose actors run step by step: CAF's test coordinator and its clock, a log in memory, streams that record.
#pragma once

#include "actors/event_log.hpp"
#include "actors/hub.hpp"
#include "actors/stream.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/scheduler/test_coordinator.hpp>
#include <gtest/gtest.h>

#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace chatmesh::tests {

using namespace std::chrono_literals;

// The committed sequence of one company. Answers come when the test says so (hold), or at once.
class memory_log final : public actors::event_log {
public:
  std::uint32_t epoch = 0x5f3a9c01;
  std::uint64_t authority = 0;
  std::uint64_t oldest = 1;
  std::vector<domain::frame_ptr> frames;  // frames[i] has seq i + 1
  std::vector<std::pair<std::uint64_t, domain::id>> endings;
  std::vector<domain::id> former_members;
  bool failing = false;
  bool broken = false;  // throws into the actor that asks
  bool hold = false;
  std::size_t page_events = 256;
  int position_reads = 0, page_reads = 0, endings_reads = 0, admission_reads = 0;

  actors::log_position position() const { return {epoch, frames.size(), oldest, authority}; }

  void read_position(domain::id, callback<actors::log_position> done) override {
    ++position_reads;
    answer(std::move(done), position());
  }

  void read_page(domain::id, std::uint64_t after, callback<actors::log_page> done) override {
    ++page_reads;
    actors::log_page page{position(), after, {}};
    if (after + 1 >= oldest)
      for (auto seq = after; seq < frames.size() && page.frames.size() < page_events; ++seq)
        page.frames.push_back(frames[seq]);
    answer(std::move(done), std::move(page));
  }

  void read_endings(domain::id, std::uint64_t above, callback<actors::log_endings> done) override {
    ++endings_reads;
    actors::log_endings found{authority, {}};
    for (const auto& [at, session] : endings)
      if (at > above)
        found.sessions.push_back(session);
    answer(std::move(done), std::move(found));
  }

  void read_admission(domain::id, domain::id session, domain::id employee,
                      callback<actors::log_admission> done) override {
    ++admission_reads;
    const auto over = [&](const auto& e) { return e.second == session; };
    const auto gone = std::find(former_members.begin(), former_members.end(), employee) != former_members.end();
    answer(std::move(done),
           actors::log_admission{position(), std::none_of(endings.begin(), endings.end(), over), !gone});
  }

  // Lets every held answer out.
  void release() {
    hold = false;
    for (auto& job : std::exchange(held_, {}))
      job();
  }

private:
  template <class T>
  void answer(callback<T> done, T value) {
    if (broken)
      throw std::runtime_error("the log is broken");
    auto job = [done = std::move(done),
                result = failing ? std::nullopt : std::optional<T>{std::move(value)}]() mutable {
      done(std::move(result));
    };
    if (hold)
      held_.push_back(std::move(job));
    else
      job();
  }

  std::vector<std::function<void()>> held_;
};

// What a stream was told, kept by the test beyond the stream's life.
struct recording {
  std::vector<domain::frame_ptr> frames;
  std::size_t largest_send = 0;
  bool blocked = false;   // the peer takes nothing: a send is kept back
  bool* ready = nullptr;  // the stream's, while it lives
  bool closed = false;
  actors::stream::listener* on = nullptr;

  std::vector<domain::frame_ptr> of(domain::frame_kind kind) const {
    std::vector<domain::frame_ptr> found;
    for (const auto& f : frames)
      if (f->kind == kind)
        found.push_back(f);
    return found;
  }
  std::vector<std::uint64_t> seqs() const {
    std::vector<std::uint64_t> found;
    for (const auto& f : of(domain::frame_kind::event))
      found.push_back(f->seq);
    return found;
  }
  domain::json last(domain::frame_kind kind) const {
    auto found = of(kind);
    return found.empty() ? domain::json{} : domain::json::parse(found.back()->data());
  }
};

class recording_stream final : public actors::stream {
public:
  explicit recording_stream(std::shared_ptr<recording> to) : to_(std::move(to)) { to_->ready = &ready_; }

  void start(listener& on) override { to_->on = &on; }
  void send(std::span<const domain::frame_ptr> frames) override {
    to_->frames.insert(to_->frames.end(), frames.begin(), frames.end());
    to_->largest_send = std::max(to_->largest_send, frames.size());
    ready_ = !to_->blocked;
  }
  void send_shared(std::span<const domain::frame_ptr> events, const domain::frame_ptr&) override { send(events); }
  void caught_up(domain::cursor, std::uint64_t) override {}
  void close(bool flush) override {
    to_->closed = true;
    auto* on = std::exchange(to_->on, nullptr);
    if (flush && on)
      on->on_closed();
  }

private:
  std::shared_ptr<recording> to_;
};

class Actors : public ::testing::Test {
protected:
  Actors() { config_.set("scheduler.policy", caf::atom("testing")); }

  void TearDown() override {
    if (!hub_)
      return;
    hub_->close({});
    log.release();
    settle();
    advance(6s);  // a peer that takes nothing is not waited for
    EXPECT_EQ(hub_->connections(), 0U);
    EXPECT_EQ(hub_->companies(), 0U);
    hub_.reset();
  }

  // Settings may be changed until the first call.
  actors::hub& hub() {
    if (!hub_) {
      system_ = std::make_unique<caf::actor_system>(config_);
      unit_ = std::make_unique<actors::pinned_unit>(*system_, [this] { woken_ = true; });
      hub_ = std::make_unique<actors::hub>(*system_, settings, log);
    }
    return *hub_;
  }

  caf::scheduler::test_coordinator& coordinator() {
    return dynamic_cast<caf::scheduler::test_coordinator&>(system_->scheduler());
  }

  // Runs every actor until none has anything to do.
  void settle() {
    if (!system_)
      return;
    while (step()) {
    }
  }

  // One turn of the io thread, and all that runs elsewhere. False: nobody had anything to do.
  bool step() {
    const bool any = coordinator().run() > 0;
    const bool woken = std::exchange(woken_, false);
    if (woken)
      unit_->drain();
    return any || woken;
  }

  void advance(std::chrono::milliseconds by) {
    // In steps, so that a timer armed by a timer is met as well.
    for (auto step = 50ms; by > 0ms; by -= step) {
      coordinator().advance_time(std::min(step, by));
      settle();
    }
  }

  struct event {
    domain::entity entity = domain::entity::customer;
    domain::action action = domain::action::updated;
    domain::id object = domain::id::make();
    domain::id by = domain::id::make();
    std::string client = {};
  };

  // Commits to the log without telling anyone.
  domain::frame_ptr commit(const event& e) {
    domain::change c;
    c.company_id = company;
    c.epoch = log.epoch;
    c.seq = log.frames.size() + 1;
    c.authority = log.authority;
    c.entity = e.entity;
    c.action = e.action;
    c.object_id = e.object;
    c.by = {domain::author_kind::employee, e.by, "Ada", e.client};
    c.data = domain::encode_change_data(c, R"({"id":")" + e.object.to_string() + R"("})");
    log.frames.push_back(domain::encode_event(c));
    return log.frames.back();
  }
  void commit_many(std::size_t n) {
    for (std::size_t i = 0; i < n; ++i)
      commit({});
  }
  domain::frame_ptr publish(const event& e) {
    auto frame = commit(e);
    hub().changed(company, log.epoch, {frame});
    settle();
    return frame;
  }
  void publish_many(std::size_t n) {
    for (std::size_t i = 0; i < n; ++i)
      publish({});
  }
  // As the writer tells it: a session is over.
  void end_session(const domain::id& session, bool tell = true) {
    log.endings.emplace_back(++log.authority, session);
    if (tell)
      hub().ended(company, log.epoch, log.authority, {session});
    settle();
  }

  actors::subscriber member(std::optional<std::string> cursor = {}) {
    actors::subscriber s;
    s.company = company;
    s.who.employee = domain::id::make();
    s.session = domain::id::make();
    s.cursor = std::move(cursor);
    s.as_of = domain::now();
    s.session_expires_at = s.as_of + 24h;
    s.epoch = log.epoch;
    s.head = log.frames.size();
    s.authority = log.authority;
    return s;
  }
  void open_with(actors::subscriber who, std::shared_ptr<actors::stream> peer) {
    hub().open(*unit_, std::move(who), std::move(peer));
    settle();
  }
  std::shared_ptr<recording> open(actors::subscriber who, bool blocked = false) {
    auto record = std::make_shared<recording>();
    record->blocked = blocked;
    open_with(std::move(who), std::make_shared<recording_stream>(record));
    return record;
  }
  void unblock(recording& r) {
    r.blocked = false;
    *r.ready = true;
    r.on->on_writable();
    settle();
  }
  std::string cursor(std::uint64_t seq) const { return domain::to_string(domain::cursor{log.epoch, seq}); }

  actors::settings settings;
  memory_log log;
  domain::id company = domain::id::make();

private:
  caf::actor_system_config config_;
  std::unique_ptr<caf::actor_system> system_;
  bool woken_ = false;
  std::unique_ptr<actors::pinned_unit> unit_;
  std::unique_ptr<actors::hub> hub_;
};

}  // namespace chatmesh::tests
