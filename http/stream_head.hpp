// The head of an event stream's answer.
#pragma once

#include "http/handler.hpp"

#include <string>

namespace chatmesh::http {

// Written by the stream itself, with its first frames; with the request's answer_headers.
std::string stream_head(const request&);

}  // namespace chatmesh::http
