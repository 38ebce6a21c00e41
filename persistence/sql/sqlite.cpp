#include "persistence/sql/sqlite.hpp"

#include "persistence/sql/new_file.hpp"
#include "persistence/sql/sqlite_engine.hpp"
#include "persistence/sql/sqlite_file.hpp"

#include <soci/sqlite3/soci-sqlite3.h>

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <limits>
#include <system_error>
#include <utility>

namespace chatmesh::persistence::sqlite {

namespace {

constexpr int cache_kib = 4 * 1024;  // page cache of one session
constexpr std::uint64_t page_bytes = 4096;
constexpr std::chrono::milliseconds checkpoint_wait{100};

// Each session belongs to one thread at a time, so that locks of its own would guard nothing; nobody asks for the
// statistics that would take one for all threads at each allocation.
void configure_library() {
  static const bool once = [] {
    sqlite_api::sqlite3_config(SQLITE_CONFIG_MULTITHREAD);
    sqlite_api::sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    return true;
  }();
  static_cast<void>(once);
}

void pragma(soci::session& db, const std::string& name, const std::string& value) {
  db.once << "PRAGMA " + name + " = " + value;
}

sqlite_api::sqlite3* handle_of(soci::session& db) {
  return static_cast<soci::sqlite3_session_backend*>(db.get_backend())->conn_;
}

// Locks are waited for no longer than checkpoint_wait while it lives, however that ends.
class shorter_wait {
public:
  shorter_wait(sqlite_api::sqlite3* db, std::chrono::milliseconds usual) : db_(db), usual_(usual) {
    set(checkpoint_wait);
  }
  ~shorter_wait() { set(usual_); }
  shorter_wait(const shorter_wait&) = delete;
  shorter_wait& operator=(const shorter_wait&) = delete;

private:
  void set(std::chrono::milliseconds wait) const {
    sqlite_api::sqlite3_busy_timeout(db_, static_cast<int>(wait.count()));
  }

  sqlite_api::sqlite3* db_;
  std::chrono::milliseconds usual_;
};

// SOCI's connect string is `key=value` text; quoting keeps spaces, and nothing can escape the quote itself.
std::string connect_string(const std::string& path) {
  if (path.empty() || path.find('"') != std::string::npos)
    throw database_error("the database's path is empty or contains a quotation mark");
  return "dbname=\"" + path + "\"";
}

const dialect::texts own_texts{
    .begin_write = "BEGIN IMMEDIATE",  // takes the write lock now, not at the first write
    .begin_read = "BEGIN",
    .clock = {},
    .count_tables = "SELECT COUNT(*) FROM sqlite_master",
    .count_table_named = "SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name = :name",
    .count_column_named = "SELECT COUNT(*) FROM pragma_table_info(:table) WHERE name = :name",
    .lock_history = {},
    .lock_accounts = {},
    .claim_pruning = "SELECT 1",         // begin_write keeps everybody out
    .probe = "PRAGMA user_version = 0",  // writes the first page whatever its value; we have no other use for it
    .lock_counters = {},
    .lock_free_counters = {},
    .limit_lock_wait = {},
    .held_counters = {},
    .identity = {},
    .renew_epochs = "UPDATE company_counters "
                    "SET epoch = (epoch + 1 + (random() & 4294967295) % 4294967295) % 4294967296",
};

class sqlite_dialect final : public dialect {
public:
  sqlite_dialect() : dialect(own_texts) {}

  void create(const settings& s) const override {
    const std::string& file_name = s.database.place;
    make_folder_of(file_name);
    configure_library();
    check_file(file_name, s.start_check);
    // SQLite gives its journal files the mode of the database file, so this protects them too.
    const int file = ::open(file_name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0)
      throw database_error("cannot open " + file_name + ": " + std::generic_category().message(errno));
    ::close(file);
  }

