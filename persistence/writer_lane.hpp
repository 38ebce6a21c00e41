// One session that writes, on a thread of its own.
#pragma once

#include "persistence/batch.hpp"
#include "persistence/gathering.hpp"
#include "persistence/settings.hpp"
#include "persistence/writer.hpp"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <thread>
#include <unordered_map>
#include <vector>

namespace chatmesh::persistence {

// Places for commands that wait, shared by all lanes. Any thread.
class waiting_room {
public:
  explicit waiting_room(std::size_t places) : places_(places) {}

  bool enter() {
    if (taken_.fetch_add(1) < places_)
      return true;
    leave(1);
    return false;
  }
  void leave(std::size_t count) { taken_.fetch_sub(count); }

private:
  const std::size_t places_;
  std::atomic<std::size_t> taken_{0};
};

struct waiting_write {
  write_request request;
  writer::completion done;
  std::uint64_t author = 0;  // the lane's: a number for who writes
  gathering::clock::time_point since = gathering::clock::now();
};

// Takes every command that waits, runs them in one transaction (group commit), tells what was committed, and answers.
class writer_lane {
public:
  // Opens its session and starts its thread. Throws database_error. What is given by reference outlives the lane.
  writer_lane(const settings&, commit_listener&, waiting_room&, health& told);
  ~writer_lane();  // stops

  writer_lane(const writer_lane&) = delete;
  writer_lane& operator=(const writer_lane&) = delete;

  // Takes no more, finishes what waits, joins.
  void stop();

  // Any thread. False: there is no room, the lane is stuck or stopped, and the write stays with the caller.
  bool enqueue(waiting_write&);

  // Commands that wait or run.
  std::size_t depth() const;

private:
  std::size_t wanted_now() const;
  void work();
  std::vector<waiting_write> take();
  void refuse_late(std::vector<waiting_write>&);
  void run(std::vector<waiting_write>);
  void finish(const std::vector<waiting_write>&);
  bool has_more_of(const domain::id& company) const;
  void tell(std::vector<command_result>&) noexcept;
  void tell_changes(std::vector<domain::change>&) noexcept;
  void tell_ended(ended_notice&) noexcept;
  void tell_doubts() noexcept;

  commit_listener& listener_;
  waiting_room& room_;
  const std::size_t max_batch_;
  const std::chrono::milliseconds patience_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<waiting_write> waiting_;
  std::size_t wanted_ = 1;  // so many waiting writes wake the thread
  std::size_t running_ = 0;
  gathering gather_;
  std::unordered_map<std::uint64_t, std::size_t> unanswered_;  // writes by their author
  bool stopping_ = false;
  batch_runner runner_;
  std::thread thread_;  // last: uses everything above
};

}  // namespace chatmesh::persistence
