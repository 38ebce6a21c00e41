// A request target taken apart: decoded segments of the path, decoded parameters of the query. One pass over the input.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace chatmesh::http {

struct target {
  // Decoded, without the slashes between; "/" has one empty segment, as "/a/" has "a" and an empty one.
  std::vector<std::string> segments;
  bool nameable =
      true;  // false: a segment holds a slash, NUL or bytes that are no UTF-8, so no resource can have this path
  std::vector<std::pair<std::string, std::string>> query;

  std::string path() const;
};

// Origin or absolute form. Throws problem 400 for a malformed percent-encoding, and for a query that decodes to NUL or
// to bytes that are no UTF-8; only the value of `cursor` is kept as it was sent then.
target parse_target(std::string_view text);

// The authority of an absolute form ("http://host:port/path"); nothing for any other.
std::optional<std::string_view> target_authority(std::string_view text);

// Nothing for a malformed encoding.
std::optional<std::string> percent_decode(std::string_view text, bool plus_is_space);

}  // namespace chatmesh::http
