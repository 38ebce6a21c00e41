// Conditional requests (RFC 9110 §13, protocol §1).
#pragma once

#include "http/handler.hpp"

namespace chatmesh::http {

// The tags of If-Match or If-None-Match: `*`, or each tag's text without quotes and W/ (the protocol ignores weakness).
struct tag_list {
  bool any = false;
  std::vector<std::string> tags;
};

// Nothing without that field. Problem 400 for a value that is no list of entity tags, or one of more than 16.
std::optional<tag_list> read_tags(const request&, std::string_view field);

// The versions that If-Match names; empty for no condition. A tag that no object can have counts as version 0, which
// none has.
std::vector<std::uint64_t> read_if_match(const request&);

// Whether If-None-Match names this tag (with its quotes), so that the answer to a GET is 304.
bool matches_none(const request&, std::string_view etag);

// Problem 400 for a fault of the fields that a write is done under.
void check_conditions(const request&);

// As write(), under the request's If-Match and If-None-Match.
asio::awaitable<persistence::written> write_on_conditions(services&, const request&, persistence::write_request);

}  // namespace chatmesh::http
