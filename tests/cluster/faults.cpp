#include "tests/cluster/faults.hpp"

#include "tests/support/wait.hpp"

#include <csignal>
#include <filesystem>

namespace chatmesh::test::faults {

namespace {

std::string named(const char* what, std::size_t node) {
  return std::string{what} + ", node " + std::to_string(node);
}

std::size_t another(std::size_t node) {
  return node % node_hosts + 1;
}

std::string in_words(direction d) {
  return d == direction::both ? "both ways" : d == direction::from_node ? "what it says" : "what it is told";
}

void cut(network& cables, std::size_t from, std::size_t to, direction d) {
  if (d != direction::to_node)
    cables.cut_one_way(from, to);
  if (d != direction::from_node)
    cables.cut_one_way(to, from);
}

std::string clock_library() {
  return "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1";
}

// The monotonic clock is left alone: machines differ in the time of day.
std::vector<std::string> shifted_clock(const std::string& offset) {
  const char* given = std::getenv("ASAN_OPTIONS");
  return {"LD_PRELOAD=" + clock_library(), "FAKETIME=" + offset, "FAKETIME_DONT_FAKE_MONOTONIC=1",
          std::string{"ASAN_OPTIONS=verify_asan_link_order=0"} + (given ? ":" : "") + (given ? given : "")};
}

// It said so within the limit of any wait here, and says it by a status that a proxy understands.
void expect_not_ready(cluster& c, std::size_t node) {
  eventually("a node without its database to say so", [&] { return !c.ready(node); });
}

}  // namespace

fault killed(cluster& c, std::size_t node) {
  return {.name = named("killed", node),
          .strike = [&c, node] { c.node(node).kill(); },
          .heal = [&c, node] { c.node(node).start(); },
          .meanwhile = [&c, node] { c.expect_all_told(another(node)); }};
}

fault frozen(cluster& c, std::size_t node) {
  return {.name = named("frozen", node),
          .strike = [&c, node] { c.node(node).signal(SIGSTOP); },
          .heal = [&c, node] { c.node(node).signal(SIGCONT); },
          .meanwhile = [&c, node] { c.expect_all_told(another(node)); }};
}

fault restarted_twice(cluster& c, std::size_t node) {
  const auto restart = [&c, node] {
    c.node(node).kill();
    c.node(node).start();
  };
  return {.name = named("restarted twice", node), .strike = restart, .heal = restart};
}

fault of_another_time(cluster& c, std::size_t node, const std::string& offset) {
  const auto become = [&c, node](const std::vector<std::string>& environment) {
    if (const int status = c.node(node).terminate(); status != 0)
      throw std::runtime_error("a node ended with " + std::to_string(status) + ":\n" + c.node(node).log());
    c.replace(node, environment);
  };
  return {.name = named(("clock " + offset).c_str(), node),
          .strike = [become, offset] { become(shifted_clock(offset)); },
          .heal = [become] { become({}); },
          .meanwhile =
              [&c, node] {
                c.expect_all_told(node);
                eventually("all to know of three nodes", [&] {
                  return c.node(node).metric("chatmesh_cluster_nodes") == node_hosts &&
                         c.node(another(node)).metric("chatmesh_cluster_nodes") == node_hosts;
                });
                // Sessions live shorter than the clocks differ.
                const auto& owner = c.owner();
                auto made_there = log_in(c.node(node).where(), owner.company_id(), owner.user().at("email"));
                made_there.at(c.node(another(node)).where()).read("");
                auto made_here = log_in(c.node(another(node)).where(), owner.company_id(), owner.user().at("email"));
                made_here.at(c.node(node).where()).read("");
              }};
}

fault without_database(cluster& c, std::size_t node, direction d) {
  return {.name = named("no database", node) + " (" + in_words(d) + ")",
          .strike = [&c, node, d] { cut(c.cables(), node, database_host, d); },
          .heal = [&c] { c.cables().heal(); },
          .meanwhile =
              [&c, node] {
                expect_not_ready(c, node);
                c.expect_refusal(node);
              }};
}

fault apart(cluster& c, std::size_t one, std::size_t other, direction d) {
  return {.name = named("apart", one) + " and " + std::to_string(other) + " (" + in_words(d) + ")",
          .strike = [&c, one, other, d] { cut(c.cables(), one, other, d); },
          .heal = [&c] { c.cables().heal(); },
          .meanwhile =
              [&c, one, other] {
                c.expect_all_told(one);
                c.expect_all_told(other);
              }};
}

fault alone(cluster& c, std::size_t node) {
  return {.name = named("partition, alone", node),
          .strike =
              [&c, node] {
                for (std::size_t other = 1; other <= hosts; ++other)
                  if (other != node)
                    c.cables().cut(node, other);
              },
          .heal = [&c] { c.cables().heal(); },
          .meanwhile =
              [&c, node] {
                c.expect_refusal(node);
                if (!c.ready(another(node)))
                  throw format_error("a node that has its database says that it is not ready");
              }};
}

fault alone_with_database(cluster& c, std::size_t node) {
  return {.name = named("partition, alone with the database", node),
          .strike =
              [&c, node] {
                for (std::size_t other = 1; other <= node_hosts; ++other)
                  if (other != node)
                    for (const auto far : {node, database_host, standby_host})
                      c.cables().cut(other, far);
              },
          .heal = [&c] { c.cables().heal(); },
          .meanwhile = [&c, node] { c.expect_refusal(another(node)); }};
}

fault losing_packets(cluster& c, std::size_t node, int percent) {
  return {.name = named("packets lost", node),
          .strike = [&c, node, percent] { c.cables().lose(node, percent); },
          .heal = [&c] { c.cables().heal(); }};
}

fault slow(cluster& c, std::size_t node, const std::string& rate) {
  return {.name = named("throttled", node),
          .strike = [&c, node, rate] { c.cables().throttle(node, rate); },
          .heal = [&c] { c.cables().heal(); }};
}

fault unplugged(cluster& c, std::size_t node) {
  return {.name = named("unplugged", node),
          .strike = [&c, node] { c.cables().unplug(node); },
          .heal = [&c] { c.cables().heal(); },
          .meanwhile = [&c, node] { c.expect_all_told(another(node)); }};
}

fault database_restarted(cluster& c) {
  return {.name = "database restarted",
          .strike = [&c] { c.database().stop(SIGINT); },
          .heal = [&c] { c.database().start(); },
          .meanwhile =
              [&c] {
                for (std::size_t node = 1; node <= node_hosts; ++node) {
                  c.expect_refusal(node);
                  expect_not_ready(c, node);
                }
              },
          .all_fail = true};
}

fault database_frozen(cluster& c) {
  return {.name = "database frozen",
          .strike = [&c] { c.database().signal(SIGSTOP); },
          .heal = [&c] { c.database().signal(SIGCONT); },
          .meanwhile =
              [&c] {
                for (std::size_t node = 1; node <= node_hosts; ++node)
                  expect_not_ready(c, node);
              },
          .all_fail = true};
}

fault primary_killed(cluster& c) {
  return {.name = "primary killed, standby promoted",
          .strike = [&c] { c.database().stop(SIGKILL); },
          .heal =
              [&c] {
                const auto url = postgresql_url(c.standby().socket_folder(), "postgres");
                postgresql_execute(url, "SELECT pg_promote()");
              },
          .meanwhile = [&c] { c.expect_refusal(1); },
          .all_fail = true,
          .resets = true};
}

bool can_shift_clocks() {
  return std::filesystem::exists(clock_library());
}

fault any(cluster& c, random_engine& random) {
  const auto node = 1 + random_below(random, node_hosts);
  const auto way = static_cast<direction>(random_below(random, 3));
  switch (random_below(random, 13)) {
  case 0: return killed(c, node);
  case 1: return frozen(c, node);
  case 2: return restarted_twice(c, node);
  case 3:
    return can_shift_clocks() ? of_another_time(c, node, random_below(random, 2) == 0 ? "+1h" : "-1h")
                              : killed(c, node);
  case 4:
  case 5: return without_database(c, node, way);
  case 6: return apart(c, node, another(node), way);
  case 7: return alone(c, node);
  case 8: return alone_with_database(c, node);
  case 9: return losing_packets(c, node, static_cast<int>(1 + random_below(random, 30)));
  case 10: return slow(c, node, "512kbit");
  case 11: return unplugged(c, node);
  default: return random_below(random, 2) == 0 ? database_restarted(c) : database_frozen(c);
  }
}

}  // namespace chatmesh::test::faults
