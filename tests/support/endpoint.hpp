// Where a test reaches a server.
#pragma once

#include "tests/support/wait.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <utility>

namespace chatmesh::test {

struct endpoint {
  // A port alone is one of this machine.
  endpoint(std::uint16_t port_) : port(port_) {}  // NOLINT(google-explicit-constructor): a port says it all
  endpoint(std::string address_, std::uint16_t port_, std::chrono::milliseconds limit_ = test::patience)
      : address(std::move(address_)), port(port_), limit(limit_) {}

  std::string address = "127.0.0.1";  // IPv4
  std::uint16_t port = 0;
  std::chrono::milliseconds limit = test::patience;  // for the connection and for each wait for bytes

  bool operator==(const endpoint&) const = default;
};

}  // namespace chatmesh::test
