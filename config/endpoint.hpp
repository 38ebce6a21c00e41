// A host and a port, as they stand in settings and in the table of nodes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace chatmesh::config {

struct endpoint {
  std::string host;  // a name or an address, an IPv6 one without brackets
  std::uint16_t port = 0;

  std::string to_string() const;  // host:port; an IPv6 address in brackets
  bool is_loopback() const;       // reached from this machine alone
  bool is_wildcard() const;       // every address of this machine
};

// host:port, [IPv6]:port; where `default_port` is given, the port may be left out.
std::optional<endpoint> parse_endpoint(std::string_view text, std::optional<std::uint16_t> default_port = {});

}  // namespace chatmesh::config
