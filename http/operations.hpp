// For whoever runs the server: /healthz, /readyz and /metrics, on a listener of their own.
#pragma once

#include "http/router.hpp"

#include <vector>

namespace chatmesh::http {

std::vector<route> operations_routes();

}  // namespace chatmesh::http
