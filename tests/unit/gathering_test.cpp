// Goal: many writers share a commit, one who is alone never waits, and nobody longer than a commit takes. Method: a
// clock that the test moves; the writer itself on a disk whose flushes take as long as the test says.
#include "persistence/gathering.hpp"
#include "tests/database/database_fixture.hpp"

#include <condition_variable>
#include <mutex>
#include <thread>

#include <sys/syscall.h>
#include <unistd.h>

namespace {

// What the C library's flush becomes, for SQLite too.
class slow_disk {
public:
  void take(std::chrono::milliseconds time) {
    const std::lock_guard lock{mutex_};
    time_ = time;
  }

  int flush(int file) {
    std::unique_lock lock{mutex_};
    ++flushes_;
    begun_.notify_all();
    const auto time = time_;
    lock.unlock();
    std::this_thread::sleep_for(time);
    return static_cast<int>(::syscall(SYS_fdatasync, file));
  }

  std::size_t flushes() {
    const std::lock_guard lock{mutex_};
    return flushes_;
  }

  // Waits for one more than so many, no longer than that.
  void wait_for_flush(std::size_t after, std::chrono::milliseconds limit) {
    std::unique_lock lock{mutex_};
    begun_.wait_for(lock, limit, [&] { return flushes_ > after; });
  }

private:
  std::mutex mutex_;
  std::condition_variable begun_;
  std::chrono::milliseconds time_{};
  std::size_t flushes_ = 0;
};

slow_disk disk;

}  // namespace

extern "C" int fdatasync(int file) {
  return disk.flush(file);
}

namespace chatmesh::persistence::test {

namespace {

using namespace std::chrono_literals;

class Gathering : public ::testing::Test {
protected:
  Gathering() { commits_take(1s); }

  void commits_take(gathering::clock::duration time) {
    for (int i = 0; i < 200; ++i)
      gather.committed(time);
  }

  // `count` writes at one distance, of `authors` in turn.
  void arrive(std::size_t count, std::chrono::microseconds apart, std::uint64_t authors) {
    for (std::size_t i = 0; i < count; ++i)
      gather.arrived(1 + i % authors, now += apart);
  }

  std::size_t wanted(std::size_t waiting = 1) const { return gather.worth_waiting_for(waiting); }

  gathering gather{3ms};
  gathering::clock::time_point now{1h};
};

}  // namespace

TEST_F(Gathering, WaitsForAsManyAsTheDelayBrings) {
  arrive(100, 1ms, 100);
  EXPECT_EQ(wanted(), 4U);
  arrive(100, 500us, 100);
  EXPECT_EQ(wanted(), 7U);
}

TEST_F(Gathering, WaitsForAllWhoWriteWhereTheOthersAreExpectedInTime) {
  arrive(120, 100us, 40);
  EXPECT_EQ(wanted(1), 31U);
  EXPECT_EQ(wanted(10), 40U);
  EXPECT_EQ(wanted(39), 40U);
}

TEST_F(Gathering, NeverHoldsBackOneWhoIsAlone) {
  arrive(100, 100us, 1);
  EXPECT_EQ(wanted(), 1U);
}

TEST_F(Gathering, IsNotMisledByOneBusyWriterAmongFew) {
  for (int i = 0; i < 20; ++i) {
    arrive(50, 1ms, 1);
    gather.arrived(100 + i, now);
  }
  EXPECT_EQ(wanted(), 1U);
}

TEST_F(Gathering, WaitsForNoMoreThanThereAre) {
  arrive(100, 10us, 2);
  EXPECT_EQ(wanted(), 2U);
  arrive(1000, 10us, 1000);
  EXPECT_EQ(wanted(), gathering::max_crowd);
}

TEST_F(Gathering, ForgetsWhoHasLeft) {
  arrive(30, 10us, 3);
  EXPECT_EQ(wanted(), 3U);
  arrive(6, 10us, 2);
  EXPECT_EQ(wanted(), 2U);
}

TEST_F(Gathering, DoesNotCountTheTimeInWhichAllWaitForTheirAnswers) {
  for (int round = 0; round < 3; ++round) {
    arrive(64, 20us, 64);
    gather.answered(now += 10ms);
  }
  arrive(1, 20us, 64);
  EXPECT_EQ(wanted(), 64U);
}

TEST_F(Gathering, HoldsNothingBackWhereFewWrite) {
  arrive(100, 20ms, 100);
  EXPECT_EQ(wanted(), 1U);
}

TEST_F(Gathering, ForgetsARushAndAPauseSoon) {
  arrive(100, 100us, 100);
  arrive(20, 1s, 100);
  EXPECT_EQ(wanted(), 1U);
  arrive(20, 1ms, 100);
  EXPECT_GE(wanted(), 3U);
}

TEST_F(Gathering, HoldsNothingBackForLongerThanACommitTakes) {
  arrive(200, 100us, 100);
  EXPECT_EQ(gather.delay(), 3ms);
  EXPECT_EQ(wanted(), 31U);
  commits_take(950us);
  EXPECT_NEAR(std::chrono::duration<double>(gather.delay()).count(), 0.00095, 0.00001);
  EXPECT_EQ(wanted(), 11U);
  commits_take(50us);
  EXPECT_EQ(wanted(), 1U);
}

TEST_F(Gathering, IsOffWithoutDelay) {
  gathering off{0ms};
  for (std::uint64_t i = 0; i < 100; ++i)
    off.arrived(i, now += 1us);
  off.committed(1s);
  EXPECT_EQ(off.worth_waiting_for(1), 1U);
}

class GatheringWriter : public database_test {
protected:
  ~GatheringWriter() override { disk.take(0ms); }

  // A writer that has seen nobody yet, on a slow disk.
  void start_where_flushes_take(std::chrono::milliseconds time) {
    config.commit_delay = 2 * time;
    restart_writer();
    disk.take(time);
  }

  // Whether one transaction made both: then they have one time. The second comes when the first is under way alone, or
  // is held back.
  bool share_a_commit(const person& one, const person& other) {
    std::promise<write_outcome> first, second;
    const auto flushes = disk.flushes();
    queue().submit(request(one.as_member(), customer_named("A")),
                   [&](write_outcome o) { first.set_value(std::move(o)); });
    disk.wait_for_flush(flushes, 5ms);
    queue().submit(request(other.as_member(), customer_named("B")),
                   [&](write_outcome o) { second.set_value(std::move(o)); });
    const auto made_at = [](const write_outcome& o) { return parse(expect_written(o).body).at("created_at"); };
    return made_at(first.get_future().get()) == made_at(second.get_future().get());
  }

  // Once the writer has learned that it pays.
  void expect_to_share(const person& one, const person& other) {
    int in_a_row = 0;
    for (int pairs = 0; pairs < 100 && in_a_row < 3; ++pairs)
      in_a_row = share_a_commit(one, other) ? in_a_row + 1 : 0;
    EXPECT_EQ(in_a_row, 3);
  }
};

TEST_F(GatheringWriter, CommitsTwoTogetherOnceItKnowsOfBoth) {
  const person ann = sign_up_as("Ann", "ann@example.org");
  const person bob = sign_up_as("Bob", "bob@example.org", "Other");
  start_where_flushes_take(50ms);
  expect_to_share(ann, bob);
}

// They don't follow each other's answer.
TEST_F(GatheringWriter, CommitsTogetherWhatOneSendsSideBySide) {
  const person ann = sign_up_as("Ann", "ann@example.org");
  start_where_flushes_take(50ms);
  expect_to_share(ann, ann);
}

}  // namespace chatmesh::persistence::test
