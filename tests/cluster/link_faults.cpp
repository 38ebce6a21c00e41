#include "tests/cluster/faults.hpp"

#include "tests/support/wait.hpp"

#include <algorithm>
#include <memory>
#include <vector>

namespace chatmesh::test::faults {

namespace {

using namespace std::chrono_literals;
using treatment = fault_proxy::treatment;

constexpr std::size_t some_ends = 6;     // of connections, of which some are then made anew
constexpr std::size_t some_pieces = 20;  // of what nodes say

void treat(cluster& c, treatment how, std::chrono::milliseconds lateness = {}) {
  for (const auto& each : c.lines())
    each->treat(how, lateness);
}

std::size_t done(const cluster& c) {
  std::size_t all = 0;
  for (const auto& each : c.lines())
    all += each->done();
  return all;
}

void expect_all_told_everywhere(cluster& c) {
  for (std::size_t node = 1; node <= c.size(); ++node)
    c.expect_all_told(node);
}

// All are told by comparisons of heads where there is no link.
fault of_lines(cluster& c, const std::string& name, const std::function<void()>& strike,
               const std::function<void()>& effect) {
  return {.name = name,
          .strike = strike,
          .heal = [&c] { treat(c, treatment::pass); },
          .bound = 2s,
          .meanwhile =
              [&c, effect] {
                effect();
                expect_all_told_everywhere(c);
              }};
}

// So often that links were made anew and met it again.
fault ending_lines(cluster& c, const std::string& name, treatment how) {
  const auto before = std::make_shared<std::size_t>();
  return of_lines(
      c, name,
      [&c, how, before] {
        *before = done(c);
        treat(c, how);
      },
      [&c, before] { eventually("links to end", [&] { return done(c) >= *before + some_ends; }); });
}

}  // namespace

// A link that is only slow to answer is kept.
fault links_late(cluster& c, std::chrono::milliseconds lateness) {
  const auto before = std::make_shared<std::size_t>();
  return of_lines(
      c, "links late by " + std::to_string(lateness.count()) + " ms",
      [&c, lateness, before] {
        *before = done(c);
        treat(c, treatment::late, lateness);
      },
      [&c, before] {
        eventually("links to be late", [&] { return done(c) >= *before + some_pieces; });
        c.expect_links(c.size() - 1);
      });
}

fault links_held(cluster& c) {
  return of_lines(
      c, "links held up", [&c] { treat(c, treatment::held); }, [&c] { c.expect_links(0); });
}

fault links_cut(cluster& c) {
  return ending_lines(c, "links cut amidst messages", treatment::cut);
}

fault links_half_closed(cluster& c) {
  return ending_lines(c, "links half-closed", treatment::half_closed);
}

}  // namespace chatmesh::test::faults
