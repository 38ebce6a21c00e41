// The database as statements see it.
#pragma once

#include "persistence/sql/dialect.hpp"

#include <soci/soci.h>

#include <cstdint>

namespace chatmesh::persistence {

// Belongs to one thread at a time; outlives its statements.
struct connection {
  // Throws database_error.
  explicit connection(const settings& s) : kind(dialect_of(s.database.kind)) { kind.open(soci, s); }

  const dialect& kind;
  soci::session soci;
  std::uint64_t changes = 0;  // rows that its statements have changed so far
};

}  // namespace chatmesh::persistence
