// From a whole request to its answer: route, negotiate, run the handler, and turn whatever it throws into a problem.
#pragma once

#include "http/router.hpp"

namespace chatmesh::http {

struct answer {
  http::response response;
  const http::route* route = nullptr;  // none: no route has that path
  bool close = false;                  // the connection ends with it
};

// Never throws. On the io thread that owns the connection; everything that is passed outlives the call.
asio::awaitable<answer> dispatch(services&, const router&, request&);

// For a fault that was found before there was a whole request.
answer refuse(services&, const problem&, const request&);

}  // namespace chatmesh::http
