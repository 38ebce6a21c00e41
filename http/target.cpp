#include "http/target.hpp"

#include "domain/utf8.hpp"
#include "http/problem.hpp"

#include <algorithm>

namespace chatmesh::http {

namespace {

constexpr std::size_t max_query_items = 100;
constexpr std::size_t usual_segments = 8;

int hex_value(char c) {
  if (c >= '0' && c <= '9')
    return c - '0';
  if (c >= 'a' && c <= 'f')
    return c - 'a' + 10;
  if (c >= 'A' && c <= 'F')
    return c - 'A' + 10;
  return -1;
}

// Calls `each` for every part between separators: at least once.
template <class Each>
void split(std::string_view text, char separator, Each each) {
  while (true) {
    const auto end = text.find(separator);
    each(text.substr(0, end));
    if (end == std::string_view::npos)
      return;
    text.remove_prefix(end + 1);
  }
}

// A cursor that is not well encoded stays as it was sent: it is malformed, which is told in the answer and never a 400
// (protocol §4).
std::string decode_query_part(std::string_view text, std::string_view name = {}) {
  auto decoded = percent_decode(text, true);
  if (decoded && domain::is_utf8(*decoded) && decoded->find('\0') == std::string::npos)
    return *std::move(decoded);
  if (name == "cursor")
    return std::string{text};
  throw malformed_request("The query is not well encoded.");
}

}  // namespace

std::string target::path() const {
  std::string result;
  std::size_t size = 0;
  for (const auto& segment : segments)
    size += 1 + segment.size();
  result.reserve(size);
  for (const auto& segment : segments)
    result.append("/").append(segment);
  return result;
}

target parse_target(std::string_view text) {
  if (const auto authority = target_authority(text)) {
    text.remove_prefix(static_cast<std::size_t>(authority->data() - text.data()) + authority->size());
  }
  const auto mark = text.find('?');
  auto path = text.substr(0, mark);
  if (path.starts_with('/'))
    path.remove_prefix(1);
  target result;
  result.segments.reserve(usual_segments);
  split(path, '/', [&](std::string_view part) {
    auto decoded = percent_decode(part, false);
    if (!decoded)
      throw malformed_request("The path is not well encoded.");
    if (!domain::is_utf8(*decoded) || decoded->find_first_of(std::string_view{"/\0", 2}) != std::string::npos) {
      result.nameable = false;
    }
    result.segments.push_back(*std::move(decoded));
  });
  if (mark == std::string_view::npos)
    return result;
  split(text.substr(mark + 1), '&', [&](std::string_view part) {
    if (part.empty())
      return;
    if (result.query.size() == max_query_items)
      throw malformed_request("The query has too many parameters.");
    const auto equals = part.find('=');
    const auto value = equals == std::string_view::npos ? std::string_view{} : part.substr(equals + 1);
    auto name = decode_query_part(part.substr(0, equals));
    auto decoded = decode_query_part(value, name);
    result.query.emplace_back(std::move(name), std::move(decoded));
  });
  return result;
}

std::optional<std::string_view> target_authority(std::string_view text) {
  const auto colon = text.find("://");
  if (text.starts_with('/') || colon == std::string_view::npos || colon > 5)
    return std::nullopt;
  text.remove_prefix(colon + 3);
  return text.substr(0, text.find_first_of("/?"));
}

std::optional<std::string> percent_decode(std::string_view text, bool plus_is_space) {
  if (text.find('%') == std::string_view::npos && (!plus_is_space || text.find('+') == std::string_view::npos))
    return std::string{text};
  std::string result;
  result.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+' && plus_is_space) {
      result.push_back(' ');
    } else if (text[i] != '%') {
      result.push_back(text[i]);
    } else {
      const int high = text.size() - i > 2 ? hex_value(text[i + 1]) : -1;
      const int low = high < 0 ? -1 : hex_value(text[i + 2]);
      if (low < 0)
        return std::nullopt;
      result.push_back(static_cast<char>(high * 16 + low));
      i += 2;
    }
  }
  return result;
}

}  // namespace chatmesh::http
