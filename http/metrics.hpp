// What this server counts, for an operator (Prometheus text format).
#pragma once

#include "domain/frame.hpp"
#include "http/router.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace chatmesh::http {

// Owned by the server. All functions may be called from any thread; counting takes no lock.
class metrics {
public:
  metrics();
  ~metrics();

  metrics(const metrics&) = delete;
  metrics& operator=(const metrics&) = delete;

  // Before the server starts: one counter per status class for each route's method and pattern.
  void expect(const std::vector<route>&);

  // One answered request; no route: the head was refused, or nothing has that path.
  void answered(const route*, unsigned status);

  void accepted();            // a connection
  void refused_connection();  // over max_connections

  void stream_opened();
  void stream_ended(domain::end_reason);  // by a goodbye
  void stream_closed();                   // by its peer
  // Written to streams in one call.
  void frames_sent(std::uint64_t frames, std::uint64_t bytes);

  // A value that is asked for when it is read; set up before the server starts, and outlives the last text().
  void watch(std::string name, std::string help, std::function<double()> value);

  // The exposition text.
  std::string text();

private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

}  // namespace chatmesh::http
