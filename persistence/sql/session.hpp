// One connection to the database with its transaction control. Belongs to one thread at a time.
#pragma once

#include "persistence/settings.hpp"
#include "persistence/sql/connection.hpp"
#include "persistence/sql/statement.hpp"

#include <optional>
#include <vector>

namespace chatmesh::persistence {

class session {
public:
  // Opens the database and prepares the session. Throws database_error.
  explicit session(const settings&);

  connection& handle() { return db_; }
  const dialect& kind() const { return db_.kind; }

  // Transactions: one at a time; none of these nests. They throw soci::soci_error.
  void begin_write() { begin_write_.send(); }
  void begin_read() { begin_read_.execute(); }
  void commit();
  // False: the database could not even do that; the session is of no use any more.
  bool rollback() noexcept;

  // The savepoint of one command inside a write transaction.
  void savepoint() { savepoint_.send(); }
  void release_savepoint() { release_.execute(); }
  void rollback_to_savepoint();

  // Until the transaction ends, nobody else prepares the schema. Waits for as long as others' migrations may last, and
  // lets this one's statements take their time.
  void lock_schema();
  // Until the transaction ends, nobody else compares histories, does what concerns several companies, or writes to one
  // of these companies, which are locked in the order of their ids. False: begin_write() has locked everything already,
  // so that what was read before still holds.
  bool lock_history() { return take(kind().sql.lock_history); }
  bool lock_accounts() { return take(kind().sql.lock_accounts); }
  bool lock_companies(const std::vector<domain::id>&);
  bool locks_companies() const { return lock_counters_.has_value(); }
  // Returns at once: what is asked for next waits for the locks.
  void lock_companies_first(const std::vector<domain::id>&);
  // The same without waiting: those that others hold are answered, and not locked.
  std::vector<domain::id> lock_free_companies(const std::vector<domain::id>&);
  // Or waits for a moment, behind those who wait already. Throws soci::soci_error where that is not enough.
  void lock_company_soon(const domain::id&);

  // The database's clock; a file's is this machine's.
  domain::timestamp now();

private:
  bool take(const std::string& lock);

  connection db_;  // first: statements must go before it
  statement begin_write_, begin_read_, commit_, rollback_, savepoint_, release_, rollback_to_;
  std::optional<statement> clock_, lock_counters_;
};

}  // namespace chatmesh::persistence
