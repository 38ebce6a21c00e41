// What the parts of the links' network agree on.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

namespace chatmesh::app {

// For one attempt to reach another node, from the first packet to both sides' names: who dials gives up then, and so
// does who was dialled.
inline constexpr std::chrono::seconds dial_patience{5};

// Connections to this node that were ended since they did not say in time which node they come from. Any thread.
inline std::atomic<std::uint64_t> silent_ended{0};

}  // namespace chatmesh::app
