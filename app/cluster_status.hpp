// What a node tells of itself in the table of nodes (persistence::node_info::links), for an operator: how it is written
// there, and how `chatmesh cluster status` shows it.
#pragma once

#include "actors/hub.hpp"
#include "persistence/cluster_session.hpp"

#include <chrono>
#include <iosfwd>
#include <string>
#include <vector>

namespace chatmesh::app {

// How long the peer has not taken what waits for it.
std::chrono::milliseconds lag_of(const actors::link_counts&);

std::string describe_links(const actors::hub&);

// Nodes that live, with what each told last.
void show_nodes(const std::vector<persistence::node_info>&, std::ostream&);

}  // namespace chatmesh::app
