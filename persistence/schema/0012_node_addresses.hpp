// Declared for migrations.cpp alone.
#pragma once

#include "persistence/schema/migrations.hpp"

namespace chatmesh::persistence {

extern const migration migration_0012;

}  // namespace chatmesh::persistence
