// Runs actors on one io thread: the actor may then touch its socket with no strand and no lock (architecture: "hot
// path").
#pragma once

#include <caf/actor_control_block.hpp>
#include <caf/execution_unit.hpp>
#include <caf/resumable.hpp>
#include <caf/scoped_execution_unit.hpp>

#include <atomic>
#include <cstddef>
#include <functional>
#include <mutex>
#include <utility>
#include <vector>

namespace chatmesh::actors {

// Owned by its io thread's object; outlives every actor that runs on it.
class pinned_unit final : public caf::execution_unit {
public:
  // `wake` makes the io thread call drain() soon; it is called from any thread, at most once until drain() ran.
  pinned_unit(caf::actor_system&, std::function<void()> wake);

  // On the io thread, before anything else there: what this thread sends to itself needs no lock from then on.
  void bind();

  // Any thread. Takes over the reference that comes with the resumable, as CAF asks of an execution unit.
  void exec_later(caf::resumable*) override;

  // The io thread only. Runs at most `max_resumes` actors, then yields to the socket handlers by another wake.
  void drain();

  // The actor that serves all others of this unit; none until settle(). The io thread only.
  const caf::strong_actor_ptr& resident() const { return resident_; }
  void settle(caf::strong_actor_ptr resident) { resident_ = std::move(resident); }

private:
  void wake();

  static constexpr std::size_t max_resumes = 64;
  static constexpr std::size_t max_throughput = 64;  // messages of one actor in a row

  caf::scoped_execution_unit run_;
  std::function<void()> wake_;
  std::mutex mutex_;
  std::vector<caf::resumable*> incoming_;  // guarded by mutex_: from other threads
  std::atomic<bool> woken_{false};         // a wake is under way

  // The io thread only.
  std::vector<caf::resumable*> waiting_;
  std::vector<caf::resumable*> running_;
  std::size_t next_ = 0;   // into running_
  bool draining_ = false;  // drain() runs
  caf::strong_actor_ptr resident_;
};

}  // namespace chatmesh::actors
