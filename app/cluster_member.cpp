#include "app/cluster_member.hpp"

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>

namespace chatmesh::app {

namespace {

using clock = std::chrono::steady_clock;

// How long the peer has not taken what waits for it.
std::chrono::milliseconds lag_of(const actors::link_counts& link) {
  const auto since = link.waiting_since.load();
  if (since == clock::duration{})
    return {};
  const auto age = clock::now().time_since_epoch() - since;
  return std::max(std::chrono::milliseconds{}, std::chrono::duration_cast<std::chrono::milliseconds>(age));
}

// Of the link that lags most; 0 where there is none.
template <class Value>
double most(const actors::hub& hub, Value value) {
  double found = 0;
  for (const auto& link : hub.links().all())
    found = std::max(found, static_cast<double>(value(*link)));
  return found;
}

std::string describe_links(const actors::hub& hub) {
  auto all = domain::json::array();
  for (const auto& link : hub.links().all())
    all.push_back({{"node", link->node.to_string()},
                   {"name", link->name},
                   {"wire", link->wire},
                   {"waiting_events", link->waiting_events.load()},
                   {"lag_ms", lag_of(*link).count()}});
  return all.dump();
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
  add(counter, "holes_total", "Times a company read from the log what nobody had told it.",
      [&] { return double(hub.holes()); });
  add(gauge, "links", "Links to other nodes that are up.", [&] { return double(links.all().size()); });
  add(counter, "events_told_total", "Events told to other nodes by links.", [&] { return double(links.events_told); });
  add(counter, "events_taken_total", "Events that other nodes told by links.",
      [&] { return double(links.events_taken); });
  add(counter, "events_left_out_total", "Events left to the log, since a peer's window was full.",
      [&] { return double(links.events_left_out); });
  add(counter, "windows_full_total", "Times a peer had taken so little that its window was full.",
      [&] { return double(links.windows_full); });
  add(gauge, "lag_events", "Events that the slowest peer has not taken yet.",
      [&] { return most(hub, [](const auto& link) { return link.waiting_events.load(); }); });
  add(gauge, "lag_milliseconds", "Age of the oldest that the slowest peer has not taken yet.",
      [&] { return most(hub, [](const auto& link) { return lag_of(link).count(); }); });
}

}  // namespace

cluster_member::cluster_member(caf::actor_system& system, actors::hub& hub, cluster_bridge& bridge,
                               http::stream_rights& rights, const config::settings& s, http::metrics& metrics)
    : system_(system), hub_(hub), bridge_(bridge) {
  hub.watch_heads(bridge, s.cluster.head_check_interval);
  watch(metrics, hub, bridge);
  if (s.cluster.listen.empty())
    return;
  links_.emplace(system, s.cluster, rights);
  const auto newest = s.cluster.newest_wire == 0 ? actors::newest_wire : s.cluster.newest_wire;
  auto address = links_->open(hub.join(*links_, bridge.id(), s.actors.node, newest));
  bridge.meet(
      std::move(address), [&hub](std::vector<actors::node_address> nodes) { hub.nodes_seen(std::move(nodes)); },
      [&hub] { return describe_links(hub); });
}

// The links have ended; where the start fails half-way, they do now.
cluster_member::~cluster_member() {
  bridge_.part();
  hub_.close({});
  system_.await_all_actors_done();
}

}  // namespace chatmesh::app
