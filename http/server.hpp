// The HTTP side as a whole: threads, listeners, and what handlers share.
#pragma once

#include "http/io_thread.hpp"
#include "http/listener.hpp"
#include "http/metrics.hpp"
#include "http/password_hasher.hpp"
#include "http/rate_limiter.hpp"
#include "http/readiness.hpp"
#include "http/router.hpp"
#include "http/routes.hpp"
#include "http/settings.hpp"
#include "http/static_files.hpp"

#include <caf/actor_system.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace chatmesh::http {

// The orderly end: stop_accepting(), close_sessions(), then the owner closes the hub and waits until the actor system
// has no actors left, then join(). All functions are called by the owner, not by an io thread.
class server {
public:
  // Loads the web files, binds both listeners. Everything that is passed outlives the server. Throws
  // std::runtime_error.
  server(caf::actor_system&, const settings&, persistence::readers&, persistence::writer&, actors::hub&, stream_rights&,
         std::vector<route> api = routes());
  ~server();  // ends in order what still runs; needs streams and actors to have ended

  server(const server&) = delete;
  server& operator=(const server&) = delete;

  // More of what /metrics tells; before start(). See metrics::watch().
  http::metrics& metrics() { return metrics_; }

  void start();

  std::uint16_t port() const { return listener_->port(); }
  std::uint16_t operations_port() const { return operations_ ? operations_->port() : std::uint16_t{0}; }

  // No further connections; every request from now on is answered with 503 `draining`, but streams are let through to
  // be told so in their own way. /readyz says no.
  void stop_accepting();

  // Idle connections close at once, those that answer when they have; settings.close_timeout bounds it. Does not wait.
  void close_sessions();

  // Ends the operations listener, waits for all threads.
  void join();

  // HTTP sessions open now; a stream is none any more.
  std::size_t open() const;

private:
  void watch();

  const settings settings_;
  std::atomic<bool> draining_{false};
  http::metrics metrics_;
  rate_limiter limiter_;
  const static_files files_;
  // The hasher is joined after the io threads, whose coroutines may wait for it.
  password_hasher hasher_;
  persistence::readers& readers_;
  persistence::writer& writer_;
  actors::hub& hub_;
  services services_;
  router api_;
  router operations_api_;
  std::vector<std::unique_ptr<io_thread>> threads_;
  std::unique_ptr<io_thread> operations_thread_;
  readiness readiness_;  // has timers on that thread
  std::shared_ptr<listener> listener_;
  std::shared_ptr<listener> operations_;
  bool running_ = false;
};

}  // namespace chatmesh::http
