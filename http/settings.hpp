// What http needs to know; filled by app from the configuration.
#pragma once

#include "http/network.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace chatmesh::http {

struct settings {
  std::string address = "127.0.0.1";
  std::uint16_t port = 8080;  // 0: any free one
  std::size_t threads = 0;    // that own sockets; 0: one for two processors, the others write, read and hash
  bool io_uring = true;       // where the kernel allows it
  std::string public_url;     // empty: the request's Host
  std::vector<std::string> cors_origins;  // whose pages may use the API, by bearer token
  std::vector<network> trusted_proxies;   // that tell whose request they pass on
  std::string web_root;                   // folder of the web files
  std::string node = "local";             // this node's name, told in `hello`

  std::size_t max_header_bytes = 16 * 1024;  // request line and all header fields
  std::size_t max_body_bytes = 1024 * 1024;
  std::size_t max_target_bytes = 8 * 1024;
  std::size_t max_connections = 20'000;             // and a few above it, to say so
  std::size_t max_static_bytes = 16 * 1024 * 1024;  // of all web files together
  std::size_t max_pipelined_bytes = 64 * 1024;      // read ahead of the request that is being answered
  std::chrono::seconds header_timeout{10};          // from the first byte to the end of the header
  std::chrono::seconds body_timeout{30};
  std::chrono::seconds idle_timeout{60};   // keep-alive
  std::chrono::seconds write_timeout{30};  // of an ordinary answer, for a peer that takes nothing

  std::chrono::seconds close_timeout{10};  // at the end: for answers that are being written

  std::chrono::seconds stalled_reader_timeout{300};  // a stream that takes nothing for so long is closed; 0 = never
  std::chrono::seconds session_life = std::chrono::hours{30 * 24};
  std::chrono::seconds invitation_life = std::chrono::hours{7 * 24};
  std::chrono::seconds widget_life = std::chrono::hours{365 * 24};

  bool rate_limits = true;                          // limits.rate=off turns them off, for load tests
  std::uint32_t auth_per_minute = 60;               // signups, log-ins, accepts and widget sessions an address, each
  std::uint32_t requests_per_second = 5'000;        // of one token
  std::uint32_t customer_messages_per_minute = 60;  // of one customer, through the widget
  std::uint32_t address_messages_per_minute = 600;  // of all customers of one address
  std::uint32_t images_per_minute = 10;             // that are uploaded with one token

  std::size_t password_memory_kib = 19 * 1024;  // argon2id (OWASP's minimum), and its passes
  std::uint32_t password_passes = 2;
  std::size_t password_queue = 256;  // hashes that may wait

  bool operations = true;  // the listener for /healthz, /readyz and /metrics
  std::string operations_address = "127.0.0.1";
  std::uint16_t operations_port = 9090;  // 0: any free one
};

}  // namespace chatmesh::http
