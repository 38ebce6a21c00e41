// The table of protocol §3.
#pragma once

#include "http/router.hpp"

#include <vector>

namespace chatmesh::http {

std::vector<route> routes();

}  // namespace chatmesh::http
