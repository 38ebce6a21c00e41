// The long set: as many runs as asked for, each with its own seed; ends at the first broken promise.
//   chatmesh_crash_runs --runs=200 --seed=1 --rounds=4 --database=postgresql
#include "tests/crash/crash_run.hpp"

#include <charconv>
#include <iostream>
#include <optional>
#include <random>
#include <stdexcept>
#include <string_view>

namespace {

using chatmesh::test::crash_figures;
using chatmesh::test::crash_run;

struct arguments {
  std::uint64_t runs = 200;
  std::uint64_t seed = std::random_device{}();
  std::uint64_t rounds = 4;
  bool postgresql = false;
};

bool read(std::string_view text, std::string_view name, std::uint64_t& into) {
  if (!text.starts_with(name))
    return false;
  text.remove_prefix(name.size());
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), into);
  if (error != std::errc{} || end != text.data() + text.size())
    throw std::invalid_argument(std::string{name} + " needs a number");
  return true;
}

arguments parse(int count, char** words) {
  arguments all;
  for (int i = 1; i < count; ++i) {
    const std::string_view word{words[i]};
    if (word == "--database=postgresql" || word == "--database=sqlite")
      all.postgresql = word == "--database=postgresql";
    else if (!read(word, "--runs=", all.runs) && !read(word, "--seed=", all.seed) &&
             !read(word, "--rounds=", all.rounds))
      throw std::invalid_argument(std::string{word} + ": not understood; --runs=N --seed=N --rounds=N "
                                                      "--database=sqlite|postgresql");
  }
  return all;
}

}  // namespace

int main(int count, char** words) {
  try {
    const auto asked = parse(count, words);
    std::cout << asked.runs << " runs from seed " << asked.seed << " on\n";
    std::optional<chatmesh::test::postgresql_server> postgresql;
    if (asked.postgresql)
      postgresql.emplace();
    crash_figures all;
    for (std::uint64_t i = 0; i < asked.runs; ++i) {
      const auto seed = asked.seed + i;
      std::vector<std::string> broken;
      crash_run run{seed, postgresql ? &*postgresql : nullptr};
      try {
        broken = run.go(asked.rounds);
      } catch (const std::exception& e) {
        broken.emplace_back(e.what());
      }
      all.add(run.figures());
      if (!broken.empty()) {
        std::cout << "BROKEN with seed " << seed << "; repeat with: scripts/crash-test --runs=1 --seed=" << seed
                  << " --rounds=" << asked.rounds << (asked.postgresql ? " --database=postgresql" : "") << "\n";
        for (const auto& each : broken)
          std::cout << "  " << each << "\n";
        return 1;
      }
      std::cout << "." << std::flush;
      if ((i + 1) % 20 == 0)
        std::cout << " " << all.text() << "\n";
    }
    std::cout << "\nevery promise kept: " << all.text() << "\n";
    return 0;
  } catch (const std::exception& e) {
    std::cerr << "chatmesh_crash_runs: " << e.what() << "\n";
    return 2;
  }
}
