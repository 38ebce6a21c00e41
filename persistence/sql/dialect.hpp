// What the databases do differently, behind one interface. The SQL of stores and commands stays within what they share.
#pragma once

#include "persistence/settings.hpp"
#include "persistence/sql/engine.hpp"

#include <soci/soci.h>

#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace chatmesh::persistence {

// What became of a statement that failed.
enum class failure : std::uint8_t {
  constraint,  // it was refused by a constraint
  conflict,    // another transaction was in the way: the same again may succeed
  busy,        // others hold the database, or a lock, for longer than a session waits
  connection,  // the session is lost, and nobody knows what became of a COMMIT under way
  full,        // no room
  read_only,
  io,       // the storage fails
  corrupt,  // what is stored can't be read
  other
};

// A session that can't be opened, and why.
struct session_error : database_error {
  session_error(failure w, const std::string& text) : database_error(text), why(w) {}
  failure why;
};

// Of any exception; `other` for one that is not the database's.
failure failure_of(const std::exception&);

// What an operator may read of an error: the database's code and its meaning, never a parameter's value.
std::string describe(const std::exception&);

// One kind of database. Stateless; any thread.
class dialect {
public:
  struct texts {
    std::string begin_write;
    std::string begin_read;
    std::string clock;               // an expression: milliseconds since 1970 on its clock; empty: this machine's
    std::string count_tables;        // in this database
    std::string count_table_named;   // of :name
    std::string count_column_named;  // of :name in table :table
    std::string lock_history;        // within a transaction, until it ends; empty where begin_write does that
    std::string lock_accounts;       // the same, for what concerns several companies
    std::string claim_pruning;       // 1, and nobody else prunes until the transaction ends; 0: somebody else does
    std::string probe;               // a write that changes nothing, and does not return before it is on disk
    std::string lock_counters;       // the same, for the counter rows of :companies, in their order
    std::string lock_free_counters;  // the same, but for those that others hold
    std::string limit_lock_wait;     // until the transaction ends, a lock is waited for no longer than 0.1 s
    std::string held_counters;       // those of :companies that are there, but not among :free
    std::string identity;            // of the server's data, as one text; empty for a database that is just a file
    std::string renew_epochs;        // gives every company another epoch, at random
  };

  explicit dialect(texts t) : sql(std::move(t)) {}
  dialect(const dialect&) = delete;
  dialect& operator=(const dialect&) = delete;
  virtual ~dialect() = default;

  const texts sql;

  // Makes what has to be there before a session can be opened. Throws database_error.
  virtual void create(const settings&) const = 0;

  // Opens a session and prepares it. Throws database_error.
  virtual std::unique_ptr<engine> open(soci::session&, const settings&) const = 0;

  // A statement of a migration as this database takes it: text compares by its bytes, whatever the locale.
  virtual std::string definition(std::string_view text) const = 0;

  // How the database is set up so that it may lose what was committed, in words for an operator.
  virtual std::vector<std::string> risks(soci::session&) const = 0;

  // Sessions that may write at the same time.
  virtual std::size_t max_writers() const = 0;

  // Commands of one transaction, at most: others wait for the locks that it holds.
  virtual std::size_t max_batch() const = 0;

  // Whether each question costs a round trip.
  virtual bool is_remote() const = 0;

  // Whether a statement that fails takes the transaction around it along.
  virtual bool fails_whole_transactions() const = 0;

  // Within a transaction, whose statements have no limit of time from then on: until it ends, nobody else prepares the
  // schema. Waits as long as a migration may last.
  virtual void lock_schema(soci::session&) const = 0;

  // Throws database_error where the session's transaction has failed, so that its COMMIT would be none.
  virtual void check_before_commit(soci::session&) const = 0;

  // From here on, `bytes` is what the write-ahead log holds after each commit of this session, where this is ours to
  // care for. `bytes` outlives the session.
  virtual void watch_wal(soci::session&, std::uint64_t& bytes) const = 0;

  // Copies the write-ahead log into the database; false: a reader held it up.
  virtual bool checkpoint(soci::session&, const settings&) const = 0;
};

const dialect& dialect_of(database_kind);

}  // namespace chatmesh::persistence
