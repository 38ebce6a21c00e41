// A long poll: what it gathers, and that it waits for nobody who has gone.
#include "http/poll_stream.hpp"
#include "tests/unit/tcp_pair.hpp"

#include <boost/asio/buffer.hpp>
#include <gtest/gtest.h>

namespace chatmesh::http {

namespace {

class PollStream : public ::testing::Test, private actors::stream::listener {
protected:
  // Begins to wait, as for a client that is at the head.
  poll_stream& wait(std::chrono::seconds limit) {
    stream_ = std::make_unique<poll_stream>(pair_.context.get_executor(), &pair_.server, 100, limit,
                                            [this](auto answer) { answer_ = std::move(answer); });
    stream_->start(*this);
    stream_->caught_up({1, 7}, 7);
    return *stream_;
  }

  tcp_pair pair_;
  std::unique_ptr<poll_stream> stream_;
  std::optional<poll_answer> answer_;
  bool closed_ = false;

private:
  void on_writable() override {}
  void on_closed() override { closed_ = true; }
};

}  // namespace

TEST_F(PollStream, EndsAtOnceWhenItsClientIsGone) {
  wait(std::chrono::hours{10});
  pair_.client.close();
  pair_.until("the end", [this] { return closed_; });
  ASSERT_TRUE(answer_);
  EXPECT_EQ(answer_->cursor, "00000001-7");
}

TEST_F(PollStream, EndsAtOnceWhenItsClientResets) {
  wait(std::chrono::hours{10});
  pair_.reset();
  pair_.until("the end", [this] { return closed_; });
}

TEST_F(PollStream, EndsWhenItsOwnSideCloses) {
  wait(std::chrono::hours{10});
  pair_.server.close();
  pair_.until("the end", [this] { return closed_; });
}

TEST_F(PollStream, TakesTheNextRequestForNoEnd) {
  wait(std::chrono::seconds{1});
  pair_.client.write_some(boost::asio::buffer("GET / HTTP/1.1\r\n", 16));
  pair_.until("the next request", [this] { return pair_.server.available() == 16; });
  EXPECT_FALSE(closed_);
  pair_.until("the end of the wait", [this] { return closed_; });
  EXPECT_EQ(pair_.server.available(), 16U) << "left for whom it concerns";
}

TEST_F(PollStream, LeavesTheSocketToOthersAfterwards) {
  auto& stream = wait(std::chrono::hours{10});
  stream.close(true);
  EXPECT_TRUE(closed_);
  std::optional<std::size_t> read;
  std::array<char, 4> bytes;
  pair_.server.async_read_some(boost::asio::buffer(bytes), [&](auto error, std::size_t n) {
    EXPECT_FALSE(error) << error.message();
    read = n;
  });
  pair_.client.write_some(boost::asio::buffer("next", 4));
  pair_.until("the read", [&] { return read.has_value(); });
  EXPECT_EQ(read, 4U);
}

TEST_F(PollStream, MergesAdjacentSkips) {
  auto& stream = wait(std::chrono::hours{10});
  const std::array frames{domain::encode_skip(1, 8, 9), domain::encode_skip(1, 10, 10), domain::encode_skip(1, 12, 13)};
  stream.send(frames);
  stream.close(true);
  ASSERT_TRUE(answer_);
  ASSERT_EQ(answer_->skips.size(), 2U);
  EXPECT_EQ(answer_->skips[0].from, 8U);
  EXPECT_EQ(answer_->skips[0].to, 10U);
  EXPECT_EQ(answer_->skips[1].from, 12U);
  EXPECT_EQ(answer_->skips[1].to, 13U);
  EXPECT_EQ(answer_->cursor, "00000000-13");
}

}  // namespace chatmesh::http
