#include "http/thread_inbox.hpp"

#include <boost/asio/post.hpp>

#include <sys/eventfd.h>

#include <cerrno>
#include <system_error>
#include <thread>
#include <utility>

namespace chatmesh::http {

namespace {

thread_local thread_inbox* own = nullptr;

int new_bell() {
  const int fd = ::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  if (fd < 0)
    throw std::system_error{errno, std::generic_category(), "eventfd"};
  return fd;
}

}  // namespace

struct thread_inbox::held_rings {
  std::size_t holds = 0;  // scopes, one in the other
  std::size_t jobs = 0;   // pushed since the last ring
  std::vector<thread_inbox*> inboxes;

  void ring() {
    for (auto* each : inboxes)
      each->ring();
    inboxes.clear();
    jobs = 0;
  }
};

thread_local thread_inbox::held_rings thread_inbox::held;

thread_inbox::hold::hold() {
  ++held.holds;
}

thread_inbox::hold::~hold() {
  if (--held.holds == 0)
    held.ring();
}

thread_inbox::thread_inbox(asio::io_context& context) : context_(context), bell_(context, new_bell()) {}

thread_inbox* thread_inbox::of_this_thread() {
  return own;
}

void thread_inbox::open() {
  own = this;
  {
    const std::lock_guard guard{mutex_};
    open_ = true;
  }
  arm();
}

// A wait on the bell would keep the thread from its end.
void thread_inbox::close() {
  own = nullptr;
  {
    const std::lock_guard guard{mutex_};
    open_ = false;
  }
  while (ringing_ != 0)  // the bell may be gone soon
    std::this_thread::yield();
  bell_.cancel();
  serve();
}

void thread_inbox::push(job what) {
  if (own != this) {
    if (held.holds > 0)
      held.inboxes.reserve(held.inboxes.size() + 1);  // so that nothing fails once it is to be rung
    std::unique_lock lock{mutex_};
    if (open_) {
      waiting_.push_back(std::move(what));
      const bool first = waiting_.size() == 1;  // else somebody rings, or will
      if (first)
        ++ringing_;
      lock.unlock();
      if (first && held.holds > 0)
        held.inboxes.push_back(this);
      else if (first)
        ring();
      if (held.holds > 0 && ++held.jobs == hold::most_held)
        held.ring();
      return;
    }
  }
  asio::post(context_, std::move(what));
}

void thread_inbox::ring() {
  ::eventfd_write(bell_.native_handle(), 1);
  --ringing_;  // the last look at this object
}

void thread_inbox::arm() {
  bell_.async_wait(asio::posix::stream_descriptor::wait_read, [this](boost::system::error_code error) {
    if (error)
      return;
    serve();
    if (open_)
      arm();
  });
}

void thread_inbox::serve() {
  eventfd_t rings = 0;
  ::eventfd_read(bell_.native_handle(), &rings);  // before the look: whoever comes later rings anew
  std::vector<job> jobs;
  {
    const std::lock_guard guard{mutex_};
    jobs.swap(waiting_);
  }
  for (const auto& each : jobs)
    each();
}

}  // namespace chatmesh::http
