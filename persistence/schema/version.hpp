// Which schema a database has, for who only reads it.
#pragma once

#include "persistence/sql/session.hpp"

#include <cstdint>

namespace chatmesh::persistence {

// Throws database_error for a database that is none of ChatMesh's.
std::int64_t find_schema_version(session&);

// Throws database_error unless it is the one that this program writes.
void require_own_schema(session&);

}  // namespace chatmesh::persistence
