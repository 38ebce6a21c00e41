// Which schema a database has, for who only reads it.
#pragma once

#include "persistence/sql/session.hpp"

#include <cstdint>

namespace chatmesh::persistence {

// Throws database_error for a database that is none of ChatMesh's.
std::int64_t find_schema_version(session&);

// Throws database_error unless it is the one that this program writes.
void require_own_schema(session&);

// Throws database_error where it is older than that: a newer one is what a newer node of the cluster has made of it.
void require_own_or_newer_schema(session&);

}  // namespace chatmesh::persistence
