// An event stream's socket: nothing is lost or torn however little the peer takes, and a peer that is gone is noticed.
#include "http/send_ring.hpp"
#include "http/sse_stream.hpp"
#include "tests/unit/tcp_pair.hpp"

#include <gtest/gtest.h>

namespace chatmesh::http {

namespace {

using std::chrono::seconds;

constexpr std::string_view head = "HTTP/1.1 200 OK\r\n\r\n";

domain::frame_ptr frame_of(std::string bytes) {
  auto made = std::make_shared<domain::frame>();
  made->bytes = std::move(bytes);
  made->text_size = static_cast<std::uint32_t>(made->bytes.size());
  return made;
}

// Text of which no part looks like another.
std::string long_text() {
  std::string text;
  for (int i = 0; text.size() < 2 * 1024 * 1024; ++i)
    text += std::to_string(i) + "\n";
  return text;
}

// With io_uring, and without.
class SseStream : public ::testing::TestWithParam<bool>, private actors::stream::listener {
protected:
  void SetUp() override {
    if (GetParam() && !ring_.open())
      GTEST_SKIP() << "no io_uring here";
  }

  ~SseStream() override {
    if (stream_)
      stream_->close(false);
  }

  void open(seconds stalled = seconds{0}, bool http_1_0 = false) {
    stream_ = std::make_shared<sse_stream>(std::move(pair_.server), stream_thread{pair_.context, ring_, watch_},
                                           std::string{head}, http_1_0, stalled);
    stream_->start(*this);
  }
  void send(const domain::frame_ptr& frame) { stream_->send({&frame, 1}); }
  // As the relay does for what many get.
  void share(const domain::frame_ptr& frame) {
    stream_->send_shared({&frame, 1}, frame);
    ring_.submit();
  }

  tcp_pair pair_{true};
  send_ring ring_;
  stream_watch watch_{pair_.context};
  std::shared_ptr<sse_stream> stream_;
  int writable_ = 0;
  bool closed_ = false;

private:
  void on_writable() override { ++writable_; }
  void on_closed() override { closed_ = true; }
};

}  // namespace

TEST_P(SseStream, WritesItsHeadWithTheFirstFrame) {
  open();
  EXPECT_EQ(pair_.received(), "");
  send(frame_of("hello"));
  std::string all;
  pair_.until("both", [&] { return (all += pair_.received()).size() >= head.size() + 5; });
  EXPECT_EQ(all, std::string{head} + "hello");
  EXPECT_TRUE(stream_->ready());
}

TEST_P(SseStream, KeepsWhatThePeerDoesNotTakeAndFinishesItLater) {
  open();
  send(frame_of("hello"));
  const auto text = long_text();
  share(frame_of(text));
  ASSERT_FALSE(stream_->ready()) << "no buffer takes so much at once";
  EXPECT_EQ(writable_, 0);
  std::string all;
  pair_.until("all of it", [&] {
    all += pair_.received();
    return writable_ == 1 && all.size() >= head.size() + 5 + text.size();
  });
  EXPECT_TRUE(stream_->ready());
  share(frame_of("end"));
  pair_.until("what follows", [&] { return (all += pair_.received()).ends_with("end"); });
  EXPECT_TRUE(all == std::string{head} + "hello" + text + "end");
  EXPECT_FALSE(closed_);
}

// The ring has not been told to send yet when more comes, or the end; and what it has is more than the peer takes.
TEST_P(SseStream, LosesNothingThatComesBehindASendThatIsCutShort) {
  open();
  send(frame_of("hello"));
  const auto text = long_text();
  const auto put = [this](const std::string& bytes) {
    const auto frame = frame_of(bytes);
    stream_->send_shared({&frame, 1}, frame);
  };
  put(text);
  put("second");
  send(frame_of("third"));
  stream_->close(true);
  const auto expected = std::string{head} + "hello" + text + "secondthird0\r\n\r\n";
  std::string all;
  pair_.until("all of it", [&] { return (all += pair_.received()).size() >= expected.size(); });
  EXPECT_TRUE(all == expected);
}

TEST_P(SseStream, GathersManyFramesInOrder) {
  open();
  std::vector<domain::frame_ptr> frames;
  std::string expected{head};
  for (int i = 0; i < 500; ++i) {
    frames.push_back(frame_of(std::to_string(i) + std::string(1000, '.')));
    expected += frames.back()->bytes;
  }
  stream_->send(frames);
  std::string all;
  pair_.until("all of them", [&] { return (all += pair_.received()).size() >= expected.size(); });
  EXPECT_TRUE(all == expected);
}

TEST_P(SseStream, ClosesAPeerThatTakesNothing) {
  open(seconds{1});
  send(frame_of("hello"));
  share(frame_of(long_text()));
  ASSERT_FALSE(stream_->ready());
  pair_.until("its end", [this] { return closed_; });
}

TEST_P(SseStream, NoticesThatItsPeerLeft) {
  open();
  send(frame_of("hello"));
  pair_.until("hello", [this] { return !pair_.received().empty(); });  // a close with bytes unread would be a reset
  pair_.client.close();
  pair_.until("its end", [this] { return closed_; });
  EXPECT_FALSE(stream_->ready());
}

TEST_P(SseStream, NoticesThatItsPeerWasReset) {
  open();
  send(frame_of("hello"));
  pair_.reset();
  pair_.until("its end", [this] { return closed_; });
}

TEST_P(SseStream, NoticesThatAPeerLeftWhichHadTakenNothing) {
  open();
  send(frame_of("hello"));
  share(frame_of(long_text()));
  pair_.reset();
  pair_.until("its end", [this] { return closed_; });
}

TEST_P(SseStream, FlushesWhatItKeptBeforeItCloses) {
  open();
  send(frame_of("hello"));
  const auto text = long_text();
  share(frame_of(text));
  stream_->close(true);
  std::string all;
  pair_.until("its end", [&] {
    all += pair_.received();
    return pair_.ended;
  });
  EXPECT_TRUE(all == std::string{head} + "hello" + text + "0\r\n\r\n");
}

TEST_P(SseStream, EndsWithoutAChunkForAnOldPeer) {
  open(seconds{0}, true);
  send(frame_of("hello"));
  stream_->close(true);
  std::string all;
  pair_.until("its end", [&] {
    all += pair_.received();
    return pair_.ended;
  });
  EXPECT_EQ(all, std::string{head} + "hello");
}

INSTANTIATE_TEST_SUITE_P(Plain, SseStream, ::testing::Values(false));
INSTANTIATE_TEST_SUITE_P(Ring, SseStream, ::testing::Values(true));

}  // namespace chatmesh::http
