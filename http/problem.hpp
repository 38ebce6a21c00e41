// The answers that are errors (protocol §1), each made in one place.
#pragma once

#include "http/handler.hpp"

#include <chrono>

namespace chatmesh::http {

problem malformed_request(std::string detail);  // 400 `malformed`
problem unauthenticated();                      // 401, with WWW-Authenticate
problem forbidden();                            // 403
problem no_employee();                          // 403: an API token asks for what only an employee has
problem not_found();                            // 404: one text for "no such thing" and "not yours"
problem draining();                             // 503, closes the connection

// 400 that ends the connection: where the next request begins is no longer certain.
problem bad_framing(std::string detail, unsigned status = 400, std::string code = "malformed");

problem to_problem(const domain::invalid&);
problem to_problem(const persistence::refused&);

// Retry-After in whole seconds: at least 1 and `least`, with jitter, so that not all come back at once.
std::pair<std::string, std::string> retry_after(std::chrono::milliseconds least);

// application/problem+json.
response to_response(const problem&, std::string_view request_id);

}  // namespace chatmesh::http
