#include "http/io_thread.hpp"

#include <boost/asio/post.hpp>

#include <vector>

namespace chatmesh::http {

io_thread::io_thread(caf::actor_system& system)
    : unit_(system, [this] { asio::post(context_, [this] { unit_.drain(); }); }) {}

io_thread::~io_thread() {
  join();
}

void io_thread::start() {
  thread_ = std::thread([this] { context_.run(); });
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
  work_.reset();
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
