// One connection to the database with its transaction control. Belongs to one thread at a time.
#pragma once

#include "persistence/settings.hpp"
#include "persistence/sql/statement.hpp"

#include <soci/soci.h>

namespace chatmesh::persistence {

class session {
public:
  // Opens the database and prepares the session. Throws database_error.
  explicit session(const settings&);

  soci::session& handle() { return db_; }

  // Transactions: one at a time; none of these nests. They throw soci::soci_error.
  void begin_write() { begin_write_.execute(); }
  void begin_read() { begin_read_.execute(); }
  void commit() { commit_.execute(); }
  // False: the database could not even do that; the session is of no use any more.
  bool rollback() noexcept;

  // The savepoint of one command inside a write transaction.
  void savepoint() { savepoint_.execute(); }
  void release_savepoint() { release_.execute(); }
  void rollback_to_savepoint();

  // The database's clock.
  domain::timestamp now();

private:
  soci::session db_;  // first: statements must go before it
  statement begin_write_, begin_read_, commit_, rollback_, savepoint_, release_, rollback_to_, clock_;
};

}  // namespace chatmesh::persistence
