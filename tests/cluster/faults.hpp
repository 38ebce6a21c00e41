// What can go wrong between nodes, their database and their clients.
#pragma once

#include "tests/cluster/cluster.hpp"

#include <chrono>
#include <cstddef>
#include <string>

namespace chatmesh::test::faults {

using fault = cluster::fault;

// A node's own.
fault killed(cluster&, std::size_t node);
fault frozen(cluster&, std::size_t node);           // SIGSTOP
fault restarted_twice(cluster&, std::size_t node);  // at the same address, killed again as soon as it is there
fault of_another_time(cluster&, std::size_t node, const std::string& offset);  // "+1h"

// Of cables.
enum class direction { both, from_node, to_node };
fault without_database(cluster&, std::size_t node, direction);
fault apart(cluster&, std::size_t one, std::size_t other, direction);  // from_node: what `one` says
fault alone(cluster&, std::size_t node);                               // from both others and the database
fault alone_with_database(cluster&, std::size_t node);                 // the others have none
fault losing_packets(cluster&, std::size_t node, int percent);
fault slow(cluster&, std::size_t node, const std::string& rate);
fault unplugged(cluster&, std::size_t node);

// Of all links between nodes, which go through proxies (tests/cluster/fault_proxy.hpp).
fault links_late(cluster&, std::chrono::milliseconds);
fault links_held(cluster&);         // until they are given up
fault links_cut(cluster&);          // again and again, amidst messages
fault links_half_closed(cluster&);  // the same

// Of the database.
fault database_restarted(cluster&);
fault database_frozen(cluster&);
fault primary_killed(cluster&);  // and its standby promoted

// Whether clocks can be shifted here (Debian's package faketime).
bool can_shift_clocks();

}  // namespace chatmesh::test::faults
