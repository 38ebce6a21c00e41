#include "http/accept.hpp"

#include "http/text.hpp"

#include <algorithm>

namespace chatmesh::http {

namespace {

// Takes the part before the separator off `rest`.
std::string_view next_part(std::string_view& rest, char separator) {
  const auto end = std::min(rest.find(separator), rest.size());
  const auto part = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return trim(part);
}

// How closely the range names the type: 0 = not at all, then "*/*", "application/*", "application/json".
int closeness(std::string_view range, std::string_view type) {
  if (range == type)
    return 3;
  const auto slash = type.find('/');
  if (range.size() == slash + 2 && range.ends_with("/*") && range.substr(0, slash) == type.substr(0, slash))
    return 2;
  return range == "*/*" || range == "*" ? 1 : 0;
}

// q=0, q=0.0 ...
bool refuses(std::string_view parameters) {
  while (!parameters.empty()) {
    const auto parameter = next_part(parameters, ';');
    if (!parameter.starts_with("q="))
      continue;
    const auto quality = parameter.substr(2);
    return quality.starts_with('0') && quality.find_first_of("123456789") == std::string_view::npos;
  }
  return false;
}

}  // namespace

bool accepts(std::string_view accept, std::string_view type) {
  const auto lower = to_lower(accept);
  std::string_view rest = lower;
  int best = 0;
  bool result = false;
  bool readable = false;
  while (!rest.empty()) {
    auto parameters = next_part(rest, ',');
    const auto range = next_part(parameters, ';');
    readable = readable || range.find('/') != std::string_view::npos;
    const int close = closeness(range, type);
    if (close <= best)
      continue;
    best = close;
    result = !refuses(parameters);
  }
  return result || !readable;
}

}  // namespace chatmesh::http
