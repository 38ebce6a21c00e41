#include "http/accept.hpp"

#include "http/text.hpp"

#include <boost/beast/core/string.hpp>

#include <algorithm>
#include <optional>

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

constexpr int full_quality = 1000;

// The quality in thousandths; full where none is given or it can't be read.
int quality_of(std::string_view parameters) {
  while (!parameters.empty()) {
    const auto parameter = next_part(parameters, ';');
    if (!parameter.starts_with("q="))
      continue;
    const auto text = parameter.substr(2);
    if (text.empty() || text.size() > 5 || (text[0] != '0' && text[0] != '1') || (text.size() > 1 && text[1] != '.'))
      return full_quality;
    int quality = text[0] == '1' ? full_quality : 0;
    for (std::size_t i = 2, step = 100; i < text.size(); ++i, step /= 10) {
      if (text[i] < '0' || text[i] > '9')
        return full_quality;
      quality += static_cast<int>(step) * (text[i] - '0');
    }
    return std::min(quality, full_quality);
  }
  return full_quality;
}

}  // namespace

bool accepts(std::string_view accept, std::string_view type) {
  if (accept == type)
    return true;  // what most clients of streams send
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
    result = quality_of(parameters) > 0;
  }
  return result || !readable;
}

bool prefers_gzip(std::string_view accept_encoding) {
  const auto lower = to_lower(accept_encoding);
  std::string_view rest = lower;
  std::optional<int> gzip, identity, others;
  while (!rest.empty()) {
    auto parameters = next_part(rest, ',');
    const auto coding = next_part(parameters, ';');
    const int quality = quality_of(parameters);
    if (coding == "gzip" || coding == "x-gzip")
      gzip = std::max(gzip.value_or(0), quality);
    else if (coding == "identity")
      identity = quality;
    else if (coding == "*")
      others = quality;
  }
  const int wanted = gzip.value_or(others.value_or(0));
  return wanted > 0 && wanted >= identity.value_or(0);
}

std::string joined_field(const request& r, std::string_view name) {
  std::string all;
  for (const auto& [field, value] : r.headers) {
    if (boost::beast::iequals(field, name))
      all.append(all.empty() ? "" : ", ").append(value);
  }
  return all;
}

void add_vary(header_list& headers, std::string_view name) {
  const auto found = std::ranges::find(headers, "Vary", [](const auto& each) { return each.first; });
  if (found == headers.end())
    headers.emplace_back("Vary", name);
  else
    found->second.append(", ").append(name);
}

}  // namespace chatmesh::http
