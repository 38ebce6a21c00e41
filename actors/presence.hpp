// Who is online: derived from streams alone, told on an employee's first and last one.
#pragma once

#include "domain/frame.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace chatmesh::actors {

// Pure bookkeeping of one company; the caller brings the time. An employee is offline `grace` after its last stream
// ended.
class presence {
public:
  using clock_time = std::chrono::steady_clock::time_point;

  explicit presence(std::chrono::milliseconds grace) : grace_(grace) {}

  void opened(const domain::id& employee);
  void closed(const domain::id& employee, clock_time now);

  // The same for a first or last stream at another node, known by `source`. Doubles do no harm.
  void opened_elsewhere(std::uint64_t source, const domain::id& employee);
  void closed_elsewhere(std::uint64_t source, const domain::id& employee, clock_time now);
  // Nothing is known of that node any more.
  void lost(std::uint64_t source, clock_time now);

  // No employee any more: offline at once, whatever streams are still to close.
  void removed(const domain::id& employee);

  // Employees that are online now, sorted.
  std::vector<domain::id> online() const;

  // Another number whenever online() answers differently.
  std::uint64_t version() const { return version_; }

  // What has changed since the last call, with those whose grace is over at `now`.
  std::vector<domain::presence_change> take_changes(clock_time now);

  // When take_changes() will next have something new by the passing of time alone.
  std::optional<clock_time> next_due() const;
  bool has_changes() const { return !changed_.empty(); }

  // Streams here.
  std::uint64_t streams(const domain::id& employee) const;
  // Employees with a stream here.
  std::vector<domain::id> here() const;

private:
  struct member {
    std::uint64_t streams = 0;    // here
    std::uint64_t elsewhere = 0;  // nodes with some
    clock_time gone_at;
    bool is_gone() const { return streams == 0 && elsewhere == 0; }
  };

  member& come(const domain::id& employee);
  void went_offline(const domain::id& employee);

  std::chrono::milliseconds grace_;
  std::unordered_map<domain::id, member> members_;  // online, or in grace
  std::unordered_map<std::uint64_t, std::unordered_set<domain::id>> elsewhere_;
  std::unordered_map<domain::id, bool> changed_;
  std::uint64_t version_ = 0;
};

}  // namespace chatmesh::actors
