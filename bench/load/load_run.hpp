// One run: opens the streams, writes for a while, waits until everything has arrived, and says how it went.
#pragma once

#include "bench/common/json_line.hpp"
#include "bench/common/process_stats.hpp"
#include "bench/load/settings.hpp"
#include "bench/load/step_gate.hpp"
#include "bench/load/stream_pool.hpp"
#include "bench/load/writer_pool.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>
#include <vector>

namespace chatmesh::bench {

/// CPU times and memory at one moment.
struct moment {
  std::uint64_t at_ns = 0;
  cpu_time server;
  double commits_s = 0;  // CPU of the server's threads that write to the database
  cpu_time own;
  std::uint64_t resident = 0;
  std::uint64_t kernel = 0;
};

/// What a run measured, phase by phase.
struct findings {
  moment before_connects;
  moment connected;  // as soon as the last stream is open
  moment settled;
  moment idled;
  moment begun;  // the measured writes
  moment over;   // everything received
  std::uint32_t streams_live = 0;
  std::uint64_t most_resident = 0;  // while measuring
  std::uint64_t stream_bytes = 0;   // received while measuring
  std::uint64_t deliveries = 0;     // of measured writes, up to `over`
  std::uint64_t writes = 0;         // measured
  double storm_s = 0;               // from the last close to everything caught up; 0 = no storm
  double lazy_s = 0;                // until slow and stalled streams had caught up, too
  bool completed = false;           // everything arrived in the time for it
  std::uint64_t strangers = 0;      // events that the writer knows nothing of
  histogram answers;                // to writes outside a storm
  histogram storm_answers;
};

class load_run {
public:
  explicit load_run(const settings&);

  /// Blocks until the run is over. Throws std::exception where the server can't be used at all.
  void run();

  json_line report() const;

private:
  using condition = std::function<bool()>;

  bool run_until(double seconds, const condition&);
  void pass(double seconds);
  void hold(std::string_view phase);
  void turn(std::uint64_t until);
  void tick(std::uint64_t now);
  void storm_tick(std::uint64_t now);
  void start_writes();
  void stop_writes() { writing_ = false; }
  void write_due(std::uint64_t now);
  void answer_done();
  bool quiet() const;
  bool storming() const { return storm_ == storm_state::away || storm_ == storm_state::returning; }
  moment take_moment() const;
  void connect_phase();
  void measure_phase();
  void tell_writes();
  void drain_phase();
  void report_connects(json_line&) const;
  void report_deliveries(json_line&) const;
  void report_cost(json_line&) const;

  const settings& settings_;
  std::vector<channel> channels_;
  std::vector<std::uint32_t> done_;
  poller poller_;
  std::optional<step_gate> gate_;  // where runs go in step
  std::optional<stream_pool> streams_;
  std::optional<writer_pool> writers_;
  findings found_;

  bool writing_ = false;
  bool measuring_ = false;
  std::uint64_t begun_ns_ = 0;
  double due_ns_ = 0;
  std::uint32_t next_channel_ = 0;
  std::uint32_t channel_step_;  // coprime with the companies: a short run, too, writes all over them
  std::uint64_t last_tick_ns_ = 0;
  std::uint64_t last_sample_ns_ = 0;
  double churn_owed_ = 0;
  std::uint32_t next_churned_ = 0;
  enum class storm_state : std::uint8_t { none, away, returning, over } storm_ = storm_state::none;
  std::uint64_t storm_ns_ = 0;
};

}  // namespace chatmesh::bench
