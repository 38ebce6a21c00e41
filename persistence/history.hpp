// Whether a database still tells the history that it told before.
#pragma once

#include "persistence/sql/session.hpp"

#include <string>

namespace chatmesh::persistence {

struct history {
  std::string identity;     // empty for SQLite, whose file has none
  bool is_renewed = false;  // just now
};

// A PostgreSQL that is another cluster or database than the stored one, or the same on another timeline, was restored
// or has taken over from a server that it lagged behind: the same `seq` may mean another event. Then every company gets
// a new epoch, in the transaction that stores the new identity, so that every client is told by `reset`. Throws
// database_error.
history check_history(session&);

}  // namespace chatmesh::persistence
