#include "tests/cluster/faults.hpp"

#include "tests/support/wait.hpp"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <ctime>
#include <filesystem>

namespace chatmesh::test::faults {

namespace {

using namespace std::chrono_literals;

std::string named(const char* what, std::size_t node) {
  return std::string{what} + ", node " + std::to_string(node);
}

// Where a node has been gone from the database for longer than its lease, it comes back as a new one.
constexpr auto links_of_a_new_node = 30s;

std::size_t another(const cluster& c, std::size_t node) {
  return node % c.size() + 1;
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

// As much as a report of a failed test shows whole.
std::string last_of(const std::string& log) {
  constexpr std::size_t most = 2000;
  return log.substr(log.size() - std::min(log.size(), most));
}

void expect_packets_lost(cluster& c) {
  eventually("the network to have dropped or delayed something", [&] { return c.cables().harmed(); });
}

// By its own clock, which its answers tell.
std::chrono::sys_seconds time_at(cluster& c, std::size_t node) {
  const auto told = c.owner().at(c.node(node).where()).get("").header("Date").value();
  std::tm parts{};
  if (::strptime(told.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &parts) == nullptr)
    throw format_error("no date: " + told);
  return std::chrono::sys_seconds{std::chrono::seconds{::timegm(&parts)}};
}

}  // namespace

fault killed(cluster& c, std::size_t node) {
  return {.name = named("killed", node),
          .strike = [&c, node] { c.node(node).kill(); },
          .heal = [&c, node] { c.node(node).start(); },
          .bound = 3s,
          .meanwhile = [&c, node] { c.expect_all_told(another(c, node)); }};
}

fault frozen(cluster& c, std::size_t node) {
  return {.name = named("frozen", node),
          .strike = [&c, node] { c.node(node).signal(SIGSTOP); },
          .heal = [&c, node] { c.node(node).signal(SIGCONT); },
          .bound = 3s,
          .links_bound = links_of_a_new_node,
          .meanwhile = [&c, node] { c.expect_all_told(another(c, node)); }};
}

fault restarted_twice(cluster& c, std::size_t node) {
  const auto restart = [&c, node] {
    c.node(node).kill();
    c.node(node).start();
  };
  return {.name = named("restarted twice", node), .strike = restart, .heal = restart, .bound = 3s};
}

fault of_another_time(cluster& c, std::size_t node, const std::string& offset) {
  const auto become = [&c, node](const std::vector<std::string>& environment) {
    if (const int status = c.node(node).terminate(); status != 0)
      throw std::runtime_error("a node ended with " + std::to_string(status) + ", and printed at last:\n" +
                               last_of(c.node(node).log()));
    c.replace(node, environment);
  };
  return {.name = named(("clock " + offset).c_str(), node),
          .strike = [become, offset] { become(shifted_clock(offset)); },
          .heal = [become] { become({}); },
          .bound = 3s,
          .meanwhile =
              [&c, node] {
                if (std::chrono::abs(time_at(c, node) - time_at(c, another(c, node))) < 59min)
                  throw format_error("the clocks agree");
                c.expect_all_told(node);
                const auto knows_all = [&c](std::size_t one) {
                  return c.node(one).metric("chatmesh_cluster_nodes") == static_cast<double>(c.size());
                };
                eventually("all to know of each other", [&] { return knows_all(node) && knows_all(another(c, node)); });
                // Sessions live shorter than the clocks differ.
                const auto& owner = c.owner();
                auto made_there = log_in(c.node(node).where(), owner.company_id(), owner.user().at("email"));
                made_there.at(c.node(another(c, node)).where()).read("");
                auto made_here = log_in(c.node(another(c, node)).where(), owner.company_id(), owner.user().at("email"));
                made_here.at(c.node(node).where()).read("");
              }};
}

fault without_database(cluster& c, std::size_t node, direction d) {
  return {.name = named("no database", node) + " (" + in_words(d) + ")",
          .strike = [&c, node, d] { cut(c.cables(), node, database_host, d); },
          .heal = [&c] { c.cables().heal(); },
          .bound = 16s,
          .links_bound = links_of_a_new_node,
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
          .bound = 2s,
          .meanwhile =
              [&c, one, other] {
                expect_packets_lost(c);
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
          .bound = 16s,
          .links_bound = links_of_a_new_node,
          .meanwhile =
              [&c, node] {
                c.expect_refusal(node);
                if (!c.ready(another(c, node)))
                  throw format_error("a node that has its database says that it is not ready");
              }};
}

fault alone_with_database(cluster& c, std::size_t node) {
  return {.name = named("partition, alone with the database", node),
          .strike =
              [&c, node] {
                for (std::size_t other = 1; other <= c.size(); ++other)
                  if (other != node)
                    for (const auto far : {node, database_host, standby_host})
                      c.cables().cut(other, far);
              },
          .heal = [&c] { c.cables().heal(); },
          .bound = 16s,
          .links_bound = links_of_a_new_node,
          .meanwhile = [&c, node] { c.expect_refusal(another(c, node)); }};
}

fault losing_packets(cluster& c, std::size_t node, int percent) {
  return {.name = named("packets lost", node),
          .strike = [&c, node, percent] { c.cables().lose(node, percent); },
          .heal = [&c] { c.cables().heal(); },
          .bound = 5s,
          .meanwhile = [&c] { expect_packets_lost(c); }};
}

fault slow(cluster& c, std::size_t node, const std::string& rate) {
  return {.name = named("throttled", node),
          .strike = [&c, node, rate] { c.cables().throttle(node, rate); },
          .heal = [&c] { c.cables().heal(); },
          .bound = 5s,
          .meanwhile = [&c] { expect_packets_lost(c); }};
}

fault unplugged(cluster& c, std::size_t node) {
  return {.name = named("unplugged", node),
          .strike = [&c, node] { c.cables().unplug(node); },
          .heal = [&c] { c.cables().heal(); },
          .bound = 16s,
          .links_bound = links_of_a_new_node,
          .meanwhile = [&c, node] { c.expect_all_told(another(c, node)); }};
}

fault database_restarted(cluster& c) {
  return {.name = "database restarted",
          .strike = [&c] { c.database().stop(SIGINT); },
          .heal = [&c] { c.database().start(); },
          .bound = 3s,
          .meanwhile =
              [&c] {
                for (std::size_t node = 1; node <= c.size(); ++node) {
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
          .bound = 3s,
          .meanwhile =
              [&c] {
                for (std::size_t node = 1; node <= c.size(); ++node)
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
          .bound = 5s,
          .meanwhile = [&c] { c.expect_refusal(1); },
          .all_fail = true,
          .resets = true};
}

bool can_shift_clocks() {
  return std::filesystem::exists(clock_library());
}

}  // namespace chatmesh::test::faults
