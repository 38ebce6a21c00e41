#include "http/io_thread.hpp"

#include <boost/asio/post.hpp>
#include <spdlog/spdlog.h>

#include <vector>

#include <pthread.h>

namespace chatmesh::http {

io_thread::io_thread(caf::actor_system& system, const char* name, bool with_ring)
    : unit_(system, [this] { inbox_.push([this] { drain(); }); }), name_(name), with_ring_(with_ring) {}

io_thread::~io_thread() {
  join();
}

void io_thread::start() {
  std::promise<void> ready;
  thread_ = std::thread([this, &ready] { run(ready); });
  ready.get_future().wait();
}

void io_thread::run(std::promise<void>& ready) {
  ::pthread_setname_np(::pthread_self(), name_);
  unit_.bind();
  inbox_.open();
  if (with_ring_ && !ring_.open())
    spdlog::info("no io_uring here: streams are sent one by one");
  ready.set_value();
  context_.run();
}

// The actors of one turn share the ring's submit.
void io_thread::drain() {
  unit_.drain();
  ring_.submit();
}

void io_thread::close_sessions(std::chrono::milliseconds bound) {
  asio::post(context_, [this, bound] {
    closing_ = true;
    // A copy: a session may leave the set while it finishes.
    for (auto* session : std::vector<open_session*>(sessions_.begin(), sessions_.end())) {
      if (sessions_.contains(session))
        session->finish();
    }
    if (sessions_.empty())
      return;
    bound_.expires_after(bound);
    bound_.async_wait([this](boost::system::error_code error) {
      if (error)
        return;
      for (auto* session : std::vector<open_session*>(sessions_.begin(), sessions_.end())) {
        if (sessions_.contains(session))
          session->abort();
      }
    });
  });
}

void io_thread::join() {
  if (!thread_.joinable())
    return;
  asio::post(context_, [this] {
    inbox_.close();
    work_.reset();
  });
  thread_.join();
}

void io_thread::enter(open_session& session) {
  sessions_.insert(&session);
  ++open_;
}

void io_thread::leave(open_session& session) {
  if (sessions_.erase(&session) > 0)
    --open_;
  if (closing_ && sessions_.empty())
    bound_.cancel();
}

}  // namespace chatmesh::http
