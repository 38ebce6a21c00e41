// The connections that write. Each has one request under way; what finds none free waits its turn.
#pragma once

#include "bench/common/histogram.hpp"
#include "bench/load/poller.hpp"
#include "bench/load/settings.hpp"

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

namespace chatmesh::bench {

/// Set in the keys that the poller has for writers.
inline constexpr std::uint64_t writer_key = 1ULL << 32;

class writer_pool {
public:
  /// Connects all; blocks. `done` collects the channels with a write that all healthy streams have received.
  writer_pool(const settings&, poller&, std::vector<channel>&, std::vector<std::uint32_t>& done);

  /// Writes into a channel, at once or as soon as a connection is free.
  void submit(std::uint32_t index);
  void handle(std::uint32_t id, std::uint32_t events);

  /// Times from submit to the arrival of the answer are kept here from now on; null keeps none. The arrival is the
  /// kernel's: in a storm this process is busy with its streams, which is no fault of the server.
  void record(histogram* answers) { answers_ = answers; }

  std::size_t under_way() const { return writers_.size() - idle_.size() + waiting_.size(); }
  std::uint64_t sent() const { return sent_; }
  std::uint64_t failed() const { return failed_; }

private:
  struct writer {
    unique_fd fd;
    std::string in;
    std::string out;  // what the socket did not take
    std::uint32_t index = 0;
    std::uint32_t number = 0;
    std::uint64_t submitted_ns = 0;
    bool busy = false;
  };
  struct waiting {
    std::uint32_t index;
    std::uint64_t submitted_ns;
  };

  void open(std::uint32_t id);
  void start(std::uint32_t id, const waiting&);
  bool send_rest(writer&);
  void finish(std::uint32_t id, bool accepted, std::uint64_t seq, std::uint64_t answered_ns);
  void broken(std::uint32_t id);

  const settings& settings_;
  poller& poller_;
  std::vector<channel>& channels_;
  std::vector<std::uint32_t>& done_;
  std::vector<writer> writers_;
  std::vector<std::uint32_t> idle_;
  std::deque<waiting> waiting_;
  histogram* answers_ = nullptr;
  std::uint64_t sent_ = 0;
  std::uint64_t failed_ = 0;
};

}  // namespace chatmesh::bench
