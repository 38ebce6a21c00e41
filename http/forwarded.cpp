#include "http/forwarded.hpp"

#include "http/text.hpp"

#include <boost/beast/core/string.hpp>

#include <algorithm>

namespace chatmesh::http {

namespace {

bool is_trusted(const asio::ip::address& peer, const std::vector<network>& trusted) {
  const auto bytes = parse_address(peer.to_string());
  return bytes && std::ranges::any_of(trusted, [&](const network& each) { return each.contains(*bytes); });
}

// Some proxies add the port: "192.0.2.1:49152", "[2001:db8::1]:49152".
std::optional<asio::ip::address> read_hop(std::string_view text) {
  std::string host{trim(text)};
  if (host.starts_with('['))
    host = host.substr(1, host.find(']') - 1);
  else if (std::ranges::count(host, ':') == 1)
    host.resize(host.find(':'));
  boost::system::error_code error;
  auto address = asio::ip::make_address(host, error);
  return error ? std::nullopt : std::optional{address};
}

}  // namespace

asio::ip::address client_address(const asio::ip::address& peer, const header_list& headers,
                                 const std::vector<network>& trusted) {
  auto client = peer;
  for (auto field = headers.rbegin(); field != headers.rend(); ++field) {
    if (!boost::beast::iequals(field->first, "X-Forwarded-For"))
      continue;
    for (std::string_view rest = field->second; !rest.empty();) {
      if (!is_trusted(client, trusted))
        return client;
      const auto comma = rest.rfind(',');
      const auto hop = read_hop(comma == std::string_view::npos ? rest : rest.substr(comma + 1));
      if (!hop)
        return client;
      client = *hop;
      rest = comma == std::string_view::npos ? std::string_view{} : rest.substr(0, comma);
    }
  }
  return client;
}

}  // namespace chatmesh::http
