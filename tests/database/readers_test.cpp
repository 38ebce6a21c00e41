// The pool of readers: one read transaction a job, bounded, and no job without an end.
#include "persistence/readers.hpp"

#include "database_fixture.hpp"

#include <atomic>

namespace {

using namespace chatmesh;
using namespace chatmesh::persistence;
using namespace chatmesh::persistence::test;

class Readers : public database_test {
protected:
  person ann = sign_up_as("Ann", "ann@example.org");

  static void never() { ADD_FAILURE() << "the read failed"; }
};

TEST_F(Readers, AJobSeesOneCommitThroughout) {
  readers pool{config};
  gate first_read, changed, done;
  std::uint64_t before = 0, after = 0;
  ASSERT_TRUE(pool.submit(
      [&](stores& s) {
        before = s.find_position(ann.company)->head;
        first_read.open();
        changed.wait();
        after = s.find_position(ann.company)->head;
        done.open();
      },
      never));
  first_read.wait();
  add_customer(ann, "Cleo");
  changed.open();
  done.wait();
  EXPECT_EQ(before, 2U);
  EXPECT_EQ(after, 2U);
  std::promise<std::uint64_t> next;
  ASSERT_TRUE(pool.submit([&](stores& s) { next.set_value(s.find_position(ann.company)->head); }, never));
  EXPECT_EQ(next.get_future().get(), 3U);
}

TEST_F(Readers, RefuseAJobWhenTheQueueIsFull) {
  config.readers = 1;
  config.reader_queue = 1;
  readers pool{config};
  gate entered, go;
  ASSERT_TRUE(pool.submit(
      [&](stores&) {
        entered.open();
        go.wait();
      },
      never));
  entered.wait();
  EXPECT_TRUE(pool.submit([](stores&) {}, never));
  EXPECT_EQ(pool.depth(), 1U);
  EXPECT_FALSE(pool.submit([](stores&) { ADD_FAILURE() << "must not run"; }, never));
  go.open();
}

TEST_F(Readers, FinishWhatWaitsWhenTheyEnd) {
  std::atomic<int> ran{0};
  {
    readers pool{config};
    for (int i = 0; i < 50; ++i)
      ASSERT_TRUE(pool.submit([&](stores& s) { ran += s.find_company(ann.company) ? 1 : 0; }, never));
  }
  EXPECT_EQ(ran, 50);
}

TEST_F(Readers, TellAFailureAndGoOn) {
  config.readers = 1;
  readers pool{config};
  std::promise<void> failed;
  ASSERT_TRUE(pool.submit([](stores&) { throw database_error("broken"); }, [&] { failed.set_value(); }));
  ASSERT_EQ(failed.get_future().wait_for(patience), std::future_status::ready);
  std::promise<bool> found;
  ASSERT_TRUE(pool.submit([&](stores& s) { found.set_value(s.find_company(ann.company).has_value()); }, never));
  EXPECT_TRUE(found.get_future().get());
}

class SqliteReaders : public Readers {};

TEST_F(SqliteReaders, HoldNoReadTransactionBetweenJobs) {
  config.readers = 1;
  readers pool{config};
  std::promise<void> read;
  ASSERT_TRUE(pool.submit(
      [&](stores& s) {
        s.list_customers(ann.company, {}, {});
        s.read_log(ann.company, 0, 1, 1);  // ends before its rows do
      },
      never));
  ASSERT_TRUE(pool.submit([&](stores&) { read.set_value(); }, never));
  read.get_future().wait();
  EXPECT_TRUE(session{config}.kind().checkpoint(session{config}.handle().soci,
                                                config));  // waits for readers, in vain if one is left
}

}  // namespace
