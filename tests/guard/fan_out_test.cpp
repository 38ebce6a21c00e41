// Guards the hot path by counts, which no noise touches: what one more reader costs an event.
#include "http/send_ring.hpp"
#include "tests/support/actor_fixture.hpp"
#include "tests/unit/tcp_pair.hpp"

#include <malloc.h>

#include <atomic>
#include <cstdlib>
#include <deque>
#include <new>
#include <utility>

namespace {

std::atomic<std::uint64_t> allocations{0};
std::atomic<std::int64_t> live_bytes{0};

}  // namespace

// Counts every allocation of this program.
// NOLINTBEGIN(cppcoreguidelines-no-malloc): what else could an operator new call
void* operator new(std::size_t size) {
  ++allocations;
  if (void* made = std::malloc(size)) {
    live_bytes += static_cast<std::int64_t>(::malloc_usable_size(made));
    return made;
  }
  throw std::bad_alloc{};
}
void operator delete(void* p) noexcept {
  if (p)
    live_bytes -= static_cast<std::int64_t>(::malloc_usable_size(p));
  std::free(p);
}
void operator delete(void* p, std::size_t) noexcept {
  operator delete(p);
}
// NOLINTEND(cppcoreguidelines-no-malloc)

namespace chatmesh::tests {

namespace {

// Takes everything and keeps nothing.
class swallowing_stream final : public actors::stream {
public:
  explicit swallowing_stream(std::uint64_t& deliveries) : deliveries_(deliveries) {}

  void start(listener& on) override { on_ = &on; }
  void send(std::span<const domain::frame_ptr>) override {}
  void send_shared(std::span<const domain::frame_ptr>, const domain::frame_ptr&) override { ++deliveries_; }
  void caught_up(domain::cursor, std::uint64_t) override {}
  void close(bool flush) override {
    if (auto* on = std::exchange(on_, nullptr); on && flush)
      on->on_closed();
  }

private:
  std::uint64_t& deliveries_;
  listener* on_ = nullptr;
};

class FanOut : public Actors {
protected:
  void open_streams(int count) {
    for (int i = 0; i < count; ++i)
      open_with(member(), std::make_shared<swallowing_stream>(deliveries_));
  }

  // Allocations of one event to all.
  std::uint64_t count_event() {
    publish({});  // whatever grows once has grown
    const auto frame = commit({});
    const auto before = allocations.load();
    deliveries_ = 0;
    hub().changed(company, log.epoch, {frame});
    settle();
    return allocations.load() - before;
  }

  std::uint64_t deliveries_ = 0;
};

}  // namespace

TEST_F(FanOut, OneMoreReaderAllocatesNothing) {
  settings.streams_per_member = 0;
  open_streams(64);
  const auto few = count_event();
  ASSERT_EQ(deliveries_, 64U);
  open_streams(960);
  const auto many = count_event();
  ASSERT_EQ(deliveries_, 1024U);
  constexpr std::uint64_t slices = 960 / 64;
  RecordProperty("of_an_event", std::to_string(few));
  RecordProperty("of_960_more_readers", std::to_string(many - few));
  EXPECT_LE(many - few, slices + 1) << "a message for each slice of 64 readers, and nothing for a reader";
  EXPECT_LE(few, 7U) << "of an event: its messages, and the batch";
}

TEST_F(FanOut, ALongWalkLeavesTheSocketsTheirTurns) {
  settings.streams_per_member = 0;
  open_streams(1000);
  const auto frame = commit({});
  deliveries_ = 0;
  hub().changed(company, log.epoch, {frame});
  for (std::uint64_t before = 0; step(); before = deliveries_)
    ASSERT_LE(deliveries_ - before, 64U) << "in one turn";
  EXPECT_EQ(deliveries_, 1000U);
}

TEST_F(FanOut, AnIdleConnectionIsSmall) {
  settings.streams_per_member = 0;
  open_streams(100);
  const auto before = live_bytes.load();
  open_streams(1000);
  const auto each = (live_bytes.load() - before) / 1000;
  RecordProperty("bytes", std::to_string(each));
  EXPECT_LE(each, 1750) << "bytes: the actor, its place in company and relay; the socket comes on top";
}

// Whoever comes and goes must leave no mark on a company that outlives it.
TEST_F(FanOut, ConnectionsThatLeftLeaveNothing) {
  settings.streams_per_member = 0;
  const auto stays = open(member());
  const auto who = member();
  const auto come_and_go = [&](int times) {
    for (int i = 0; i < times; ++i) {
      open(who)->on->on_closed();
      settle();
    }
  };
  come_and_go(64);  // whatever grows once has grown
  const auto before = live_bytes.load();
  come_and_go(256);
  EXPECT_EQ(hub().connections(), 1U);
  EXPECT_LT(live_bytes.load() - before, 256 * 16) << "bytes";
}

// Counted in rounds of the ring, each of which is one system call.
TEST(SendRing, SixtyFourSendsAreOneCall) {
  class deaf final : public http::send_ring::sender {
  public:
    void cut_short(const domain::frame_ptr&, int) override { ADD_FAILURE() << "the buffer is large enough"; }
  };
  http::send_ring ring;
  if (!ring.open())
    GTEST_SKIP() << "no io_uring here";
  std::deque<http::tcp_pair> pairs(64);
  deaf nobody;
  auto frame = std::make_shared<domain::frame>();
  frame->bytes = "text";
  const auto before = ring.round();
  for (int i = 0; i < 10; ++i)
    for (auto& each : pairs)
      ring.push(nobody, each.server.native_handle(), frame, frame->bytes);
  EXPECT_EQ(ring.round() - before, 10U);
}

}  // namespace chatmesh::tests
