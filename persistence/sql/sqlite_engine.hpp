#pragma once

#include "persistence/sql/engine.hpp"

namespace chatmesh::persistence::sqlite {

// The session outlives it.
std::unique_ptr<engine> make_engine(soci::session&);

}  // namespace chatmesh::persistence::sqlite
