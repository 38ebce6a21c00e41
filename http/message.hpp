// Between Beast's messages and what handlers see.
#pragma once

#include "http/dispatcher.hpp"

#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>

#include <string>
#include <string_view>

namespace chatmesh::http {

using request_header = boost::beast::http::request_header<boost::beast::http::fields>;
using response_message = boost::beast::http::response<boost::beast::http::string_body>;

// Method, target, fields and X-Request-Id: the client's own where it is 1 to 128 of A-Z, a-z, 0-9, `.`, `_` and `-`.
void fill(request&, const request_header&);

// The client's own X-Request-Id in a head that was received in part or is refused; empty for none that is valid.
std::string find_request_id(std::string_view head);

// The whole answer, with the fields that every answer has. None of its bytes is body where the method is HEAD or the
// status has none.
response_message make_message(answer, const request&, bool keep_alive);

// The value of Date, now.
std::string_view http_date();

}  // namespace chatmesh::http
