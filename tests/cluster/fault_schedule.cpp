#include "tests/cluster/fault_schedule.hpp"

#include <algorithm>
#include <chrono>
#include <stdexcept>
#include <utility>

namespace chatmesh::test {

namespace {

std::size_t any_node(const cluster& c, random_engine& random) {
  return 1 + random_below(random, c.size());
}

faults::direction any_way(random_engine& random) {
  return static_cast<faults::direction>(random_below(random, 3));
}

cluster::fault two_apart(cluster& c, random_engine& random) {
  const auto one = any_node(c, random);
  const auto other = (one + random_below(random, c.size() - 1)) % c.size() + 1;
  return faults::apart(c, one, other, any_way(random));
}

constexpr const char* clock_kind = "clock";

const std::vector<fault_kind>& all_kinds() {
  using engine = random_engine;
  static const std::vector<fault_kind> all{
      {"killed", [](cluster& c, engine& r) { return faults::killed(c, any_node(c, r)); }},
      {"frozen", [](cluster& c, engine& r) { return faults::frozen(c, any_node(c, r)); }},
      {"restarted-twice", [](cluster& c, engine& r) { return faults::restarted_twice(c, any_node(c, r)); }},
      {clock_kind,
       [](cluster& c, engine& r) {
         return faults::of_another_time(c, any_node(c, r), random_below(r, 2) == 0 ? "+1h" : "-1h");
       }},
      {"no-database", [](cluster& c, engine& r) { return faults::without_database(c, any_node(c, r), any_way(r)); }},
      {"apart", two_apart},
      {"alone", [](cluster& c, engine& r) { return faults::alone(c, any_node(c, r)); }},
      {"alone-with-database", [](cluster& c, engine& r) { return faults::alone_with_database(c, any_node(c, r)); }},
      {"packets-lost",
       [](cluster& c, engine& r) {
         return faults::losing_packets(c, any_node(c, r), static_cast<int>(1 + random_below(r, 30)));
       }},
      {"throttled", [](cluster& c, engine& r) { return faults::slow(c, any_node(c, r), "512kbit"); }},
      {"unplugged", [](cluster& c, engine& r) { return faults::unplugged(c, any_node(c, r)); }},
      {"database-restarted", [](cluster& c, engine&) { return faults::database_restarted(c); }},
      {"database-frozen", [](cluster& c, engine&) { return faults::database_frozen(c); }},
      {"links-late",
       [](cluster& c, engine& r) {
         return faults::links_late(c, std::chrono::milliseconds{1 + random_below(r, 500)});
       }},
      {"links-held", [](cluster& c, engine&) { return faults::links_held(c); }},
      {"links-cut", [](cluster& c, engine&) { return faults::links_cut(c); }},
      {"links-half-closed", [](cluster& c, engine&) { return faults::links_half_closed(c); }},
  };
  return all;
}

}  // namespace

std::vector<fault_kind> fault_kinds(const std::string& name) {
  std::vector<fault_kind> some;
  std::string known;
  for (const auto& each : all_kinds()) {
    if (each.name == std::string_view{clock_kind} && !faults::can_shift_clocks())
      continue;
    known += std::string{" "} + each.name;
    if (name.empty() || name == each.name)
      some.push_back(each);
  }
  if (some.empty())
    throw std::invalid_argument("no fault " + name + "; there are:" + known);
  return some;
}

fault_schedule::fault_schedule(cluster& c, random_engine& random, std::vector<fault_kind> kinds)
    : cluster_(c), random_(random), kinds_(std::move(kinds)), next_(kinds_.size()) {}

cluster::fault fault_schedule::next() {
  if (next_ == kinds_.size()) {
    std::ranges::shuffle(kinds_, random_);
    next_ = 0;
    ++rounds_;
  }
  return kinds_[next_++].make(cluster_, random_);
}

}  // namespace chatmesh::test
