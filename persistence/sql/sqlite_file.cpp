#include "persistence/sql/sqlite_file.hpp"

#include "persistence/settings.hpp"

#include <soci/sqlite3/soci-sqlite3.h>
#include <spdlog/spdlog.h>

#include <array>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string_view>
#include <system_error>

namespace chatmesh::persistence::sqlite {

namespace {

using namespace sqlite_api;
using clock = std::chrono::steady_clock;

constexpr std::string_view magic{"SQLite format 3\0", 16};
constexpr int steps_between_looks = 10'000;  // of SQLite's machine, at the clock
constexpr int lock_wait_ms = 1'000;

struct closing {
  void operator()(sqlite3* db) const { sqlite3_close(db); }
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using connection = std::unique_ptr<sqlite3, closing>;

[[noreturn]] void refuse(const std::string& path, std::string_view why) {
  throw database_error(std::string{path}.append(" ").append(why).append("; it is left as it is"));
}

std::uintmax_t size_of(const std::string& path) {
  std::error_code missing;
  const auto size = std::filesystem::file_size(path, missing);
  return missing ? 0 : size;
}

bool begins_as_database(const std::string& path) {
  std::array<char, magic.size()> begin{};
  std::ifstream file{path, std::ios::binary};
  file.read(begin.data(), begin.size());
  return !file ||
         std::string_view{begin.data(), begin.size()} == magic;  // one that can't be read is told by who opens it
}

std::string as_uri(const std::string& path) {
  static constexpr std::string_view digits = "0123456789ABCDEF";
  std::string uri = "file:";
  for (const char c : path) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '?' || c == '#' || c == '%')
      uri.append(1, '%').append(1, digits[byte / 16]).append(1, digits[byte % 16]);
    else
      uri += c;
  }
  return uri;
}

// Without a log nobody has the file open, and SQLite is told that it won't change: it makes no file beside it. With
// one, it is looked at as it will be with what the log holds, which is not folded in.
connection open(const std::string& path, bool has_log) {
  sqlite3* db = nullptr;
  const auto name = as_uri(path) + (has_log ? "" : "?immutable=1");
  const int mode = has_log ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY;
  const int result = sqlite3_open_v2(name.c_str(), &db, mode | SQLITE_OPEN_URI, nullptr);
  connection opened{db};
  if (result != SQLITE_OK)
    throw database_error("cannot open " + path + ": " + sqlite3_errstr(result));
  sqlite3_db_config(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
  sqlite3_busy_timeout(db, lock_wait_ms);
  return opened;
}

// The first column of the query's only row. SQLite's result is in `code`.
std::string ask(const connection& db, const char* query, int& code) {
  sqlite3_stmt* made = nullptr;
  code = sqlite3_prepare_v2(db.get(), query, -1, &made, nullptr);
  const std::unique_ptr<sqlite3_stmt, closing> statement{made};
  if (code != SQLITE_OK || (code = sqlite3_step(made)) != SQLITE_ROW)
    return {};
  const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(made, 0));
  return text ? text : "";
}

bool is_damage(int code) {
  return (code & 0xff) == SQLITE_CORRUPT || (code & 0xff) == SQLITE_NOTADB;
}

void look_through(const connection& db, const std::string& path, std::chrono::milliseconds limit) {
  auto end = clock::now() + limit;
  const auto late = [](void* at) { return clock::now() > *static_cast<clock::time_point*>(at) ? 1 : 0; };
  sqlite3_progress_handler(db.get(), steps_between_looks, late, &end);
  int code = 0;
  const auto answer = ask(db, "PRAGMA quick_check(1)", code);
  sqlite3_progress_handler(db.get(), 0, nullptr, nullptr);
  if (is_damage(code) || (code == SQLITE_ROW && answer != "ok"))
    refuse(path, "is damaged");
  if (code == SQLITE_INTERRUPT)
    spdlog::info("{} is too large to be looked through at the start; what was looked at is whole", path);
}

}  // namespace

void check_file(const std::string& path, std::chrono::milliseconds limit) {
  const bool has_log = size_of(path + "-wal") > 0;
  if (size_of(path) == 0) {
    if (has_log)
      refuse(path + "-wal", "is a write-ahead log, and its database " + path + " is missing or empty");
    return;
  }
  if (!begins_as_database(path))
    refuse(path, "is no SQLite database");
  const auto db = open(path, has_log);
  int code = 0;
  const auto tables = ask(db, "SELECT COUNT(*) - 1000000 * SUM(name = 'schema_version') FROM sqlite_master", code);
  if (is_damage(code))
    refuse(path, "is damaged");
  if (code == SQLITE_ROW && !tables.empty() && tables.front() != '-' && tables != "0")
    refuse(path, "holds something else than ChatMesh's data");
  if (limit.count() > 0)
    look_through(db, path, limit);
}

}  // namespace chatmesh::persistence::sqlite
