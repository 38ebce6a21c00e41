// What the load client is asked to do: every flag of `load`.
#pragma once

#include "bench/common/flags.hpp"
#include "bench/load/target.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

namespace chatmesh::bench {

inline constexpr std::string_view load_usage =
    R"(load: opens event streams, writes, and checks what every stream gets. Loopback only.

The server:
  --api=PORT                 a ChatMesh server; or, for any other:
  --subscribe=URL            GET opens a stream, e.g. http://127.0.0.1:8101/sub/{channel}
  --publish=URL              POST publishes
  --publish-body=TEXT        with {data} and {channel}; default {data}
  --publish-type=TYPE        default text/plain
  --publish-header, --subscribe-header=LINE
  --write-api=PORT           the ChatMesh node to write to, where that is not --api
  --server-pid=PID,PID       whose CPU and memory to measure
Streams:
  --streams=100  --companies=1
  --first-company=0              that the first stream is of; each next one is of the next company
  --slow=0 --slow-bytes=16384    more streams that read so many bytes a second
  --stalled=0                    more streams that read nothing until the writes are over
  --connect-window=256           connects that may be under way
  --connect-rate=0               connects a second; 0 = as fast as it goes
Writes:
  --mode=closed|rate
  --outstanding=1            closed: events of a company that not all its streams have received
  --burst                    closed: all outstanding ones at once, again when the last has been received
  --rate=10                  rate: writes a second, all companies together
  --body-bytes=500           of an object (ChatMesh) or of {data}
  --writers=0                connections for writes; 0 = as many as fit the mode
Time, in seconds:
  --warmup=1 --seconds=5 --settle=1 --idle=0 --drain=30
Disturbances, in mode rate:
  --churn=0                  streams a second that close and come back with their cursor
  --storm-at=0               seconds into the measurement; all streams close and come back at once
  --storm-away=1             seconds that they stay away
Several processes on one cluster:
  --in-step                  before each phase prints {"at":PHASE} and waits for a line on standard input
  --share=FILE               a new file, which names the companies that were made (a secret is in it)
  --use=FILE                 only listens to the companies of that file; its writer says at the end what it wrote
  --label=TEXT               repeated in the output
)";

struct settings {
  std::unique_ptr<target> server;
  std::vector<pid_t> server_pids;
  std::string label;

  std::uint32_t streams = 0;  // healthy ones; slow and stalled ones come on top
  std::uint32_t companies = 0;
  std::uint32_t first_company = 0;
  std::uint32_t slow = 0;
  std::uint32_t slow_bytes = 0;  // a second
  std::uint32_t stalled = 0;
  std::uint32_t connect_window = 0;
  double connect_rate = 0;

  bool closed = false;
  bool burst = false;
  std::uint32_t outstanding = 0;
  double rate = 0;
  std::uint32_t body_bytes = 0;
  std::uint32_t writers = 0;

  double warmup_s = 0;
  double measure_s = 0;
  double settle_s = 0;
  double idle_s = 0;
  double drain_s = 0;
  double churn = 0;
  double storm_at_s = 0;
  double storm_away_s = 0;

  bool in_step = false;
  std::string share;
  std::string use;

  bool listens_only() const { return !use.empty(); }
  std::uint32_t all_streams() const { return streams + slow + stalled; }
};

/// Throws std::invalid_argument, with a text for people.
settings read_settings(flags&);

std::vector<pid_t> read_pids(flags&);

}  // namespace chatmesh::bench
