#include "persistence/schema/0012_node_addresses.hpp"

namespace chatmesh::persistence {

namespace {

constexpr std::string_view statements[] = {
    // Where the other nodes reach this one, host:port; empty where it takes no links. `links` is what it tells of its
    // own, as JSON, for an operator.
    "ALTER TABLE nodes ADD COLUMN address TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE nodes ADD COLUMN links TEXT NOT NULL DEFAULT '[]'",
};

}  // namespace

const migration migration_0012{12, "node addresses", statements, nullptr};

}  // namespace chatmesh::persistence
