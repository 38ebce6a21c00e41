#include "persistence/schema/version.hpp"

#include "persistence/schema/migrations.hpp"

#include <string>

namespace chatmesh::persistence {

std::int64_t find_schema_version(session& db) {
  try {
    statement read{db.handle(), select("COALESCE(MAX(version), 0)", "FROM schema_version")};
    return read.one([](row& r) { return r.number(); }).value();
  } catch (const soci::soci_error&) {
    throw database_error("it is no database of ChatMesh");
  }
}

namespace {

void require_schema(session& db, bool takes_newer) {
  const std::int64_t found = find_schema_version(db), known = migrations().back().version;
  if (found < known || (found > known && !takes_newer))
    throw database_error(
        "the database's schema has version " + std::to_string(found) + ", this program knows " + std::to_string(known) +
        (found < known ? ": start the server once, which brings it up to date" : ": use a newer program"));
}

}  // namespace

void require_own_schema(session& db) {
  require_schema(db, false);
}

void require_own_or_newer_schema(session& db) {
  require_schema(db, true);
}

}  // namespace chatmesh::persistence
