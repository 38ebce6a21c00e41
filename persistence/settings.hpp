// What persistence needs to know; filled by app from the configuration.
#pragma once

#include <chrono>
#include <cstddef>
#include <stdexcept>
#include <string>

namespace chatmesh::persistence {

struct settings {
  std::string sqlite_path;                        // file of the embedded database
  std::size_t readers = 2;                        // threads with a read session each
  std::size_t reader_queue = 20'000;              // jobs that may wait
  std::size_t writer_queue = 10'000;              // commands that may wait
  std::size_t batch = 256;                        // commands of one transaction
  std::chrono::milliseconds commit_delay{3};      // a commit waits so long for more writes, where more are likely
  std::size_t wal_limit_mib = 64;                 // the writer checkpoints above this
  std::chrono::milliseconds busy_timeout{5'000};  // wait for a lock that another process holds
};

// The database can't be used: text is fit for an operator, never holds parameter values.
struct database_error : std::runtime_error {
  using std::runtime_error::runtime_error;
};

}  // namespace chatmesh::persistence
