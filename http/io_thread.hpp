// One thread that owns sockets: its I/O context, the CAF unit for actors that live beside those sockets, and the HTTP
// sessions that are open on it.
#pragma once

#include "actors/pinned_unit.hpp"
#include "http/send_ring.hpp"
#include "http/stream_watch.hpp"
#include "http/thread_inbox.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <future>
#include <thread>
#include <unordered_set>

namespace chatmesh::http {

namespace asio = boost::asio;

// An HTTP session as its thread sees it.
class open_session {
public:
  // No further request. An idle session closes at once; one that answers closes when its answer is out.
  virtual void finish() = 0;
  // Closes at once, whatever it does.
  virtual void abort() = 0;

protected:
  ~open_session() = default;
};

// Owned by the server. Outlives everything that runs on it; the actor system outlives it.
class io_thread {
public:
  // `name`: what `top -H` shows, of 15 bytes at most. `with_ring`: streams send through io_uring where the kernel lets
  // them.
  io_thread(caf::actor_system&, const char* name, bool with_ring = false);
  ~io_thread();  // after join(), or never started

  io_thread(const io_thread&) = delete;
  io_thread& operator=(const io_thread&) = delete;

  asio::io_context& context() { return context_; }
  actors::pinned_unit& unit() { return unit_; }
  stream_thread streams() { return {context_, ring_, watch_}; }

  // Returns when the thread is ready to serve.
  void start();

  // Any thread. Every session finishes, now and those to come; what is still open after `bound` is aborted.
  void close_sessions(std::chrono::milliseconds bound);

  // Waits until nothing is left to do on this thread: sessions, streams and actors have ended. Not from this thread.
  void join();

  // On this thread only. leave() may be called again.
  void enter(open_session&);
  void leave(open_session&);
  bool closing() const { return closing_; }

  // Any thread: HTTP sessions open on this thread.
  std::size_t sessions() const { return open_; }

private:
  void run(std::promise<void>& ready);
  void drain();

  send_ring ring_;
  actors::pinned_unit unit_;  // before the context: what the context still holds at its end may refer to the unit
  asio::io_context context_{1};
  thread_inbox inbox_{context_};
  stream_watch watch_{context_};
  asio::executor_work_guard<asio::io_context::executor_type> work_{context_.get_executor()};
  asio::steady_timer bound_{context_};
  std::unordered_set<open_session*> sessions_;  // this thread only
  bool closing_ = false;                        // this thread only
  const char* const name_;
  bool with_ring_;
  std::atomic<std::size_t> open_{0};
  std::thread thread_;
};

}  // namespace chatmesh::http
