// This process as a node among others: its comparison of heads, its links, and what it tells of both.
#pragma once

#include "actors/hub.hpp"
#include "app/cluster_bridge.hpp"
#include "app/cluster_links.hpp"
#include "config/settings.hpp"
#include "http/metrics.hpp"
#include "http/stream_rights.hpp"

#include <caf/actor_system.hpp>

#include <optional>

namespace chatmesh::app {

class cluster_member {
public:
  // Before the first stream; everything outlives it. Throws std::runtime_error where it can't listen for links.
  cluster_member(caf::actor_system&, actors::hub&, cluster_bridge&, http::stream_rights&, const config::settings&,
                 http::metrics&);
  ~cluster_member();

  cluster_member(const cluster_member&) = delete;
  cluster_member& operator=(const cluster_member&) = delete;

private:
  caf::actor_system& system_;
  actors::hub& hub_;
  cluster_bridge& bridge_;
  std::optional<cluster_links> links_;
};

}  // namespace chatmesh::app
