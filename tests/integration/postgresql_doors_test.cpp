// Goal: who connects to a node's door and says nothing, and a door that says nothing to a node, cost next to nothing
// and stand in nobody's way. Method: real nodes on one PostgreSQL, connections without a word, a door that is held
// shut, and the processes' CPU time meanwhile.
#include "tests/integration/held_way.hpp"
#include "tests/integration/links.hpp"
#include "tests/support/certificates.hpp"
#include "tests/support/socket.hpp"

#include <chrono>
#include <ctime>
#include <vector>

namespace chatmesh::test {

namespace {

using std::chrono::milliseconds;

// How much of one processor a node takes from here on.
class processor_share {
public:
  explicit processor_share(const server_process& node) {
    if (::clock_getcpuclockid(node.pid(), &clock_) != 0)
      throw std::runtime_error("no clock of the process");
    begin_ = now();
  }

  double so_far() const {
    const auto end = now();
    return (end.busy - begin_.busy) / (end.all - begin_.all);
  }

private:
  struct times {
    double busy, all;
  };

  static double read(clockid_t clock) {
    timespec at{};
    ::clock_gettime(clock, &at);
    return static_cast<double>(at.tv_sec) + static_cast<double>(at.tv_nsec) / 1e9;
  }
  times now() const { return {read(clock_), read(CLOCK_MONOTONIC)}; }

  clockid_t clock_{};
  times begin_{};
};

constexpr double next_to_nothing = 0.2;  // a node that asks without a pause takes all of one

class PostgresqlDoors : public links_test {};

}  // namespace

TEST_F(PostgresqlDoors, SilentConnectionsCostNothingStandInNobodysWayAndAreEnded) {
  const certificates ours{"ours"};
  with(linked_node("one", ours.options("one")));
  team all{port()};
  std::vector<socket> silent;
  for (int i = 0; i < 200; ++i)
    silent.emplace_back(door_of(server()));
  const auto two = join("two", ours.options("two"));
  expect_links(server(), 1);
  const auto stream = at(*two, all.agent).open_stream();
  stream->wait_for_id(mark(all.owner));
  const processor_share share{server()};
  socket last{{"127.0.0.1", door_of(server()).port, milliseconds{1000}}};
  EXPECT_THROW(last.receive(), timed_out) << "who connects has some time to speak";
  EXPECT_LT(share.so_far(), next_to_nothing);
  for (auto& each : silent)
    EXPECT_EQ(each.receive(), "") << "an end, and no byte before";
  stream->wait_for_id(mark(all.owner));
  EXPECT_EQ(server().metric("chatmesh_cluster_links"), 1);
  EXPECT_GE(server().metric("chatmesh_cluster_silent_ended_total"), 200);
  EXPECT_EQ(two->terminate(), 0);
}

TEST_F(PostgresqlDoors, OfTooManySilentConnectionsTheOldestIsEnded) {
  team all{port()};
  std::vector<socket> silent;
  for (int i = 0; i < 257; ++i)
    silent.emplace_back(door_of(server()));
  EXPECT_EQ(silent.front().receive(), "");
  const auto two = join("two");
  expect_links(server(), 1);
  EXPECT_LT(server().open_descriptors(), 257U + 100U);
  EXPECT_EQ(two->terminate(), 0);
}

TEST_F(PostgresqlDoors, ADoorThatTakesItsTimeCostsNothingAndIsWaitedFor) {
  const certificates ours{"ours"};
  held_way way;
  const endpoint door = free_port();
  auto options = ours.options("one");
  options.insert(options.end(), {"--cluster.listen=127.0.0.1:" + std::to_string(door.port),
                                 "--cluster.advertise=127.0.0.1:" + std::to_string(way.where().port)});
  with(linked_node("one", options));
  port();
  const auto two = join("two", ours.options("two"));
  way.take();
  const processor_share share{*two};
  EXPECT_FALSE(way.ends_within(milliseconds{1500})) << "longer than from one of CAF's heartbeats to the next";
  EXPECT_LT(share.so_far(), next_to_nothing);
  way.lead_to(door);
  expect_links(*two, 1);
  EXPECT_FALSE(way.is_asked_again());
  EXPECT_EQ(two->terminate(), 0);
}

}  // namespace chatmesh::test
