// What persistence needs to know; filled by app from the configuration.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

namespace chatmesh::persistence {

enum class database_kind : std::uint8_t { sqlite, postgresql };

struct database_address {
  database_kind kind = database_kind::sqlite;
  std::string place;  // SQLite's file, or libpq's connection string, which may hold a password: never shown
};

// From sqlite:<file> or postgresql://<user>:<password>@<host>:<port>/<database>, libpq's URI. Throws database_error,
// whose text repeats nothing of the URL.
database_address parse_database_url(std::string_view url);

struct settings {
  database_address database;
  bool read_only = false;                             // a tool; SQLite: of a file that is there, and stays as it is
  std::size_t readers = 2;                            // threads with a read session each
  std::size_t reader_queue = 20'000;                  // jobs that may wait
  std::size_t writers = 4;                            // PostgreSQL: threads with a write session each; SQLite has one
  std::size_t writer_queue = 10'000;                  // commands that may wait
  std::size_t batch = 256;                            // commands of one transaction
  std::chrono::milliseconds commit_delay{3};          // a commit waits so long for more writes, where more are likely
  std::size_t wal_limit_mib = 64;                     // SQLite: the writer checkpoints above this
  std::chrono::milliseconds writer_patience{10'000};  // a command waits for its turn no longer
  std::chrono::milliseconds start_check{1'000};       // SQLite: the file is looked through at the start, so long
  std::chrono::milliseconds busy_timeout{5'000};      // wait for a lock that another session holds
};

// The database can't be used: text is fit for an operator, never holds parameter values.
struct database_error : std::runtime_error {
  using std::runtime_error::runtime_error;
};

}  // namespace chatmesh::persistence
