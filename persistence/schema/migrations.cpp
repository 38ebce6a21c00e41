#include "persistence/schema/migrations.hpp"

#include "persistence/schema/0001_companies.hpp"
#include "persistence/schema/0002_api_tokens.hpp"
#include "persistence/schema/0003_customer_search.hpp"
#include "persistence/schema/0004_secrets.hpp"
#include "persistence/schema/0005_widget_token_ids.hpp"
#include "persistence/schema/0006_audit.hpp"
#include "persistence/sql/sqlite.hpp"

#include <spdlog/spdlog.h>

#include <string>

namespace chatmesh::persistence {

namespace {

constexpr const char* version_table = R"(CREATE TABLE IF NOT EXISTS schema_version (
  version BIGINT NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  applied_at BIGINT NOT NULL))";

// Creates the bookkeeping of an empty database; refuses one that is in use by something else.
void prepare_versions(session& db) {
  db.begin_write();
  if (!sqlite::has_table(db.handle(), "schema_version") && sqlite::has_tables(db.handle()))
    throw database_error("the database holds something else than ChatMesh's data");
  statement{db.handle(), version_table}.execute();
  db.commit();
}

std::int64_t current_version(session& db) {
  statement read{db.handle(), select("COALESCE(MAX(version), 0)", "FROM schema_version")};
  return read.one([](row& r) { return r.number(); }).value();
}

void apply(session& db, const migration& step) {
  db.begin_write();
  if (current_version(db) < step.version) {  // another process may have been faster
    for (const std::string_view sql : step.statements)
      statement{db.handle(), std::string{sql}}.execute();
    if (step.fill)
      step.fill(db);
    statement note{db.handle(), "INSERT INTO schema_version (version, name, applied_at) VALUES (:version, :name, :at)"};
    note.execute(step.version, step.name, db.now());
    spdlog::info("database schema: applied step {} ({})", step.version, step.name);
  }
  db.commit();
}

}  // namespace

std::span<const migration> migrations() {
  static const migration all[] = {migration_0001, migration_0002, migration_0003,
                                  migration_0004, migration_0005, migration_0006};
  return all;
}

void migrate(session& db) {
  try {
    prepare_versions(db);
    const std::int64_t known = migrations().back().version;
    if (const std::int64_t found = current_version(db); found > known)
      throw database_error("the database's schema has version " + std::to_string(found) + ", this program knows " +
                           std::to_string(known) + ": use a newer program");
    for (const migration& step : migrations())
      apply(db, step);
  } catch (const soci::soci_error& e) {
    db.rollback();
    throw database_error("the database's schema can't be prepared: " + sqlite::describe(e));
  } catch (...) {
    db.rollback();
    throw;
  }
}

}  // namespace chatmesh::persistence
