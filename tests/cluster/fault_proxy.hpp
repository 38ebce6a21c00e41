// A bad line before one node's door: a TCP relay that takes its time, holds everything up, ends connections amidst
// bytes, or closes one direction alone.
#pragma once

#include "tests/cluster/network.hpp"
#include "tests/support/endpoint.hpp"
#include "tests/support/random.hpp"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <list>
#include <mutex>
#include <optional>
#include <thread>

namespace chatmesh::test {

// Where it can't reach the node, it resets the connection that wanted to. One thread moves all bytes; the rest may be
// called by any.
class fault_proxy {
public:
  enum class treatment {
    pass,        // all as it comes
    late,        // each byte a while later than it came, both ways
    held,        // nothing moves, and no new connection is taken; no end of one is noticed
    cut,         // each connection ends after some bytes
    half_closed  // one direction of each connection ends after some bytes; the other one goes on
  };

  // On that host, whose network it uses. Throws connection_lost where it can't listen at `door`.
  fault_proxy(const network&, std::size_t host, endpoint door, endpoint node, std::uint64_t seed);
  ~fault_proxy();

  fault_proxy(const fault_proxy&) = delete;
  fault_proxy& operator=(const fault_proxy&) = delete;

  // Of the connections that there are, and of those that come.
  void treat(treatment, std::chrono::milliseconds lateness = {});

  // Pieces that were passed on late, connections that were cut, and directions that were closed alone: all so far.
  std::size_t done() const { return done_; }

private:
  struct flow;
  struct line;
  struct order {
    treatment what = treatment::pass;
    std::chrono::milliseconds lateness{};
  };

  void relay();
  void wait_for_any();
  void accept_one();
  void arm(line&);
  void move(line&);
  void take(line&, flow&);
  void give(line&, flow&);
  void end_early(line&, flow&);

  const network& network_;
  const std::size_t host_;
  const endpoint node_;
  int listening_ = -1;
  std::atomic<bool> ends_ = false;
  std::atomic<std::size_t> done_ = 0;

  std::mutex mutex_;
  std::optional<order> next_;  // guarded by mutex_

  // Of the thread.
  random_engine random_;
  order now_;
  std::list<line> lines_;

  std::thread thread_;
};

}  // namespace chatmesh::test
