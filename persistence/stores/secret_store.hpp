#pragma once

#include "persistence/sql/session.hpp"
#include "persistence/stores.hpp"

namespace chatmesh::persistence {

// Keys of the server's own.
class secret_store {
public:
  explicit secret_store(session&);

  secret_key cursor_key();

private:
  statement find_;
};

}  // namespace chatmesh::persistence
