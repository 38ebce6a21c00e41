// What other threads hand to an io thread.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

#include <atomic>
#include <cstddef>
#include <functional>
#include <mutex>
#include <vector>

namespace chatmesh::http {

namespace asio = boost::asio;

// Does what asio::post() to another thread does. That one wakes the thread while it holds the very lock that the thread
// then takes first, and so each commit cost the writer and the io thread two changes of context more.
// Owned by its io thread.
class thread_inbox {
public:
  using job = std::function<void()>;

  // While a thread has one, the inboxes that it pushes to are not rung for at once but together, at its end and after
  // every `most_held` jobs: so that a thread is not woken for the first of several that come at once, sleeps again, and
  // is woken for the next. Scopes may nest: the outermost counts.
  class hold {
  public:
    static constexpr std::size_t most_held = 64;

    hold();
    ~hold();
    hold(const hold&) = delete;
    hold& operator=(const hold&) = delete;
  };

  explicit thread_inbox(asio::io_context&);

  // On the io thread, when it begins and before it ends. Outside of that push() is asio::post().
  void open();
  void close();

  // Any thread. `what` runs on the io thread, behind what came before; it does not keep the thread from its end.
  void push(job what);

  // Of the calling thread; null: it is no io thread, or its inbox is not open.
  static thread_inbox* of_this_thread();

private:
  struct held_rings;  // of one thread

  void ring();
  void arm();
  void serve();

  static thread_local held_rings held;

  asio::io_context& context_;
  asio::posix::stream_descriptor bell_;  // an eventfd
  std::mutex mutex_;
  std::vector<job> waiting_;     // guarded by mutex_
  bool open_ = false;            // guarded by mutex_; written on the io thread alone
  std::atomic<int> ringing_{0};  // who has yet to ring; raised under mutex_
};

}  // namespace chatmesh::http
