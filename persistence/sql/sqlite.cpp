#include "persistence/sql/sqlite.hpp"

#include <soci/sqlite3/soci-sqlite3.h>

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <filesystem>
#include <system_error>

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

// SOCI's connect string is `key=value` text; quoting keeps spaces, and nothing can escape the quote itself.
std::string connect_string(const std::string& path) {
  if (path.empty() || path.find('"') != std::string::npos)
    throw database_error("the database's path is empty or contains a quotation mark");
  return "dbname=\"" + path + "\"";
}

}  // namespace

void create_file(const settings& s) {
  const std::filesystem::path path{s.sqlite_path};
  if (path.has_parent_path()) {
    std::error_code error;
    std::filesystem::create_directories(path.parent_path(), error);
    if (error)
      throw database_error("cannot create the folder of " + s.sqlite_path + ": " + error.message());
  }
  // SQLite gives its journal files the mode of the database file, so this protects them too.
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0)
    throw database_error("cannot open " + s.sqlite_path + ": " + std::generic_category().message(errno));
  ::close(file);
}

void open(soci::session& db, const settings& s) {
  configure_library();
  try {
    db.open(soci::sqlite3, connect_string(s.sqlite_path));
    pragma(db, "busy_timeout", std::to_string(s.busy_timeout.count()));
    pragma(db, "page_size", std::to_string(page_bytes));  // of a file that is being made
    std::string mode;
    db.once << "PRAGMA journal_mode = WAL", soci::into(mode);
    if (mode != "wal")
      throw database_error("the file system of " + s.sqlite_path + " does not carry SQLite's write-ahead log");
    pragma(db, "synchronous", "FULL");
    pragma(db, "foreign_keys", "ON");
    pragma(db, "wal_autocheckpoint", "0");  // the writer decides, see checkpoint()
    pragma(db, "cache_size", "-" + std::to_string(cache_kib));
    pragma(db, "temp_store", "MEMORY");
  } catch (const soci::soci_error& e) {
    throw database_error("cannot use " + s.sqlite_path + ": " + describe(e));
  }
}

bool has_tables(soci::session& db) {
  long long tables = 0;
  db.once << "SELECT COUNT(*) FROM sqlite_master", soci::into(tables);
  return tables > 0;
}

bool has_table(soci::session& db, const std::string& name) {
  long long tables = 0;
  db.once << "SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name = :name", soci::into(tables),
      soci::use(name);
  return tables > 0;
}

void reset(soci::statement& statement) noexcept {
  // The result repeats the error of the run that failed, if it did; that one has been thrown already.
  sqlite_api::sqlite3_reset(static_cast<soci::sqlite3_statement_backend*>(statement.get_backend())->stmt_);
}

std::string describe(const std::exception& e) {
  if (const auto* error = dynamic_cast<const soci::sqlite3_soci_error*>(&e))
    return "SQLite result " + std::to_string(error->result()) + " (" + sqlite_api::sqlite3_errstr(error->result()) +
           ")";
  if (dynamic_cast<const soci::soci_error*>(&e))
    return "an error of the database library";
  return e.what();
}

bool harms_only_its_statement(const std::exception& e) {
  const auto* error = dynamic_cast<const soci::sqlite3_soci_error*>(&e);
  return error && (error->result() & 0xff) == SQLITE_CONSTRAINT;
}

std::uint64_t changes(soci::session& db) {
  return static_cast<std::uint64_t>(sqlite_api::sqlite3_total_changes64(handle_of(db)));
}

void watch_wal(soci::session& db, std::uint64_t& bytes) {
  const auto note = [](void* to, sqlite_api::sqlite3*, const char*, int pages) {
    *static_cast<std::uint64_t*>(to) = static_cast<std::uint64_t>(pages) * page_bytes;
    return SQLITE_OK;
  };
  sqlite_api::sqlite3_wal_hook(handle_of(db), note, &bytes);
}

// RESTART, not TRUNCATE: a file that is written over needs no new blocks, and so no journal commit of the file system
// for each flush.
bool checkpoint(soci::session& db, const settings& s) {
  long long busy = 1, in_log = 0, copied = 0;
  pragma(db, "busy_timeout", std::to_string(checkpoint_wait.count()));
  db.once << "PRAGMA wal_checkpoint(RESTART)", soci::into(busy), soci::into(in_log), soci::into(copied);
  pragma(db, "busy_timeout", std::to_string(s.busy_timeout.count()));
  return busy == 0;
}

}  // namespace chatmesh::persistence::sqlite
