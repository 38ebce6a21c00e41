// Every setting of the server, typed. The defaults are the layers' own; config/chatmesh.conf shows them all.
#pragma once

#include "actors/settings.hpp"
#include "http/settings.hpp"
#include "persistence/settings.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

namespace chatmesh::config {

// What only app needs to know.
struct process_settings {
  std::string database_url = "sqlite:data/chatmesh.db";
  std::string log_level = "info";
  std::string log_format = "text";           // or "json"
  std::size_t actor_threads = 2;             // CAF's scheduler; connections run on the io threads instead
  std::size_t actor_throughput = 100;        // messages of one actor in a row
  std::uint64_t retention_events = 100'000;  // a company's events are kept while among its last so many ...
  std::chrono::seconds retention_age = std::chrono::hours{7 * 24};      // ... or younger than this
  std::chrono::seconds retention_audit = std::chrono::hours{365 * 24};  // of who did what; 0 = for ever
  std::chrono::seconds retention_interval{60};                          // between two looks for what may go
  std::uint64_t shutdown_reconnects = 500;                              // a second, of the streams that a drain ends
  std::chrono::milliseconds shutdown_spread{60'000};                    // but all of them within this
  std::chrono::seconds shutdown_limit{20};                              // then the process ends as it is
  bool demo = false;
};

// Several nodes on one database.
struct cluster_settings {
  bool enabled = false;
  std::chrono::milliseconds head_check_interval{1'000};  // between two looks for what other nodes committed
  std::chrono::seconds node_lease{15};   // a node that is silent for so long is gone, by the database's clock
  std::string listen;                    // host:port for links of other nodes; empty: no links
  std::string advertise;                 // where they reach it: host:port, or host alone
  std::string certificate, key, ca;      // PEM files for mutual TLS; all or none
  bool insecure = false;                 // links without TLS, also beyond loopback
  std::uint32_t newest_wire = 0;         // links speak no newer form than this; 0 = the newest that is known
  std::chrono::seconds link_timeout{5};  // a link that is silent for so long is gone
};

struct settings {
  http::settings http;
  actors::settings actors;
  persistence::settings persistence;
  process_settings process;
  cluster_settings cluster;
};

}  // namespace chatmesh::config
