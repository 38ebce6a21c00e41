#include "bench/load/load_run.hpp"

#include "bench/common/clock.hpp"
#include "bench/load/company_file.hpp"

#include <algorithm>
#include <numeric>
#include <stdexcept>

namespace chatmesh::bench {

namespace {

constexpr std::uint64_t tick_ns = 10 * ns_per_ms;
constexpr std::uint64_t sample_ns = 2 * ns_per_s;
constexpr const char* writer_thread = "writer";  // ChatMesh's, in /proc/PID/task/TID/comm
constexpr double most_connect_s = 120;
constexpr double most_hold_s = 300;  // for others to come to the same phase

std::uint64_t to_ns(double seconds) {
  return static_cast<std::uint64_t>(seconds * static_cast<double>(ns_per_s));
}

double to_s(std::uint64_t ns) {
  return static_cast<double>(ns) / static_cast<double>(ns_per_s);
}

}  // namespace

load_run::load_run(const settings& s) : settings_(s), channels_(s.companies), channel_step_(s.companies * 5 / 8 + 1) {
  while (std::gcd(channel_step_, s.companies) > 1)
    ++channel_step_;
}

void load_run::run() {
  raise_descriptor_limit();
  if (settings_.in_step)
    gate_.emplace(poller_);
  settings_.server->prepare(channels_);
  streams_.emplace(settings_, poller_, channels_, done_);
  writers_.emplace(settings_, poller_, channels_, done_);
  connect_phase();
  measure_phase();
  drain_phase();
}

void load_run::connect_phase() {
  found_.before_connects = take_moment();
  streams_->open_all();
  const auto all = streams_->wanted();
  run_until(most_connect_s, [&] { return streams_->live() >= std::min(all, streams_->wanted()); });
  found_.connected = take_moment();
  found_.streams_live = streams_->live();
  hold("connected");
  pass(settings_.settle_s);
  hold("settled");
  found_.settled = take_moment();
  pass(settings_.idle_s);
  found_.idled = take_moment();
  hold("idle");
}

void load_run::measure_phase() {
  start_writes();
  pass(settings_.warmup_s);
  stop_writes();
  run_until(settings_.drain_s, [&] { return quiet(); });
  hold("warm");
  begun_ns_ = now_ns();
  streams_->measure(begun_ns_, begun_ns_ + to_ns(settings_.measure_s + settings_.drain_s));
  hold("measuring");
  const auto bytes = streams_->counts().bytes;
  const auto writes = writers_->sent();
  found_.begun = take_moment();
  found_.most_resident = found_.begun.resident;
  writers_->record(&found_.answers);
  measuring_ = true;
  start_writes();
  pass(settings_.measure_s);
  stop_writes();
  if (settings_.listens_only()) {
    hold("written");
    found_.strangers = read_outcomes(settings_.use, channels_);
  }
  found_.completed = run_until(settings_.drain_s, [&] { return quiet(); });
  found_.writes = writers_->sent() - writes;
  found_.over = take_moment();
  found_.deliveries = streams_->counts().deliveries;
  found_.stream_bytes = streams_->counts().bytes - bytes;
  found_.most_resident = std::max(found_.most_resident, found_.over.resident);
  measuring_ = false;
  writers_->record(nullptr);
  if (!settings_.listens_only())
    tell_writes();
  hold("received");
}

void load_run::tell_writes() {
  if (!settings_.share.empty())
    write_outcomes(settings_.share, channels_);
  hold("written");
}

// Slow and stalled streams read at full speed now: they have to get everything all the same.
void load_run::drain_phase() {
  if (settings_.slow + settings_.stalled == 0)
    return;
  const auto from = now_ns();
  streams_->wake_lazy();
  const bool all = run_until(settings_.drain_s, [&] { return streams_->caught_up(true); });
  found_.lazy_s = to_s(now_ns() - from);
  found_.completed = found_.completed && all;
}

bool load_run::quiet() const {
  return writers_->under_way() == 0 && !storming() && streams_->live() == streams_->wanted() &&
         streams_->caught_up(false);
}

bool load_run::run_until(double seconds, const condition& met) {
  const auto end = now_ns() + to_ns(seconds);
  std::uint64_t next_look = 0;
  for (auto now = now_ns(); now < end; now = now_ns()) {
    // A look goes through all streams: not for every socket that has something.
    if (now >= next_look) {
      if (met())
        return true;
      next_look = now + ns_per_ms;
    }
    turn(std::min(end, next_look));
  }
  return met();
}

void load_run::pass(double seconds) {
  const auto end = now_ns() + to_ns(seconds);
  for (auto now = now_ns(); now < end; now = now_ns())
    turn(end);
}

// Goes on reading until everybody has come to this phase.
void load_run::hold(std::string_view phase) {
  if (!gate_)
    return;
  gate_->arrive(phase);
  const auto end = now_ns() + to_ns(most_hold_s);
  for (auto now = now_ns(); now < end && !gate_->open(); now = now_ns())
    turn(end);
  if (!gate_->open())
    throw std::runtime_error{"nobody said to go on"};
  gate_->pass();
}

void load_run::turn(std::uint64_t until) {
  auto now = now_ns();
  if (now - last_tick_ns_ >= tick_ns)
    tick(now);
  if (streams_->step(now))
    until = now;
  write_due(now);
  answer_done();
  until = std::min(until, last_tick_ns_ + tick_ns);
  if (writing_ && !settings_.closed && settings_.rate > 0)
    until = std::min(until, static_cast<std::uint64_t>(due_ns_));
  now = now_ns();
  poller_.wait(until > now ? until - now : 0, [this](std::uint64_t key, std::uint32_t events) {
    const auto id = static_cast<std::uint32_t>(key);
    if ((key & gate_key) != 0)
      gate_->handle();
    else if ((key & writer_key) != 0)
      writers_->handle(id, events);
    else
      streams_->handle(id, events);
  });
  streams_->read_ready();
}

void load_run::start_writes() {
  if (settings_.listens_only())
    return;
  done_.clear();  // of the writes before, which may have ended just now
  writing_ = true;
  due_ns_ = static_cast<double>(now_ns());
  if (!settings_.closed)
    return;
  for (std::uint32_t index = 0; index < channels_.size(); ++index) {
    channels_[index].in_flight = settings_.outstanding;
    for (std::uint32_t i = 0; i < settings_.outstanding; ++i)
      writers_->submit(index);
  }
}

void load_run::write_due(std::uint64_t now) {
  if (!writing_ || settings_.closed || settings_.rate <= 0)
    return;
  for (; due_ns_ <= static_cast<double>(now); due_ns_ += static_cast<double>(ns_per_s) / settings_.rate) {
    writers_->submit(next_channel_);
    next_channel_ = (next_channel_ + channel_step_) % settings_.companies;
  }
}

void load_run::answer_done() {
  // submit() may add to the list: an answer can be there at once where a connection broke.
  for (std::size_t i = 0; i < done_.size(); ++i) {
    auto& c = channels_[done_[i]];
    if (!settings_.closed || c.in_flight == 0)
      continue;
    --c.in_flight;
    const auto more = !writing_ || (settings_.burst && c.in_flight > 0) ? 0 : settings_.outstanding - c.in_flight;
    c.in_flight += more;
    for (std::uint32_t n = 0; n < more; ++n)
      writers_->submit(done_[i]);
  }
  done_.clear();
}

void load_run::tick(std::uint64_t now) {
  const auto passed = last_tick_ns_ == 0 ? 0 : to_s(now - last_tick_ns_);
  last_tick_ns_ = now;
  streams_->read_slowly(passed);
  if (!measuring_)
    return;
  if (now - last_sample_ns_ >= sample_ns) {
    last_sample_ns_ = now;
    found_.most_resident = std::max(found_.most_resident, resident_bytes(settings_.server_pids));
  }
  if (writing_ && !storming())
    churn_owed_ += settings_.churn * passed;
  for (; churn_owed_ >= 1; churn_owed_ -= 1) {
    streams_->close(next_churned_);
    streams_->reopen(next_churned_);
    next_churned_ = (next_churned_ + 1) % settings_.all_streams();
  }
  if (settings_.storm_at_s > 0)
    storm_tick(now);
}

void load_run::storm_tick(std::uint64_t now) {
  switch (storm_) {
  case storm_state::none:
    if (now < begun_ns_ + to_ns(settings_.storm_at_s))
      return;
    streams_->close_all();
    writers_->record(&found_.storm_answers);
    storm_ = storm_state::away;
    storm_ns_ = now_ns();
    return;
  case storm_state::away:
    if (now < storm_ns_ + to_ns(settings_.storm_away_s) || streams_->closing())
      return;
    streams_->open_all();
    storm_ = storm_state::returning;
    storm_ns_ = now_ns();
    return;
  case storm_state::returning:
    if (streams_->live() < streams_->wanted() || !streams_->caught_up(false))
      return;
    found_.storm_s = to_s(now_ns() - storm_ns_);
    writers_->record(&found_.answers);
    storm_ = storm_state::over;
    return;
  case storm_state::over: return;
  }
}

moment load_run::take_moment() const {
  moment m;
  m.at_ns = now_ns();
  m.server = cpu_of(settings_.server_pids);
  m.commits_s = cpu_of_threads(settings_.server_pids, writer_thread);
  m.own = own_cpu();
  m.resident = resident_bytes(settings_.server_pids);
  m.kernel = kernel_bytes();
  return m;
}

}  // namespace chatmesh::bench
