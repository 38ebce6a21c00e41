// What a test and the fault library inside the server share: one page of memory, mapped from a file, so that what the
// test sets holds at once, and what the library counted is there after the server was killed.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace chatmesh::test {

// What the server asks of its database, as the library tells it apart.
enum class operation : std::uint32_t {
  log_read,    // SQLite's write-ahead log: a piece of it
  log_write,   // also where its length is set
  log_sync,    // its flush: the middle of COMMIT
  file_read,   // the database file itself
  file_write,  // a checkpoint's
  file_sync,
  request,  // a message to PostgreSQL
};
inline constexpr std::size_t operations = 7;

// Where in the operation the process dies.
enum class moment : std::uint32_t { before, torn, after };  // torn: a write that is done by half

struct fault_switch {
  std::atomic<std::uint64_t> seen;  // operations so far
  std::atomic<std::int64_t> fuse;   // the process dies in the n-th operation from now; 0 = never
  std::atomic<std::int32_t> error;  // each one fails with this errno; 0 = none does
  std::atomic<std::uint64_t> failed;
  std::atomic<bool> held;  // each one waits until this is false
  std::atomic<std::uint64_t> waiting;
};

struct fault_page {
  std::array<fault_switch, operations> switches;
  std::atomic<moment> when;  // of the fuse that burns down first
  // The power fails with the process: of what was written since the last flush, each piece is kept or lost by a coin
  // that is thrown from `seed`.
  std::atomic<bool> power;
  std::atomic<std::uint64_t> seed;
  std::atomic<std::uint32_t> died_in;  // 1 + the operation; 0 = in none
  std::atomic<std::uint64_t> lost_pieces;

  fault_switch& at(operation o) { return switches.at(static_cast<std::size_t>(o)); }
};

static_assert(sizeof(fault_page) <= 4096);
static_assert(std::atomic<std::uint64_t>::is_always_lock_free && std::atomic<moment>::is_always_lock_free &&
                  std::atomic<bool>::is_always_lock_free,
              "an atomic that two processes share may have no lock");

inline constexpr const char* fault_page_variable = "CHATMESH_FAULT_PAGE";  // names the file

}  // namespace chatmesh::test
