// What concerns the process as a whole: signals, limits, exit codes.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>

namespace chatmesh::app {

enum exit_code : int {
  ended_in_order = 0,
  failed = 1,  // can't start (database, address, web files), or what a command was to do was not done; verify: faults
  bad_configuration = 2,
  not_ended_in_order = 3,  // shutdown.limit was over
};

// Before any thread starts: blocks SIGINT, SIGTERM and SIGHUP for all of them, ignores SIGPIPE.
void block_signals();

// Waits for one of the blocked signals; its number.
int wait_for_signal();

// Raises the limit of open files to what the system allows; warns where `wanted` sockets don't fit.
void raise_descriptor_limit(std::size_t wanted);

// Ends the process if it is not destroyed within `limit`: an orderly end is bounded. An error in the log tells what the
// end was waiting for.
class watchdog {
public:
  explicit watchdog(std::chrono::seconds limit);
  ~watchdog();

  watchdog(const watchdog&) = delete;
  watchdog& operator=(const watchdog&) = delete;

  // From now on it waits for that, which is called on the watchdog's thread until the next call or the end.
  void waits_for(std::function<std::string()> what);

private:
  std::mutex mutex_;
  std::condition_variable over_;
  bool done_ = false;                     // guarded by mutex_
  std::function<std::string()> waiting_;  // guarded by mutex_
  std::thread thread_;                    // last: uses everything above
};

// When it goes, the end waits for what was constructed before it.
class end_mark {
public:
  end_mark(std::optional<watchdog>& bound, std::string what) : bound_(bound), what_(std::move(what)) {}
  ~end_mark() {
    if (bound_)
      bound_->waits_for([what = what_] { return what; });
  }

  end_mark(const end_mark&) = delete;
  end_mark& operator=(const end_mark&) = delete;

private:
  std::optional<watchdog>& bound_;
  const std::string what_;
};

}  // namespace chatmesh::app
