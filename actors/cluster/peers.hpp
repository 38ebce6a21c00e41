// chatmesh.peers: the other nodes, and a link to each.
//
// Rule of this file: of two nodes, the one that started later dials, so that there is one link between them; and never
// without a pause behind a failure. Ids of nodes grow with the time of their start.
#pragma once

#include "actors/cluster/link.hpp"

#include <chrono>
#include <random>
#include <unordered_map>

namespace chatmesh::actors {

class peers final : public peers_actor::base {
public:
  peers(caf::actor_config&, link_setup);

  const char* name() const override { return "chatmesh.peers"; }

  static constexpr std::chrono::milliseconds first_pause{100};  // doubled with each failure ...
  static constexpr std::chrono::milliseconds max_pause{3000};   // ... up to this; the half of it is chance
  static constexpr std::size_t max_nodes = 256;                 // with a link

protected:
  behavior_type make_behavior() override;
  void on_exit() override;

private:
  struct peer {
    node_address at;
    link_actor link;
    unsigned failures = 0;  // in a row
    bool listed = false;    // in the table of nodes
    bool dialling = false;
    bool pausing = false;  // dial_due is on its way
  };

  void on_bytes(const std::string&);
  void on_nodes(const nodes_seen&);
  void on_dialled(const dialled&);
  void on_down(const caf::down_msg&);
  void dial(peer&);
  void forget_gone();
  void pause(peer&);
  template <caf::spawn_options Options = caf::no_spawn_options>
  void connect(peer&, const caf::strong_actor_ptr& other);

  const link_setup setup_;  // the links use it; they end before
  std::unordered_map<domain::id, peer> peers_;
  std::minstd_rand random_;
};

}  // namespace chatmesh::actors
