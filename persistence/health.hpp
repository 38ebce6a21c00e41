// Whether the database serves those who ask it, and if not, why.
#pragma once

#include "persistence/sql/dialect.hpp"

#include <atomic>
#include <cstdint>
#include <exception>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace chatmesh::persistence {

// Told by the sessions of one kind, writers' or readers', how each transaction ended; the last one counts. Logs the
// first failure of a row, each other reason, and the end of it, so that a long outage fills no disk. Thread-safe.
class health {
public:
  // `what` is served: "writes" or "reads".
  explicit health(std::string what) : what_(std::move(what)) {}

  void served() {
    if (failing_)
      recovered();
  }
  void failed(const std::exception&);

  // Why the last transaction failed, in words for an operator; none: it did not.
  std::optional<std::string_view> trouble() const;

  // Transactions that failed since the start.
  std::uint64_t failures() const { return failures_; }

private:
  void recovered();

  const std::string what_;
  std::atomic<bool> failing_{false};
  std::atomic<std::uint64_t> failures_{0};
  mutable std::mutex mutex_;
  failure why_{};                   // guarded by mutex_: of the last failure
  std::uint64_t failed_in_row_{0};  // guarded by mutex_
};

}  // namespace chatmesh::persistence
