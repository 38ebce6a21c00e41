// From a whole request to its answer: route, negotiate, run the handler, and turn whatever it throws into a problem.
#pragma once

#include "http/router.hpp"

namespace chatmesh::http {

struct answer {
  http::response response;
  const http::route* route = nullptr;  // none: no route has that path
};

// Never throws. On the io thread that owns the connection; everything that is passed outlives the call.
asio::awaitable<answer> dispatch(services&, const router&, request&);

// For a fault that was found before there was a whole request.
answer refuse(services&, const problem&, request&);

// For a connection over the limit, of whose request only the head was read: a stream is refused in the stream, anything
// else with 503. Ends the connection.
answer turn_away(services&, const router&, request&);

}  // namespace chatmesh::http
