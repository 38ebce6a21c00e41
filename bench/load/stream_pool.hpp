// All event streams of a run: opens them, reads them, and checks every event against its channel.
#pragma once

#include "bench/common/histogram.hpp"
#include "bench/load/batch_reader.hpp"
#include "bench/load/mark.hpp"
#include "bench/load/poller.hpp"
#include "bench/load/settings.hpp"

#include <array>
#include <cstdint>
#include <deque>
#include <span>
#include <unordered_map>
#include <vector>

namespace chatmesh::bench {

/// What the streams got in all, and of what was written inside the measured time.
struct stream_counts {
  std::uint64_t deliveries = 0;  // measured
  std::uint64_t events = 0;      // whenever written
  std::uint64_t bytes = 0;       // of live streams, whatever it was
  std::uint64_t duplicates = 0;
  std::uint64_t out_of_order = 0;
  std::uint64_t foreign = 0;  // of another channel, or never written
  std::uint64_t resets = 0;   // a cursor was not honoured as it should have been
  std::uint64_t closed = 0;   // ended by the server
  std::uint64_t refused = 0;  // no stream came of it
};

class stream_pool {
public:
  /// `done` collects the channels with a write that all healthy streams have received.
  stream_pool(const settings&, poller&, std::vector<channel>&, std::vector<std::uint32_t>& done);

  /// Wants every stream open; `step` opens them as the connect window allows, some at a time. True: there is more to do
  /// at once.
  void open_all();
  bool step(std::uint64_t now);
  void handle(std::uint32_t id, std::uint32_t events);
  /// Reads all streams that had something to read when they were handled.
  void read_ready();

  /// Closes a stream; it comes back from its place when asked to. All of them: `step` closes them, some at a time.
  void close(std::uint32_t id);
  void close_all();
  bool closing() const { return !to_close_.empty(); }
  void reopen(std::uint32_t id);

  /// Slow streams take what they may take in `seconds`.
  void read_slowly(double seconds);
  /// Slow and stalled streams read like the others from now on.
  void wake_lazy();

  /// Latencies and deliveries are counted for what is written in this time.
  void measure(std::uint64_t from, std::uint64_t until);

  std::uint32_t live() const { return live_; }
  std::uint32_t wanted() const { return wanted_; }
  /// All streams that are not to stay lazy have every event that was accepted up to now.
  bool caught_up(bool lazy_too) const;
  /// Accepted events that a stream did not get, over all of them.
  std::uint64_t missing(bool lazy) const;

  const histogram& latency() const { return latency_; }
  const stream_counts& counts() const { return counts_; }

private:
  enum class state : std::uint8_t { closed, queued, connecting, opening, live };
  enum class kind : std::uint8_t { healthy, slow, stalled };

  struct stream {
    int fd = -1;
    std::uint32_t place = 0;     // in the order of its channel
    std::uint32_t received = 0;  // different events
    std::uint32_t index = 0;     // of its channel
    std::uint64_t live_since_ns = 0;
    state at = state::closed;
    kind how = kind::healthy;
    std::uint8_t carried = 0;  // bytes of a mark whose rest has not come
    std::array<char, mark_bytes> carry{};
  };

  bool lazy(const stream& s) const { return s.how != kind::healthy && !awake_; }
  void connect(std::uint32_t id);
  void connected(std::uint32_t id);
  void read(std::span<const std::uint32_t> ids, std::size_t most);
  void received(std::uint32_t id, std::size_t slot, int result);
  void opening(std::uint32_t id, const char* data, std::size_t size);
  bool begin(stream&, std::string_view text);
  void consume(std::uint32_t id, const char* begin, const char* end, std::uint64_t now);
  void take(std::uint32_t id, const mark&, std::uint64_t now);
  void lost(std::uint32_t id);

  const settings& settings_;
  poller& poller_;
  std::vector<channel>& channels_;
  std::vector<std::uint32_t>& done_;
  std::vector<stream> streams_;
  std::deque<std::uint32_t> to_open_;
  std::deque<std::uint32_t> to_close_;
  std::unordered_map<std::uint32_t, std::string> heads_;  // of streams that are opening
  std::uint32_t under_way_ = 0;
  std::uint32_t live_ = 0;
  std::uint32_t wanted_ = 0;
  std::uint64_t next_connect_ns_ = 0;
  bool awake_ = false;
  std::uint64_t measure_from_ = ~0ULL;
  std::uint64_t measure_until_ = 0;
  histogram latency_;
  stream_counts counts_;
  batch_reader reader_;
  std::vector<std::uint32_t> ready_;
};

}  // namespace chatmesh::bench
