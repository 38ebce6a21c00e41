#include "persistence/schema/0007_histories.hpp"

namespace chatmesh::persistence {

namespace {

constexpr std::string_view statements[] = {
    // One row: which PostgreSQL the companies' epochs belong to; see history.hpp. Empty on SQLite.
    R"(CREATE TABLE histories (
      identity TEXT NOT NULL PRIMARY KEY,
      since BIGINT NOT NULL))",
};

}  // namespace

const migration migration_0007{7, "histories", statements, nullptr};

}  // namespace chatmesh::persistence
