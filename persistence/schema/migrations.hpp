// The database's schema: numbered steps, each applied once and never edited after its release.
#pragma once

#include "persistence/sql/session.hpp"

#include <span>
#include <string>
#include <string_view>

namespace chatmesh::persistence {

struct migration {
  int version;  // 1, 2, 3 ... without holes
  std::string_view name;
  std::span<const std::string_view> statements;  // in SQL that both databases take; a type is TEXT or BIGINT
  void (*fill)(session&) = nullptr;  // what SQL alone can't do, after the statements and in their transaction
};

// In order of version.
std::span<const migration> migrations();

// What a database keeps of a step that was applied to it: a hash of its number, name and statements, hex.
std::string content_hash(const migration&);

// Applies what is missing of `steps`, one transaction a step, each under a lock: several processes may do so at once.
// Throws database_error for a database that a newer binary has written, for one to which a step was applied with
// another content, and for one that holds something else.
void migrate(session&, std::span<const migration> steps = migrations());

}  // namespace chatmesh::persistence
