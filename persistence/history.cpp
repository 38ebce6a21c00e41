#include "persistence/history.hpp"

#include <spdlog/spdlog.h>

#include <optional>

namespace chatmesh::persistence {

namespace {

std::string text_of(row& r) {
  return r.text();
}

struct identities {
  std::string present;
  std::optional<std::string> stored;
};

identities read_identities(session& db) {
  return {statement{db.handle(), sql_text{db.kind().sql.identity, 1}}.one(text_of).value(),
          statement{db.handle(), select("identity", "FROM histories")}.one(text_of)};
}

// In a transaction. Sessions are replaced at any time, and hardly ever is there something to change: only then others
// are waited for, and of all that connect at once, one does it.
history compare(session& db) {
  auto [present, stored] = read_identities(db);
  if (stored == present)
    return {present, false};
  if (db.lock_history())
    stored = read_identities(db).stored;
  if (stored == present)
    return {present, false};
  if (stored) {
    spdlog::warn("the database is another one than before, or was restored: every company begins a new history");
    statement{db.handle(), db.kind().sql.renew_epochs}.execute();
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
