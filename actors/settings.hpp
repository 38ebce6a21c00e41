// What the actors need to know; filled by app from the configuration.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

namespace chatmesh::actors {

struct settings {
  std::string node = "local";
  std::size_t streams_per_member = 16;          // 0 = no limit
  std::chrono::milliseconds heartbeat{15'000};  // of silence
  std::chrono::milliseconds retry{1'000};       // told in `hello`
  std::chrono::milliseconds skip_delay{1'000};  // a skip waits no longer than this
  std::chrono::milliseconds presence_grace{10'000};
  std::chrono::milliseconds presence_gather{1'000};
  std::chrono::milliseconds presence_settle{200};  // a company that has just begun to run hears of other nodes within
  std::chrono::milliseconds typing_interval{2'000};
  std::chrono::milliseconds log_retry{250};       // after a failed read of the log
  std::chrono::milliseconds idle{30'000};         // a company without subscribers goes after this
  std::chrono::milliseconds reset_spread{2'000};  // `after_ms` of a reset is random up to this
  std::chrono::microseconds linger{1'000};        // under load, gathers a company's events so long; 0 = never
  std::size_t window_events = 256;
  std::size_t window_bytes = 1024 * 1024;
  std::size_t page_events = 256;
  std::size_t page_bytes = 256 * 1024;
  std::size_t cached_pages = 8;  // of a company
};

}  // namespace chatmesh::actors
