// Asks the writer, from time to time, to let go of what need not be kept.
#pragma once

#include "persistence/writer.hpp"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace chatmesh::app {

// One small step after the other while there is something to remove, so that no write waits long behind one.
class pruner {
public:
  // The writer outlives it.
  pruner(persistence::writer&, persistence::prune_log rule, std::chrono::milliseconds interval);
  ~pruner();  // waits for the step that is under way

private:
  void work();
  std::uint64_t step();  // rows removed

  persistence::writer& writer_;
  persistence::prune_log rule_;
  std::chrono::milliseconds interval_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::thread thread_;  // last: uses everything above
};

}  // namespace chatmesh::app
