// Runs actors on one io thread: the actor may then touch its socket with no strand and no lock (architecture: "hot
// path").
#pragma once

#include <caf/execution_unit.hpp>
#include <caf/resumable.hpp>
#include <caf/scoped_execution_unit.hpp>

#include <cstddef>
#include <functional>
#include <mutex>
#include <vector>

namespace chatmesh::actors {

// Owned by its io thread's object; outlives every actor that runs on it.
class pinned_unit final : public caf::execution_unit {
public:
  // `wake` makes the io thread call drain() soon; it is called from any thread, at most once until drain() ran.
  pinned_unit(caf::actor_system&, std::function<void()> wake);

  // Any thread. Takes over the reference that comes with the resumable, as CAF asks of an execution unit.
  void exec_later(caf::resumable*) override;

  // The io thread only. Runs at most `max_resumes` actors, then yields to the socket handlers by another wake.
  void drain();

private:
  static constexpr std::size_t max_resumes = 64;
  static constexpr std::size_t max_throughput = 64;  // messages of one actor in a row

  caf::scoped_execution_unit run_;
  std::function<void()> wake_;
  std::mutex mutex_;
  std::vector<caf::resumable*> incoming_;  // guarded by mutex_
  bool awake_ = false;                     // guarded by mutex_: a wake is under way or drain() runs
  std::vector<caf::resumable*> running_;   // io thread only
  std::size_t next_ = 0;                   // io thread only
};

}  // namespace chatmesh::actors
