#include "persistence/schema/0011_nodes.hpp"

namespace chatmesh::persistence {

namespace {

constexpr std::string_view statements[] = {
    // Which nodes run on this database. An id stands for one start of a process; times are the database's clock.
    R"(CREATE TABLE nodes (
      id TEXT NOT NULL PRIMARY KEY,
      name TEXT NOT NULL,
      started_at BIGINT NOT NULL,
      expires_at BIGINT NOT NULL))",
    "CREATE INDEX nodes_by_expiry ON nodes (expires_at)",
};

}  // namespace

const migration migration_0011{11, "nodes", statements, nullptr};

}  // namespace chatmesh::persistence
