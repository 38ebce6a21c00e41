// The database as statements see it.
#pragma once

#include "persistence/sql/dialect.hpp"
#include "persistence/sql/engine.hpp"

#include <soci/soci.h>

#include <cstdint>
#include <memory>

namespace chatmesh::persistence {

// Belongs to one thread at a time; outlives its statements.
struct connection {
  // Throws database_error.
  explicit connection(const settings& s) : kind(dialect_of(s.database.kind)), engine(kind.open(soci, s)) {}

  const dialect& kind;
  soci::session soci;
  const std::unique_ptr<persistence::engine> engine;
  std::uint64_t changes = 0;  // rows that its statements have changed so far; what is sent counts as one
};

}  // namespace chatmesh::persistence
