#include "persistence/sql/dialect.hpp"

#include "persistence/sql/postgresql.hpp"
#include "persistence/sql/sqlite.hpp"

#include <optional>

namespace chatmesh::persistence {

const dialect& dialect_of(database_kind kind) {
  return kind == database_kind::sqlite ? sqlite::own_dialect() : postgresql::own_dialect();
}

failure failure_of(const std::exception& e) {
  if (const auto* closed = dynamic_cast<const session_error*>(&e))
    return closed->why;
  if (const auto found = sqlite::failure_of(e))
    return *found;
  return postgresql::failure_of(e).value_or(failure::other);
}

std::string describe(const std::exception& e) {
  if (const auto text = sqlite::describe(e))
    return *text;
  if (const auto text = postgresql::describe(e))
    return *text;
  return dynamic_cast<const soci::soci_error*>(&e) ? "an error of the database library" : e.what();
}

}  // namespace chatmesh::persistence
