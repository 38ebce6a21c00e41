// What tests of the links between nodes share: a first node, others that join it on its database, and the way to their
// doors.
#pragma once

#include "tests/integration/fixture.hpp"
#include "tests/integration/nodes.hpp"

#include <cstdint>
#include <memory>
#include <regex>
#include <stdexcept>
#include <string>
#include <vector>

namespace chatmesh::test {

class links_test : public server_test {
protected:
  links_test() : server_test(linked_node("one")) {}

  std::unique_ptr<server_process> join(const std::string& name, const std::vector<std::string>& more = {}) {
    auto options = linked_node(name, more);
    options.push_back("--database.url=" + server().database_url());
    return std::make_unique<server_process>(options);
  }

  static void expect_links(const server_process& node, int count) {
    eventually("links", [&] { return node.metric("chatmesh_cluster_links") == count; });
  }
};

// Where a node takes links.
inline endpoint door_of(const server_process& node) {
  std::smatch found;
  const auto log = node.log();
  if (!std::regex_search(log, found, std::regex{R"(links of other nodes at 127\.0\.0\.1:(\d+))"}))
    throw std::runtime_error("no door in the log");
  return static_cast<std::uint16_t>(std::stoi(found[1]));
}

}  // namespace chatmesh::test
