// How an event stream is refused for now (protocol §4).
#pragma once

#include "http/handler.hpp"

namespace chatmesh::http {

// 200 with `retry:` and `goodbye overloaded`, with which the connection ends; counted among the streams that ended.
response refused_stream(services&);

}  // namespace chatmesh::http
