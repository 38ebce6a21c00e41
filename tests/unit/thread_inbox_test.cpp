// Goal: what other threads hand to an io thread runs there, all of it and in its order, and never keeps it from its
// end.
#include "http/thread_inbox.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <gtest/gtest.h>

#include <algorithm>
#include <future>
#include <optional>
#include <thread>
#include <vector>

namespace chatmesh::http {

namespace {

class ThreadInbox : public ::testing::Test {
protected:
  ~ThreadInbox() override { finish(); }

  void begin() {
    std::promise<void> opened;
    asio::post(context_, [&] {
      inbox_.open();
      opened.set_value();
    });
    thread_ = std::thread{[this] { context_.run(); }};
    opened.get_future().wait();
  }
  // After all that was handed over so far.
  void end() {
    std::promise<void> over;
    inbox_.push([&] {
      inbox_.close();
      over.set_value();
    });
    over.get_future().wait();
  }
  void finish() {
    if (!thread_.joinable())
      return;
    work_.reset();
    thread_.join();
  }

  asio::io_context context_{1};
  thread_inbox inbox_{context_};
  std::optional<asio::executor_work_guard<asio::io_context::executor_type>> work_{context_.get_executor()};
  std::thread thread_;
};

}  // namespace

TEST_F(ThreadInbox, RunsWhatOtherThreadsHandItOnItsOwnInTheirOrder) {
  constexpr int each = 1000;
  begin();
  std::vector<std::vector<int>> seen(3);
  std::vector<std::thread> others;
  for (auto& mine : seen)
    others.emplace_back([&] {
      for (int i = 0; i < each; ++i)
        inbox_.push([&, i] {
          EXPECT_EQ(std::this_thread::get_id(), thread_.get_id());
          mine.push_back(i);
        });
    });
  for (auto& other : others)
    other.join();
  end();
  for (const auto& mine : seen) {
    ASSERT_EQ(mine.size(), each);
    EXPECT_TRUE(std::ranges::is_sorted(mine));
  }
}

TEST_F(ThreadInbox, RunsWhatItsOwnThreadHandsIt) {
  begin();
  std::promise<thread_inbox*> found;
  inbox_.push([&] { inbox_.push([&] { found.set_value(thread_inbox::of_this_thread()); }); });
  EXPECT_EQ(found.get_future().get(), &inbox_);
  EXPECT_EQ(thread_inbox::of_this_thread(), nullptr);
  end();
}

TEST_F(ThreadInbox, RunsWhatComesBeforeItOpensAndAfterItHasClosed) {
  int ran = 0;
  inbox_.push([&] { ++ran; });
  begin();
  end();
  inbox_.push([&] { ++ran; });
  finish();
  EXPECT_EQ(ran, 2);
}

TEST_F(ThreadInbox, IsRungForOnceWhereRingsAreHeld) {
  begin();
  std::vector<int> ran;
  const auto push = [&](int i) { inbox_.push([&, i] { ran.push_back(i); }); };
  const auto seen = [&] {  // by what does not go through the inbox
    std::promise<std::size_t> count;
    asio::post(context_, [&] { count.set_value(ran.size()); });
    return count.get_future().get();
  };
  {
    const thread_inbox::hold outer;
    push(0);
    {
      const thread_inbox::hold inner;
      push(1);
    }
    for (int turn = 0; turn < 10; ++turn)  // the bell is looked at between them
      EXPECT_EQ(seen(), 0U);
  }
  end();
  EXPECT_EQ(ran, (std::vector<int>{0, 1}));
}

TEST_F(ThreadInbox, IsRungForThoughRingsAreHeldOnceMuchWaits) {
  begin();
  {
    const thread_inbox::hold no_ring;
    for (std::size_t i = 1; i < thread_inbox::hold::most_held; ++i)
      inbox_.push([] {});
    std::promise<void> ran;
    inbox_.push([&] { ran.set_value(); });
    ran.get_future().wait();
  }
  end();
}

TEST_F(ThreadInbox, RunsWhatWaitsWhenItCloses) {
  begin();
  int ran = 0;
  std::promise<void> held, go_on;
  inbox_.push([&] {
    held.set_value();
    go_on.get_future().wait();
    inbox_.close();
  });
  held.get_future().wait();
  for (int i = 0; i < 10; ++i)
    inbox_.push([&] { ++ran; });
  go_on.set_value();
  finish();
  EXPECT_EQ(ran, 10);
}

}  // namespace chatmesh::http
