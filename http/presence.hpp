// Who of a company is there, as its actor knows it.
#pragma once

#include "domain/entities.hpp"
#include "http/handler.hpp"

namespace chatmesh::http {

// The company's employees with an open stream, sorted; comes back on the caller's executor.
asio::awaitable<std::vector<domain::id>> online(services&, domain::id company);

// {"online": [employee_id ...]}: GET /presence, and a snapshot's `presence`.
std::string presence_text(const std::vector<domain::id>& online);

}  // namespace chatmesh::http
