// Nodes, cables and the database fail, one after the other, under writers and hundreds of clients: what has to fail
// fails cleanly, and afterwards every client has everything once and in order, and the database what was acknowledged.
#include "tests/cluster/fault_schedule.hpp"
#include "tests/cluster/fixture.hpp"

namespace chatmesh::test {

namespace {

constexpr std::size_t random_faults = 2;

class ClusterFaults : public on_cluster {
protected:
  ClusterFaults() : on_cluster(false) {}
};

class ClusterWithStandby : public on_cluster {
protected:
  ClusterWithStandby() : on_cluster(true) {}
};

using faults::direction;
using namespace std::chrono_literals;

}  // namespace

TEST_F(ClusterFaults, ANodeIsKilled) {
  expect_endured(faults::killed(nodes(), 1));
}

TEST_F(ClusterFaults, ANodeStandsStill) {
  expect_endured(faults::frozen(nodes(), 2));
}

TEST_F(ClusterFaults, ANodeComesBackTwiceWithItsAddress) {
  expect_endured(faults::restarted_twice(nodes(), 1));
}

TEST_F(ClusterFaults, ANodeLosesItsDatabase) {
  expect_endured(faults::without_database(nodes(), 1, direction::both));
}

TEST_F(ClusterFaults, ANodeIsHeardByItsDatabaseAndHearsNothing) {
  expect_endured(faults::without_database(nodes(), 2, direction::to_node));
}

TEST_F(ClusterFaults, ANodeHearsItsDatabaseAndIsNotHeard) {
  expect_endured(faults::without_database(nodes(), 3, direction::from_node));
}

TEST_F(ClusterFaults, TwoNodesAreApart) {
  expect_endured(faults::apart(nodes(), 1, 2, direction::both));
}

TEST_F(ClusterFaults, OneNodeDoesNotHearAnother) {
  expect_endured(faults::apart(nodes(), 2, 3, direction::from_node));
}

TEST_F(ClusterFaults, APartitionLeavesANodeAlone) {
  expect_endured(faults::alone(nodes(), 3));
}

TEST_F(ClusterFaults, APartitionLeavesANodeAloneWithTheDatabase) {
  expect_endured(faults::alone_with_database(nodes(), 1));
}

TEST_F(ClusterFaults, PacketsAreLost) {
  expect_endured(faults::losing_packets(nodes(), 2, 15));
}

TEST_F(ClusterFaults, ALinkIsSlow) {
  expect_endured(faults::slow(nodes(), 1, "512kbit"));
}

TEST_F(ClusterFaults, ALinkIsDown) {
  expect_endured(faults::unplugged(nodes(), 3));
}

TEST_F(ClusterFaults, LinksAreLate) {
  expect_endured(faults::links_late(nodes(), 200ms));
}

TEST_F(ClusterFaults, LinksAreHeldUp) {
  expect_endured(faults::links_held(nodes()));
}

TEST_F(ClusterFaults, LinksAreCutAmidstMessages) {
  expect_endured(faults::links_cut(nodes()));
}

TEST_F(ClusterFaults, LinksAreHalfClosed) {
  expect_endured(faults::links_half_closed(nodes()));
}

TEST_F(ClusterFaults, TheDatabaseRestarts) {
  expect_endured(faults::database_restarted(nodes()));
}

TEST_F(ClusterFaults, TheDatabaseStandsStill) {
  expect_endured(faults::database_frozen(nodes()));
}

TEST_F(ClusterFaults, AClockIsAnHourAhead) {
  if (!faults::can_shift_clocks())
    GTEST_SKIP() << "needs Debian's faketime";
  expect_endured(faults::of_another_time(nodes(), 1, "+1h"));
}

TEST_F(ClusterFaults, AClockIsAnHourBehind) {
  if (!faults::can_shift_clocks())
    GTEST_SKIP() << "needs Debian's faketime";
  expect_endured(faults::of_another_time(nodes(), 2, "-1h"));
}

// Nothing but its log is written to a node's own disk.
TEST_F(ClusterFaults, ADiskIsFull) {
  auto& disk = ground::get().disk;
  expect_endured({.name = "disk full, node 3",
                  .strike = [&] { disk.fill(); },
                  .heal = [&] { disk.empty(); },
                  .bound = 2s,
                  .meanwhile =
                      [&] {
                        nodes().node(writer_of_logs).kill();
                        nodes().node(writer_of_logs).start();
                        nodes().expect_all_told(writer_of_logs);
                      }});
}

TEST_F(ClusterFaults, AnyOfThemInAnyOrder) {
  SCOPED_TRACE(seed_note());
  random_engine random{test_seed()};
  fault_schedule schedule{nodes(), random, fault_kinds()};
  for (std::size_t i = 0; i < random_faults; ++i)
    expect_endured(schedule.next());
}

TEST_F(ClusterWithStandby, ThePrimaryDiesAndItsStandbyTakesOver) {
  expect_endured(faults::primary_killed(nodes()));
}

}  // namespace chatmesh::test
