#include "persistence/sql/sqlite_copy.hpp"

#include "persistence/settings.hpp"

#include <sqlite3.h>

#include <memory>

namespace chatmesh::persistence::sqlite {

namespace {

constexpr int pages_at_once = 1024;
constexpr int busy_timeout_ms = 5'000;

[[noreturn]] void fail(const std::string& file, int result) {
  throw database_error("cannot use " + file + ": SQLite result " + std::to_string(result) + " (" +
                       sqlite3_errstr(result) + ")");
}

class open_file {
public:
  open_file(const std::string& name, int flags) : name_(name) {
    sqlite3* made = nullptr;
    const int result = sqlite3_open_v2(name.c_str(), &made, flags, nullptr);
    handle_.reset(made);
    if (result != SQLITE_OK)
      fail(name_, result);
    sqlite3_busy_timeout(made, busy_timeout_ms);
  }

  sqlite3* get() const { return handle_.get(); }
  const std::string& name() const { return name_; }

  // The first column of the first row; empty for none.
  std::string ask(const char* sql) const {
    sqlite3_stmt* statement = nullptr;
    int result = sqlite3_prepare_v2(get(), sql, -1, &statement, nullptr);
    const std::unique_ptr<sqlite3_stmt, int (*)(sqlite3_stmt*)> owner{statement, sqlite3_finalize};
    if (result == SQLITE_OK)
      result = sqlite3_step(statement);
    if (result != SQLITE_ROW && result != SQLITE_DONE)
      fail(name_, result);
    const auto* text = result == SQLITE_ROW ? sqlite3_column_text(statement, 0) : nullptr;
    return text ? reinterpret_cast<const char*>(text) : "";
  }

private:
  std::string name_;
  std::unique_ptr<sqlite3, int (*)(sqlite3*)> handle_{nullptr, sqlite3_close};
};

}  // namespace

// The open read transaction holds the moment: without it each write of another connection begins the copy anew.
void copy(const std::string& from, const std::string& to) {
  const open_file source{from, SQLITE_OPEN_READONLY}, target{to, SQLITE_OPEN_READWRITE};
  source.ask("BEGIN");
  source.ask("SELECT COUNT(*) FROM sqlite_master");
  sqlite3_backup* const backup = sqlite3_backup_init(target.get(), "main", source.get(), "main");
  if (!backup)
    fail(to, sqlite3_errcode(target.get()));
  int result = SQLITE_OK;
  while (result == SQLITE_OK)
    result = sqlite3_backup_step(backup, pages_at_once);
  sqlite3_backup_finish(backup);
  if (result != SQLITE_DONE)
    fail(from, result);
  source.ask("COMMIT");
  if (const auto mode = target.ask("PRAGMA journal_mode = DELETE"); mode != "delete")
    throw database_error("cannot use " + to + ": its journal stays " + mode);
}

void check(const std::string& file) {
  const open_file database{file, SQLITE_OPEN_READONLY};
  if (const auto found = database.ask("PRAGMA integrity_check(1)"); found != "ok")
    throw database_error(file + " is damaged");
}

void fold(const std::string& file) {
  const open_file database{file, SQLITE_OPEN_READWRITE};
  if (const auto mode = database.ask("PRAGMA journal_mode = DELETE"); mode != "delete")
    throw database_error("cannot use " + file + ": its journal stays " + mode);
}

}  // namespace chatmesh::persistence::sqlite
