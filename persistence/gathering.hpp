// When it pays to hold a commit back for a moment: group commit's other half (compare PostgreSQL's commit_delay). Never
// for longer than a commit takes: who comes too late for one waits for the rest of it and for the next, so that where
// flushes are slow all who write share each of them, and where they are quick none is waited for.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <unordered_map>

namespace chatmesh::persistence {

// Learns from the writes as they arrive how many will come within the delay. Several of one author in a row count as
// one: each follows the answer to the one before, so that waiting would gather nothing, and who is alone never waits.
// Not thread-safe.
class gathering {
public:
  using clock = std::chrono::steady_clock;

  static constexpr std::size_t max_crowd = 128;  // authors that are told apart

  // `longest`: no commit is held back for longer; zero: none is ever.
  explicit gathering(std::chrono::milliseconds longest) : longest_(longest) {}

  // A write arrives; `author` is any number that tells those who write apart.
  void arrived(std::uint64_t author, clock::time_point now);

  // Writes were answered; their authors could send nothing before.
  void answered(clock::time_point now);

  // A commit took so long.
  void committed(clock::duration);

  // For how many writes in all the delay pays where so many wait already; 1 = none but the first.
  std::size_t worth_waiting_for(std::size_t waiting) const;

  // What a commit takes by itself, within the limit.
  clock::duration delay() const { return std::min<clock::duration>(longest_, commit_); }

private:
  static constexpr double weight = 1.0 / 8;      // of the newest interval
  static constexpr std::size_t rounds_kept = 2;  // of all who write: who then was not among them has left

  // Longer ones count as this, so that a pause is soon forgotten.
  double slowest_us() const { return 4 * std::chrono::duration<double, std::micro>{longest_}.count(); }
  void forget_first();

  clock::duration longest_;
  clock::duration commit_{};                              // moving average
  double interval_us_ = slowest_us();                     // moving average between two writes of different authors
  clock::time_point last_;                                // when such a write came, or one could
  std::deque<std::uint64_t> authors_;                     // of the last writes
  std::unordered_map<std::uint64_t, std::size_t> crowd_;  // how often each is among them
};

}  // namespace chatmesh::persistence
