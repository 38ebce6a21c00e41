// Requests in a closed loop: N clients, each with one request under way. For the part of the server that is no stream.
#pragma once

#include "bench/common/flags.hpp"
#include "bench/common/json_line.hpp"

#include <string_view>

namespace chatmesh::bench {

inline constexpr std::string_view requests_usage =
    R"(requests: one kind of request from N clients, each with one under way. Loopback only.

  --api=PORT         a server with ChatMesh's routes; it is signed up at, and filled with --rows customers in all
  --server-pid=PID   whose CPU to measure
  --route=get|list|snapshot|write   GET one, GET a page of 100, GET a snapshot, PUT one: an
                     edit of a customer that keeps its name
  --clients=8  --rows=1000  --warmup=1  --seconds=5
  --companies=1      which the clients and rows are spread over, one after the other
  --sessions=1       sign-ins of each company, which its clients share
  --label=TEXT       repeated in the output
)";

/// Runs as the flags say; blocks. Throws std::exception where the server can't be used.
json_line run_requests(flags&);

}  // namespace chatmesh::bench
