#include "app/cluster_member.hpp"

#include "app/caf_network.hpp"
#include "app/cluster_status.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace chatmesh::app {

namespace {

// One of each peer, by its name: the largest where two starts of a node have a link.
template <class Value>
std::vector<http::metrics::sample> by_peer(const actors::hub& hub, Value value) {
  std::map<std::string, double> found;
  for (const auto& link : hub.links().all()) {
    auto& most = found[link->name];
    most = std::max(most, static_cast<double>(value(*link)));
  }
  std::vector<http::metrics::sample> samples;
  for (const auto& [peer, most] : found)
    samples.push_back({peer, most});
  return samples;
}

void watch(http::metrics& metrics, const actors::hub& hub, const cluster_bridge& cluster) {
  using enum http::metrics::kind;
  const auto add = [&](http::metrics::kind kind, std::string name, std::string help, std::function<double()> value) {
    metrics.watch(kind, "chatmesh_cluster_" + name, std::move(help), {}, {{{}, std::move(value)}});
  };
  const auto& links = hub.links();
  add(gauge, "nodes", "Nodes that live, with this one.", [&] { return double(cluster.nodes()); });
  add(counter, "head_checks_total", "Queries for what other nodes committed.",
      [&] { return double(hub.head_checks()); });
  add(counter, "found_behind_total", "Companies that learned of others' commits by such a query.",
      [&] { return double(hub.found_behind()); });
  add(counter, "holes_total", "Times a company filled a hole from the log.", [&] { return double(hub.holes()); });
  add(gauge, "links", "Links to other nodes that are up.", [&] { return double(links.all().size()); });
  add(counter, "events_told_total", "Events told to other nodes by links.", [&] { return double(links.events_told); });
  add(counter, "events_taken_total", "Events that other nodes told by links.",
      [&] { return double(links.events_taken); });
  add(counter, "events_left_out_total", "Events left to the log, since a peer's window was full.",
      [&] { return double(links.events_left_out); });
  add(counter, "windows_full_total", "Times a peer had taken so little that its window was full.",
      [&] { return double(links.windows_full); });
  add(counter, "silent_ended_total", "Connections that were cut off since they did not say which node they come from.",
      [] { return double(silent_ended); });
  metrics.watch(gauge, "chatmesh_cluster_lag_events", "Events that a peer has not taken yet.", "peer",
                [&] { return by_peer(hub, [](const auto& link) { return link.lag_events.load(); }); });
  metrics.watch(gauge, "chatmesh_cluster_lag_milliseconds", "Age of the oldest that a peer has not taken yet.", "peer",
                [&] { return by_peer(hub, [](const auto& link) { return lag_of(link).count(); }); });
}

}  // namespace

cluster_member::cluster_member(caf::actor_system& system, actors::hub& hub, cluster_bridge& bridge,
                               http::stream_rights& rights, const config::settings& s, http::metrics& metrics)
    : system_(system), hub_(hub), bridge_(bridge) {
  hub.watch_heads(bridge, s.cluster.head_check_interval);
  watch(metrics, hub, bridge);
  const auto describe = [&hub] { return describe_links(hub); };
  if (s.cluster.listen.empty()) {
    bridge.meet({}, nullptr, describe);
    return;
  }
  links_.emplace(system, s.cluster, rights);
  const auto newest = s.cluster.newest_wire == 0 ? actors::newest_wire : s.cluster.newest_wire;
  auto address = links_->open(hub.join(*links_, bridge.id(), s.actors.node, newest));
  bridge.meet(
      std::move(address), [&hub](std::vector<actors::node_address> nodes) { hub.nodes_seen(std::move(nodes)); },
      describe);
}

// The links have ended; where the start fails half-way, they do now.
cluster_member::~cluster_member() {
  bridge_.part();
  hub_.close({});
  system_.await_all_actors_done();
}

}  // namespace chatmesh::app
