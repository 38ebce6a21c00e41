// What all actors of one hub share. Owned by the hub; outlives every actor's life, but not its memory: a timer may hold
// that a little longer, so destructors leave this alone.
#pragma once

#include "actors/cluster/links.hpp"
#include "actors/company_registry.hpp"
#include "actors/event_log.hpp"
#include "actors/settings.hpp"

#include <array>
#include <atomic>
#include <cstdint>

namespace chatmesh::actors {

struct environment {
  actors::settings settings;
  event_log& log;
  company_registry registry{};
  interest_table interest{};  // other nodes'
  link_board links{};
  std::atomic<std::uint64_t> companies{0};           // actors alive
  std::atomic<std::uint64_t> connections{0};         // actors alive
  std::atomic<std::uint64_t> head_checks{0};         // queries of the head watch
  std::atomic<std::uint64_t> found_behind{0};        // companies that it told
  std::atomic<std::uint64_t> holes{0};               // that companies filled from the log
  std::array<std::atomic<std::uint64_t>, 8> ends{};  // streams ended by the server, indexed by domain::end_reason

  void count_end(domain::end_reason reason) { ++ends.at(static_cast<std::size_t>(reason)); }
};

}  // namespace chatmesh::actors
