// Every node is restarted in order, one after the other, under writers and hundreds of clients.
#include "tests/cluster/fixture.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace chatmesh::test {

namespace {

using namespace std::chrono_literals;

class ClusterRollingRestart : public on_cluster {
protected:
  ClusterRollingRestart() : on_cluster(false) {}

  static std::vector<std::int64_t> slots() {
    const auto goodbyes = nodes().clients().counts().goodbyes;
    const auto found = goodbyes.find("draining");
    return found == goodbyes.end() ? std::vector<std::int64_t>{} : found->second;
  }

  // Those streams come back no faster than the nodes are told that they can bear, and none comes late.
  static void expect_paced(std::vector<std::int64_t> told) {
    ASSERT_FALSE(told.empty());
    std::ranges::sort(told);
    for (const auto first : told) {
      const auto in_a_second = std::ranges::count_if(told, [&](auto t) { return t >= first && t < first + 1'000; });
      EXPECT_LE(in_a_second, reconnects_per_second);
    }
    EXPECT_LT(told.back() - told.front(),
              1'000 * static_cast<std::int64_t>(told.size() + other_streams) / reconnects_per_second);
  }

private:
  static constexpr std::size_t other_streams = 6;  // of watchers and members who stay at a node: they have slots too
};

}  // namespace

TEST_F(ClusterRollingRestart, LosesNothingAndMakesNoStorm) {
  const auto failures = nodes().clients().counts().failures;
  const auto restart = [&](std::size_t node) {
    const auto before = slots();
    EXPECT_EQ(nodes().node(node).terminate(), 0);
    nodes().expect_all_told(node % nodes().size() + 1);
    nodes().node(node).start();
    auto after = slots();
    after.erase(after.begin(), after.begin() + static_cast<std::ptrdiff_t>(before.size()));
    expect_paced(after);
  };
  expect_endured({.name = "rolling restart",
                  .strike =
                      [&] {
                        for (std::size_t node = 1; node <= nodes().size(); ++node)
                          restart(node);
                      },
                  .heal = [] {},
                  .bound = 3s});
  EXPECT_EQ(nodes().clients().counts().failures, failures) << "every stream ended in order";
}

}  // namespace chatmesh::test
