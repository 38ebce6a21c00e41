// Content negotiation (RFC 9110 §12), as far as an API with one form per resource needs it.
#pragma once

#include "http/handler.hpp"

#include <string>
#include <string_view>

namespace chatmesh::http {

// Whether a client that sent this Accept takes the media type `type` ("application/json"). Of the ranges that match it
// the most specific one decides; quality 0 refuses. An empty or unreadable Accept takes everything.
bool accepts(std::string_view accept, std::string_view type);

// Whether a client that sent this Accept-Encoding rather has an answer in gzip than as it is. What is not named is not
// taken; between two of the same quality gzip wins.
bool prefers_gzip(std::string_view accept_encoding);

// What a list field says in all its lines (RFC 9110 §5.3); empty for none.
std::string joined_field(const request&, std::string_view name);

// Adds a name to Vary, which is kept as one field.
void add_vary(header_list&, std::string_view name);

}  // namespace chatmesh::http
