// Content negotiation (RFC 9110 §12.5.1), as far as an API with one form per resource needs it.
#pragma once

#include <string_view>

namespace chatmesh::http {

// Whether a client that sent this Accept takes the media type `type` ("application/json"). Of the ranges that match it
// the most specific one decides; quality 0 refuses. An empty or unreadable Accept takes everything.
bool accepts(std::string_view accept, std::string_view type);

}  // namespace chatmesh::http
