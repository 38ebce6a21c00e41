// What concerns the process as a whole: signals, limits, exit codes.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <thread>

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

// Ends the process, with an error in the log, if it is not destroyed within `limit`: an orderly end is bounded.
class watchdog {
public:
  explicit watchdog(std::chrono::seconds limit);
  ~watchdog();

  watchdog(const watchdog&) = delete;
  watchdog& operator=(const watchdog&) = delete;

private:
  std::mutex mutex_;
  std::condition_variable over_;
  bool done_ = false;   // guarded by mutex_
  std::thread thread_;  // last: uses everything above
};

}  // namespace chatmesh::app
