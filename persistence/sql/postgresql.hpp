// Everything that is particular to PostgreSQL: opening, locks, the clock, SQLSTATEs.
#pragma once

#include "persistence/sql/dialect.hpp"

#include <exception>
#include <optional>
#include <string>

namespace chatmesh::persistence::postgresql {

const dialect& own_dialect();

// None for an exception that is not PostgreSQL's.
std::optional<failure> failure_of(const std::exception&);
std::optional<std::string> describe(const std::exception&);

// What libpq connects with for a URI: everything that it names, and our defaults for what it leaves open. Throws
// database_error, whose text repeats nothing of the URI.
std::string connection_string(const std::string& uri);

}  // namespace chatmesh::persistence::postgresql
