#include "config/endpoint.hpp"

#include <charconv>

namespace chatmesh::config {

std::string endpoint::to_string() const {
  const bool v6 = host.find(':') != std::string::npos;
  return (v6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

bool endpoint::is_loopback() const {
  return host == "localhost" || host == "::1" || host.starts_with("127.");
}

bool endpoint::is_wildcard() const {
  return host == "0.0.0.0" || host == "::";
}

std::optional<endpoint> parse_endpoint(std::string_view text, std::optional<std::uint16_t> default_port) {
  endpoint found;
  auto rest = text;
  if (text.starts_with('[')) {
    const auto end = text.find(']');
    if (end == std::string_view::npos)
      return std::nullopt;
    found.host = text.substr(1, end - 1);
    rest.remove_prefix(end + 1);
  } else {
    found.host = text.substr(0, text.find(':'));
    rest.remove_prefix(found.host.size());
  }
  if (found.host.empty() || found.host.find_first_of(" /[]") != std::string::npos)
    return std::nullopt;
  if (rest.empty() && default_port) {
    found.port = *default_port;
    return found;
  }
  if (!rest.starts_with(':'))
    return std::nullopt;
  rest.remove_prefix(1);
  const auto* end = rest.data() + rest.size();
  const auto [stop, fault] = std::from_chars(rest.data(), end, found.port);
  return rest.empty() || fault != std::errc{} || stop != end ? std::nullopt : std::optional{found};
}

}  // namespace chatmesh::config
