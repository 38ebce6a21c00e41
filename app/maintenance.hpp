// The commands that are no server: what an operator does with the database (docs/operations.md).
#pragma once

#include "config/configuration.hpp"

#include <iosfwd>

namespace chatmesh::app {

// The exit code. Throws config_error for a word that is no good, database_error where it can't be done.
int maintain(const config::configuration&, std::ostream& console);

}  // namespace chatmesh::app
