// When it pays to hold a commit back for a moment: group commit's other half (compare PostgreSQL's commit_delay).
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace chatmesh::persistence {

// Learns from the writes as they arrive how many will come within the delay. Several of one author in a row count as
// one: each follows the answer to the one before, so that waiting would gather nothing, and who is alone never waits.
// Not thread-safe.
class gathering {
public:
  using clock = std::chrono::steady_clock;

  static constexpr std::size_t max_crowd = 32;  // authors that are told apart

  // Zero: nothing is ever held back.
  explicit gathering(std::chrono::milliseconds delay) : delay_(delay), interval_us_(slowest_us()) {}

  // A write arrives; `author` is any number that tells those who write apart.
  void arrived(std::uint64_t author, clock::time_point now);

  // For how many writes in all, counting those that wait already, the delay pays; 1 = none but the first.
  std::size_t worth_waiting_for() const;

  clock::duration delay() const { return delay_; }

private:
  static constexpr double weight = 1.0 / 8;  // of the newest interval

  // Longer ones count as this, so that a pause is soon forgotten.
  double slowest_us() const { return 4 * std::chrono::duration<double, std::micro>{delay_}.count(); }
  std::size_t crowd() const;

  clock::duration delay_;
  double interval_us_;  // moving average between two writes of different authors
  clock::time_point last_;
  std::array<std::uint64_t, max_crowd> authors_{};  // of those writes, the last ones; a ring
  std::size_t next_ = 0;
  std::size_t seen_ = 0;  // of authors_
};

}  // namespace chatmesh::persistence
