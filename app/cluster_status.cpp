#include "app/cluster_status.hpp"

#include "domain/entities.hpp"
#include "domain/time.hpp"

#include <algorithm>
#include <ostream>
#include <string_view>

namespace chatmesh::app {

namespace {

using clock = std::chrono::steady_clock;
using domain::json;

std::chrono::milliseconds age_of(clock::time_point since) {
  return std::max(std::chrono::milliseconds{},
                  std::chrono::duration_cast<std::chrono::milliseconds>(clock::now() - since));
}

json describe(const actors::link_counts& link) {
  const auto lags = link.lag_by_company.get();
  auto companies = json::array();
  for (const auto& each : lags.most)
    companies.push_back({{"company", each.company.to_string()},
                         {"lag_events", each.of.events},
                         {"lag_ms", age_of(each.of.since).count()}});
  return {{"node", link.node.to_string()},
          {"name", link.name},
          {"wire", link.wire},
          {"lag_events", link.lag_events.load()},
          {"lag_ms", lag_of(link).count()},
          {"windows_full", link.windows_full.load()},
          {"companies", std::move(companies)},
          {"lagging_companies", lags.companies}};
}

// Fields that another version's node did not write are 0.
std::uint64_t number(const json& of, std::string_view field) {
  return of.value(field, std::uint64_t{0});
}

void show_lag(const json& of, std::ostream& console) {
  console << "  lag " << number(of, "lag_events") << " events, " << number(of, "lag_ms") << " ms";
}

void show_link(const json& link, std::ostream& console) {
  console << "  to " << link.value("name", "") << "  " << link.value("node", "") << "  wire " << number(link, "wire");
  show_lag(link, console);
  console << "  windows full " << number(link, "windows_full") << "\n";
  const auto companies = link.value("companies", json::array());
  for (const auto& each : companies) {
    console << "    company " << each.value("company", "");
    show_lag(each, console);
    console << "\n";
  }
  if (const auto all = number(link, "lagging_companies"); all > companies.size())
    console << "    " << all - companies.size() << " more companies\n";
}

void show_links(const persistence::node_info& from, const std::vector<persistence::node_info>& nodes, const json& links,
                std::ostream& console) {
  for (const auto& each : links)
    show_link(each, console);
  for (const auto& to : nodes) {
    const auto leads_there = [&](const json& link) { return link.value("node", "") == to.id.to_string(); };
    if (to.id != from.id && !to.address.empty() && !from.address.empty() && std::ranges::none_of(links, leads_there))
      console << "  no link to " << to.name << "  " << to.id.to_string() << "\n";
  }
}

}  // namespace

std::chrono::milliseconds lag_of(const actors::link_counts& link) {
  const auto since = link.waiting_since.load();
  return since == clock::duration{} ? std::chrono::milliseconds{} : age_of(clock::time_point{since});
}

std::string describe_links(const actors::hub& hub) {
  auto links = json::array();
  for (const auto& link : hub.links().all())
    links.push_back(describe(*link));
  return json{{"holes_repaired", hub.holes()}, {"links", std::move(links)}}.dump();
}

void show_nodes(const std::vector<persistence::node_info>& nodes, std::ostream& console) {
  console << nodes.size() << (nodes.size() == 1 ? " node\n" : " nodes\n");
  for (const auto& each : nodes) {
    console << each.name << "  " << each.id.to_string() << "  since " << domain::to_rfc3339(each.started_at)
            << (each.address.empty() ? "  without links" : "  links at " + each.address);
    const auto told = json::parse(each.links);
    if (!told.is_object()) {  // nothing yet
      console << "\n";
      continue;
    }
    console << "  holes repaired " << number(told, "holes_repaired") << "\n";
    show_links(each, nodes, told.value("links", json::array()), console);
  }
  console << std::flush;
}

}  // namespace chatmesh::app
