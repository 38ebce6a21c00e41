// What the parts of the links' network agree on.
#pragma once

#include <chrono>

namespace chatmesh::app {

// For one attempt to reach another node, from the first packet to both sides' names: who dials gives up then, and so
// does who was dialled.
inline constexpr std::chrono::seconds dial_patience{5};

}  // namespace chatmesh::app
