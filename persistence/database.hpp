// Opening and preparing the database file.
#pragma once

#include "persistence/settings.hpp"
#include "persistence/stores.hpp"

#include <memory>

namespace chatmesh::persistence {

// Creates the file and its folder where missing and brings the schema up to date (numbered migrations, one transaction
// each). Refuses a schema that is newer than this binary, and a file that is no database. Throws database_error.
void prepare_database(const settings&);

// A read session of its own, for tests and tools; `readers` has its own.
std::unique_ptr<stores> open_stores(const settings&);

}  // namespace chatmesh::persistence
