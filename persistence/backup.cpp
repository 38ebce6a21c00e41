#include "persistence/backup.hpp"

#include "persistence/database_lock.hpp"
#include "persistence/schema/migrations.hpp"
#include "persistence/schema/version.hpp"
#include "persistence/sql/new_file.hpp"
#include "persistence/sql/sqlite_copy.hpp"

#include <spdlog/spdlog.h>

#include <filesystem>

namespace chatmesh::persistence {

namespace {

bool exists(const std::string& file) {
  std::error_code ignored;
  return std::filesystem::exists(file, ignored);
}

void require_file(const std::string& file) {
  if (!exists(file))
    throw database_error(file + ": there is no such file");
}

void refuse_existing(const std::string& file, bool replace) {
  if (!replace && exists(file))
    throw database_error(file + " exists already; --force replaces it");
}

const std::string& sqlite_file(const settings& s, const std::string& tool) {
  if (s.database.kind != database_kind::sqlite)
    throw database_error("the database is PostgreSQL's: use " + tool + ", see docs/operations.md");
  return s.database.place;
}

std::uint64_t renew_epochs(session& db) {
  try {
    db.begin_write();
    const std::uint64_t companies = statement{db.handle(), db.kind().sql.renew_epochs}.execute();
    db.commit();
    return companies;
  } catch (const soci::soci_error& e) {
    throw database_error("the epochs can't be written: " + describe(e));
  }
}

// Brings the copy to what this program serves.
void adopt(settings s, const std::string& copy) {
  s.database.place = copy;
  session db{s};
  find_schema_version(db);  // of an empty file the migrations would make a database
  migrate(db);
  renew_epochs(db);
}

// What its log holds must not be taken for the new one's. A database that can't even be folded is to be replaced
// anyhow.
void retire(const std::string& database) {
  if (!exists(database))
    return;
  try {
    sqlite::fold(database);
  } catch (const database_error& e) {
    spdlog::warn("what is replaced is not whole: {}", e.what());
  }
  for (const char* suffix : {"-wal", "-shm", "-journal"}) {
    std::error_code ignored;
    std::filesystem::remove(database + suffix, ignored);
  }
}

}  // namespace

void backup(const settings& s, const std::string& file, bool replace) {
  const std::string& database = sqlite_file(s, "pg_dump");
  require_file(database);
  refuse_existing(file, replace);
  new_file copy{file};
  sqlite::copy(database, copy.path());
  sqlite::check(copy.path());
  copy.publish(replace);
}

void restore(const settings& s, const std::string& file, bool replace) {
  const std::string& database = sqlite_file(s, "pg_restore and chatmesh new-epoch");
  require_file(file);
  const database_lock lock{s};
  refuse_existing(database, replace);
  new_file copy{database};
  sqlite::copy(file, copy.path());
  sqlite::check(copy.path());
  adopt(s, copy.path());
  sqlite::fold(copy.path());
  copy.flush();  // before anything of the old one goes
  retire(database);
  copy.publish(replace);
}

std::uint64_t renew_epochs(const settings& s) {
  if (s.database.kind == database_kind::sqlite)
    require_file(s.database.place);
  const database_lock lock{s};
  session db{s};
  require_own_schema(db);
  return renew_epochs(db);
}

}  // namespace chatmesh::persistence
