#include "actors/pinned_unit.hpp"

#include <caf/actor_control_block.hpp>
#include <caf/ref_counted.hpp>

#include <utility>

namespace chatmesh::actors {

namespace {

thread_local const pinned_unit* bound = nullptr;  // of this thread, if it is an io thread

}  // namespace

pinned_unit::pinned_unit(caf::actor_system& system, std::function<void()> wake)
    : caf::execution_unit(&system), run_(&system), wake_(std::move(wake)) {}

void pinned_unit::bind() {
  bound = this;
}

void pinned_unit::wake() {
  if (!woken_.exchange(true))
    wake_();
}

void pinned_unit::exec_later(caf::resumable* job) {
  if (bound == this) {
    waiting_.push_back(job);
    if (!draining_)
      wake();
    return;
  }
  {
    const std::lock_guard guard{mutex_};
    incoming_.push_back(job);
  }
  wake();
}

void pinned_unit::drain() {
  draining_ = true;
  woken_.exchange(false);  // before incoming_ is read: whoever adds to it later wakes again
  {
    const std::lock_guard guard{mutex_};
    waiting_.insert(waiting_.end(), incoming_.begin(), incoming_.end());
    incoming_.clear();
  }
  if (next_ == running_.size()) {
    running_.clear();
    next_ = 0;
    running_.swap(waiting_);
  }
  for (std::size_t n = 0; n < max_resumes && next_ < running_.size(); ++n) {
    auto* job = running_[next_++];
    if (job->resume(&run_, max_throughput) == caf::resumable::resume_later)
      waiting_.push_back(job);
    else
      caf::intrusive_ptr_release(job);
  }
  draining_ = false;
  if (next_ < running_.size() || !waiting_.empty())
    wake();  // socket handlers get their turn, then the rest
}

}  // namespace chatmesh::actors
