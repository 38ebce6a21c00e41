// The streams' sockets: none is forgotten, none speaks after its end, and many of them leave room for others.
#include "http/stream_watch.hpp"

#include <boost/asio/post.hpp>
#include <gtest/gtest.h>

#include <sys/socket.h>
#include <unistd.h>

#include <functional>
#include <list>
#include <optional>
#include <stdexcept>
#include <utility>

namespace chatmesh::http {
namespace {

class StreamWatch : public ::testing::Test {
protected:
  struct end final : stream_watch::watched {
    end() {
      if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair) != 0)
        throw std::runtime_error("no socket pair");
    }
    ~end() {
      ::close(pair[0]);
      ::close(pair[1]);
    }
    void on_input() override {
      ++inputs;
      char dropped[16];
      static_cast<void>(::read(pair[0], dropped, sizeof dropped));
      if (then)
        then();
    }
    void on_room() override { ++rooms; }
    void write() { ASSERT_EQ(::write(pair[1], "x", 1), 1); }

    int pair[2];
    std::optional<stream_watch::slot> at;
    int inputs = 0, rooms = 0;
    std::function<void()> then;
  };

  end& add() {
    auto& made = all_.emplace_back();
    made.at = watch_.add(made.pair[0], made);
    return made;
  }
  void remove(end& e) { watch_.remove(*std::exchange(e.at, std::nullopt)); }
  int told() const {
    int sum = 0;
    for (const auto& each : all_)
      sum += each.inputs;
    return sum;
  }
  void poll() {
    context_.restart();
    context_.poll();
  }

  boost::asio::io_context context_{1};
  stream_watch watch_{context_};
  std::list<end> all_;
};

TEST_F(StreamWatch, TellsOfInputAsOftenAsItComes) {
  auto& one = add();
  auto& other = add();
  poll();
  EXPECT_EQ(told(), 0);
  one.write();
  poll();
  one.write();
  poll();
  EXPECT_EQ(one.inputs, 2);
  EXPECT_EQ(other.inputs, 0);
}

TEST_F(StreamWatch, TellsOfRoomWhileItIsWanted) {
  auto& one = add();
  poll();
  EXPECT_EQ(one.rooms, 0);
  watch_.want_room(*one.at, true);
  context_.restart();
  context_.run_one();
  EXPECT_EQ(one.rooms, 1);
  watch_.want_room(*one.at, false);
  poll();
  EXPECT_EQ(one.rooms, 1);
}

TEST_F(StreamWatch, LetsOtherWorkInBetweenManySockets) {
  constexpr int count = 100;
  for (int i = 0; i < count; ++i)
    add().write();
  int others = 0;
  for (int turns = 0; told() < count; ++turns) {
    ASSERT_LT(turns, count);
    const int before = told();
    boost::asio::post(context_, [&others] { ++others; });
    context_.restart();
    context_.poll_one();
    ASSERT_LE(told() - before, 32);
  }
  EXPECT_GE(others, 3);
}

TEST_F(StreamWatch, SaysNothingOfASocketThatLeftInTheSameTurn) {
  auto& one = add();
  auto& other = add();
  end* in_its_place = nullptr;
  const auto leave = [&](end& who) {
    return [&] {
      remove(who);
      in_its_place = &add();
    };
  };
  one.then = leave(other);
  other.then = leave(one);
  one.write();
  other.write();
  poll();
  EXPECT_EQ(one.inputs + other.inputs, 1);
  ASSERT_NE(in_its_place, nullptr);
  EXPECT_EQ(in_its_place->inputs, 0);
  in_its_place->write();
  poll();
  EXPECT_EQ(in_its_place->inputs, 1);
}

TEST_F(StreamWatch, KeepsItsThreadNoLongerThanThereAreSockets) {
  auto& one = add();
  one.then = [&] { remove(one); };
  one.write();
  context_.restart();
  context_.run();  // returns
  auto& next = add();
  next.write();
  next.then = [&] { remove(next); };
  context_.restart();
  context_.run();
  EXPECT_EQ(next.inputs, 1);
}

}  // namespace
}  // namespace chatmesh::http
