#include "persistence/database.hpp"

#include "persistence/history.hpp"
#include "persistence/schema/migrations.hpp"
#include "persistence/sql/dialect.hpp"
#include "persistence/sql_stores.hpp"

#include <spdlog/spdlog.h>

#include <string>

namespace chatmesh::persistence {

void prepare_database(const settings& s) {
  dialect_of(s.database.kind).create(s);
  session db{s};
  for (const std::string& risk : db.kind().risks(db.handle().soci))
    spdlog::warn("{}", risk);
  migrate(db);
  check_history(db);
}

std::unique_ptr<stores> open_stores(const settings& s) {
  return std::make_unique<sql_stores>(s);
}

}  // namespace chatmesh::persistence
