// One process at a time.
#pragma once

#include "persistence/settings.hpp"

namespace chatmesh::persistence {

// Held by who serves an SQLite file and by who replaces it: two servers on one file would not hear of each other's
// writes. A lock on a file beside it, which goes with the process. PostgreSQL needs none.
class database_lock {
public:
  // Throws database_error where another process has it, or the file can't be made.
  explicit database_lock(const settings&);
  ~database_lock();

  database_lock(const database_lock&) = delete;
  database_lock& operator=(const database_lock&) = delete;

private:
  int file_ = -1;
};

}  // namespace chatmesh::persistence
