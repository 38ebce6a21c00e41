// Faults in random order for as long as asked for; ends at the first broken promise.
//   chatmesh_cluster_faults --minutes=10 --seed=1 --lasting=30 --clients=120
#include "tests/cluster/fault_schedule.hpp"
#include "tests/support/small_disk.hpp"

#include <charconv>
#include <chrono>
#include <iostream>
#include <random>
#include <stdexcept>
#include <string>
#include <string_view>

namespace {

using namespace chatmesh::test;

struct arguments {
  std::uint64_t minutes = 10;
  std::uint64_t seed = std::random_device{}();
  std::uint64_t lasting = 5;  // seconds, at most, of each fault
  std::uint64_t clients = 120;
  std::uint64_t nodes = usual_nodes;
  std::uint64_t slowness = 1;  // cluster::shape
  std::string fault;           // that one alone
};

bool read(std::string_view text, std::string_view name, std::string& into) {
  if (!text.starts_with(name))
    return false;
  into = text.substr(name.size());
  return true;
}

bool read(std::string_view text, std::string_view name, std::uint64_t& into) {
  if (!text.starts_with(name))
    return false;
  text.remove_prefix(name.size());
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), into);
  return error == std::errc{} && end == text.data() + text.size();
}

arguments parse(int count, char** words) {
  arguments all;
  for (int i = 1; i < count; ++i) {
    const std::string_view word{words[i]};
    if (!read(word, "--minutes=", all.minutes) && !read(word, "--seed=", all.seed) &&
        !read(word, "--lasting=", all.lasting) && !read(word, "--clients=", all.clients) &&
        !read(word, "--nodes=", all.nodes) && !read(word, "--slowness=", all.slowness) &&
        !read(word, "--fault=", all.fault))
      throw std::invalid_argument(std::string{word} + ": not understood; --minutes=N --seed=N --lasting=SECONDS "
                                                      "--clients=N --nodes=N --slowness=N --fault=NAME");
  }
  if (all.nodes < 2 || all.nodes > most_nodes)
    throw std::invalid_argument("--nodes: 2 to " + std::to_string(most_nodes));
  return all;
}

bool endured(cluster& nodes, const cluster::fault& fault, const arguments& asked) {
  std::vector<std::string> broken;
  try {
    broken = nodes.endure(fault);
  } catch (const std::exception& e) {
    broken.emplace_back(e.what());
  }
  if (broken.empty())
    return true;
  std::cout << "BROKEN in \"" << fault.name << "\"; repeat with: scripts/cluster-faults --seed=" << asked.seed
            << " --lasting=" << asked.lasting << " --clients=" << asked.clients << " --nodes=" << asked.nodes
            << (asked.fault.empty() ? "" : " --fault=") << asked.fault << "\n";
  for (const auto& each : broken)
    std::cout << "  " << each << "\n";
  for (std::size_t node = 1; node <= nodes.size(); ++node)
    std::cout << "node " << node << " printed:\n" << nodes.node(node).log() << "\n";
  return false;
}

}  // namespace

int main(int count, char** words) {
  try {
    const auto asked = parse(count, words);
    std::cout << asked.minutes << " minutes from seed " << asked.seed << " on\n";
    const auto end = std::chrono::steady_clock::now() + std::chrono::minutes{asked.minutes};
    const auto kinds = fault_kinds(asked.fault);
    network cables{hosts};
    cluster nodes{cables,
                  {.nodes = asked.nodes,
                   .clients = asked.clients,
                   .seed = asked.seed,
                   .slowness = static_cast<double>(asked.slowness)}};
    random_engine random{asked.seed};
    fault_schedule schedule{nodes, random, kinds};
    std::size_t faults = 0;
    for (; std::chrono::steady_clock::now() < end; ++faults) {
      auto fault = schedule.next();
      // The first of each kind as long as may be.
      fault.lasts = std::chrono::milliseconds{schedule.rounds() == 1 ? asked.lasting * 1'000
                                                                     : random_below(random, asked.lasting * 1'000 + 1)};
      if (!endured(nodes, fault, asked))
        return 1;
    }
    const auto counts = nodes.clients().counts();
    std::cout << "every promise kept in " << faults << " faults; " << nodes.clients().size() << " clients came back "
              << counts.connects << " times\n";
    return 0;
  } catch (const std::exception& e) {
    std::cerr << "chatmesh_cluster_faults: " << e.what() << "\n";
    return 2;
  }
}
