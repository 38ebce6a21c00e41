#include "actors/pinned_unit.hpp"

#include <caf/actor_control_block.hpp>
#include <caf/ref_counted.hpp>

#include <utility>

namespace chatmesh::actors {

pinned_unit::pinned_unit(caf::actor_system& system, std::function<void()> wake)
    : caf::execution_unit(&system), run_(&system), wake_(std::move(wake)) {}

void pinned_unit::exec_later(caf::resumable* job) {
  bool wake = false;
  {
    std::lock_guard guard{mutex_};
    incoming_.push_back(job);
    wake = !std::exchange(awake_, true);
  }
  if (wake)
    wake_();
}

void pinned_unit::drain() {
  if (next_ == running_.size()) {
    running_.clear();
    next_ = 0;
    std::lock_guard guard{mutex_};
    running_.swap(incoming_);
  }
  for (std::size_t n = 0; n < max_resumes && next_ < running_.size(); ++n) {
    auto* job = running_[next_++];
    if (job->resume(&run_, max_throughput) == caf::resumable::resume_later) {
      std::lock_guard guard{mutex_};
      incoming_.push_back(job);
    } else {
      caf::intrusive_ptr_release(job);
    }
  }
  {
    std::lock_guard guard{mutex_};
    if (next_ == running_.size() && incoming_.empty()) {
      awake_ = false;
      return;
    }
  }
  wake_();  // still awake: socket handlers get their turn, then the rest
}

}  // namespace chatmesh::actors
