// What tests with several servers on one database share.
#pragma once

#include "tests/support/server_process.hpp"
#include "tests/support/story.hpp"

namespace chatmesh::test {

// The same member at another server.
inline member at(const server_process& other, const member& m) {
  return {other.port(), m.token(), m.company_id(), m.user(), m.self()};
}

}  // namespace chatmesh::test
