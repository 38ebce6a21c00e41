// Opening and preparing the database.
#pragma once

#include "persistence/settings.hpp"
#include "persistence/stores.hpp"

#include <memory>

namespace chatmesh::persistence {

// Creates SQLite's file and its folder where missing and brings the schema up to date (numbered migrations, one
// transaction each; several nodes may do so at once). Refuses a schema that is newer than this binary or was made by
// other steps than it knows, and what holds something else. Throws database_error.
void prepare_database(const settings&);

// A read session of its own, for tests and tools; `readers` has its own.
std::unique_ptr<stores> open_stores(const settings&);

}  // namespace chatmesh::persistence
