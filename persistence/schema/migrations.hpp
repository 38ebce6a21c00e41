// The database's schema: numbered steps, each applied once and never edited after its release.
#pragma once

#include "persistence/sql/session.hpp"

#include <span>
#include <string_view>

namespace chatmesh::persistence {

struct migration {
  int version;  // 1, 2, 3 ... without holes
  std::string_view name;
  std::span<const std::string_view> statements;
  void (*fill)(session&) = nullptr;  // what SQL alone can't do, after the statements and in their transaction
};

// In order of version.
std::span<const migration> migrations();

// Applies what is missing, one transaction a step. Throws database_error for a database that a newer binary has written
// and for one that holds something else.
void migrate(session&);

}  // namespace chatmesh::persistence
