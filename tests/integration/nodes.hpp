// What tests with several servers on one database share.
#pragma once

#include "tests/support/server_process.hpp"
#include "tests/support/story.hpp"

#include <string>
#include <vector>

namespace chatmesh::test {

// The same member at another server.
inline member at(const server_process& other, const member& m) {
  return m.another_tab().at(other.where());
}

inline std::vector<std::string> node_options(const std::string& name) {
  return {"--cluster.enabled=on", "--cluster.node-lease=3s", "--node.name=" + name};
}

// A node with links, and with little else: heads are compared less often than a test waits.
inline std::vector<std::string> linked_node(const std::string& name, const std::vector<std::string>& more = {}) {
  auto options = node_options(name);
  options.insert(options.end(), {"--cluster.listen=127.0.0.1:0", "--cluster.head-check-interval=10min"});
  options.insert(options.end(), more.begin(), more.end());
  return options;
}

}  // namespace chatmesh::test
