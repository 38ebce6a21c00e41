// What RFC 9112 has a server refuse and Beast's parser lets pass: the bytes of a request's head are checked here before
// Beast sees them, so that no two readers of one connection can take them for different requests.
#pragma once

#include "http/handler.hpp"
#include "http/settings.hpp"

#include <string_view>

namespace chatmesh::http {

// `head`: request line, fields and the empty line, with their line ends. Throws a problem that closes the connection.
void check_head(std::string_view head, const settings&);

// The same for a head that has not arrived whole: throws where nothing that may follow can make it valid.
void check_partial_head(std::string_view begun, const settings&);

// uri-host [ ":" port ] of RFC 3986, and nothing else: no user, no path, no list.
bool is_host(std::string_view text);

// `token` of RFC 9110: a method's or a field's name.
bool is_token(std::string_view text);

}  // namespace chatmesh::http
