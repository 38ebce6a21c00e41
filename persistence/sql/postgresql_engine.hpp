#pragma once

#include "persistence/sql/engine.hpp"

#include <libpq-fe.h>

namespace chatmesh::persistence::postgresql {

PGconn* handle_of(soci::session&);

// The session outlives it.
std::unique_ptr<engine> make_engine(soci::session&);

}  // namespace chatmesh::persistence::postgresql