  std::unique_ptr<engine> open(soci::session& db, const settings& s) const override {
    configure_library();
    const std::string& file_name = s.database.place;
    try {
      db.open(soci::sqlite3, connect_string(file_name) + (s.read_only ? " readonly=true" : ""));
      pragma(db, "busy_timeout", std::to_string(s.busy_timeout.count()));
      pragma(db, "cache_size", "-" + std::to_string(cache_kib));
      pragma(db, "temp_store", "MEMORY");
      if (s.read_only)
        return make_engine(db);
      pragma(db, "page_size", std::to_string(page_bytes));  // of a file that is being made
      std::string mode;
      db.once << "PRAGMA journal_mode = WAL", soci::into(mode);
      if (mode != "wal")
        throw database_error("the file system of " + file_name + " does not carry SQLite's write-ahead log");
      pragma(db, "synchronous", "FULL");
      pragma(db, "foreign_keys", "ON");
      pragma(db, "wal_autocheckpoint", "0");  // the writer decides, see checkpoint()
    } catch (const soci::soci_error& e) {
      throw session_error(persistence::failure_of(e), "cannot use " + file_name + ": " + persistence::describe(e));
    }
    return make_engine(db);
  }

  std::string definition(std::string_view text) const override { return std::string{text}; }

  std::vector<std::string> risks(soci::session&) const override { return {}; }

  std::size_t max_writers() const override { return 1; }

  std::size_t max_batch() const override { return std::numeric_limits<std::size_t>::max(); }  // nobody else writes

  bool is_remote() const override { return false; }

  bool fails_whole_transactions() const override { return false; }

  void lock_schema(soci::session&) const override {}  // begin_write keeps everybody out

  void check_before_commit(soci::session&) const override {}

  void watch_wal(soci::session& db, std::uint64_t& bytes) const override {
    const auto note = [](void* to, sqlite_api::sqlite3*, const char*, int pages) {
      *static_cast<std::uint64_t*>(to) = static_cast<std::uint64_t>(pages) * page_bytes;
      return SQLITE_OK;
    };
    sqlite_api::sqlite3_wal_hook(handle_of(db), note, &bytes);
  }

  // The next commit begins the log anew, whose file keeps its size: RESTART, not TRUNCATE, since a file that is written
  // over needs no new blocks, and so no journal commit of the file system for each flush. Waits for readers at most
  // checkpoint_wait.
  bool checkpoint(soci::session& db, const settings& s) const override {
    long long busy = 1, in_log = 0, copied = 0;
    const shorter_wait only_here{handle_of(db), s.busy_timeout};
    db.once << "PRAGMA wal_checkpoint(RESTART)", soci::into(busy), soci::into(in_log), soci::into(copied);
    return busy == 0;
  }
};

}  // namespace

const dialect& own_dialect() {
  static const sqlite_dialect only;
  return only;
}

std::optional<failure> failure_of(const std::exception& e) {
  const auto* error = dynamic_cast<const soci::sqlite3_soci_error*>(&e);
  if (!error)
    return {};
  switch (error->result() & 0xff) {
  case SQLITE_CONSTRAINT: return failure::constraint;
  case SQLITE_BUSY:
  case SQLITE_LOCKED: return failure::busy;
  case SQLITE_FULL: return failure::full;
  case SQLITE_READONLY: return failure::read_only;
  case SQLITE_IOERR:
  case SQLITE_CANTOPEN: return failure::io;
  case SQLITE_CORRUPT:
  case SQLITE_NOTADB: return failure::corrupt;
  default: return failure::other;
  }
}

std::optional<std::string> describe(const std::exception& e) {
  const auto* error = dynamic_cast<const soci::sqlite3_soci_error*>(&e);
  if (!error)
    return {};
  return "SQLite result " + std::to_string(error->result()) + " (" + sqlite_api::sqlite3_errstr(error->result()) + ")";
}

}  // namespace chatmesh::persistence::sqlite
