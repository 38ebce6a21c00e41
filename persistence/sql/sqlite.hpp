// Everything that is particular to SQLite: opening, PRAGMAs, the clock, result codes, the write-ahead log.
#pragma once

#include "persistence/sql/dialect.hpp"

#include <exception>
#include <optional>
#include <string>

namespace chatmesh::persistence::sqlite {

const dialect& own_dialect();

// None for an exception that is not SQLite's.
std::optional<failure> failure_of(const std::exception&);
std::optional<std::string> describe(const std::exception&);

}  // namespace chatmesh::persistence::sqlite
