#include "persistence/history.hpp"

#include <spdlog/spdlog.h>

namespace chatmesh::persistence {

namespace {

std::string text_of(row& r) {
  return r.text();
}

// In a transaction.
history compare(session& db) {
  const dialect::texts& sql = db.kind().sql;
  db.lock_schema();  // of all that connect at once, one compares first
  const auto present = statement{db.handle(), sql_text{sql.identity, 1}}.one(text_of).value();
  const auto stored = statement{db.handle(), select("identity", "FROM histories")}.one(text_of);
  if (stored == present)
    return {present, false};
  if (stored) {
    spdlog::warn("the database is another one than before, or was restored: every company begins a new history");
    statement{db.handle(), sql.renew_epochs}.execute();
  }
  statement{db.handle(), "DELETE FROM histories"}.execute();
  statement insert{db.handle(), "INSERT INTO histories (identity, since) VALUES (:identity, :now)"};
  insert.execute(present, db.now());
  return {present, stored.has_value()};
}

}  // namespace

history check_history(session& db) {
  if (db.kind().sql.identity.empty())
    return {};
  try {
    db.begin_write();
    history found = compare(db);
    db.commit();
    return found;
  } catch (const soci::soci_error& e) {
    db.rollback();
    throw database_error("the database's history can't be checked: " + describe(e));
  }
}

}  // namespace chatmesh::persistence
