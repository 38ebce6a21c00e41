#include "http/sse_stream.hpp"

#include "http/send_ring.hpp"

#include <boost/asio/steady_timer.hpp>

#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <array>
#include <ctime>
#include <optional>
#include <utility>
#include <vector>

namespace chatmesh::http {

namespace {

using boost::system::error_code;

constexpr std::size_t max_gather = 64;              // buffers of one sendmsg
constexpr std::uint32_t max_input = 64 * 1024;      // bytes that a peer may send on a stream, in all; they are dropped
constexpr std::chrono::seconds flush_timeout{5};    // for the goodbye
constexpr std::chrono::seconds linger_timeout{2};   // for the peer's FIN after ours
constexpr std::chrono::seconds probe_interval{10};  // between two looks at the peer's acknowledgements
constexpr std::chrono::seconds silence_limit{45};   // data is on the way and nothing was acknowledged for so long: dead

const domain::frame_ptr& last_chunk() {
  static const domain::frame_ptr frame = [] {
    auto f = std::make_shared<domain::frame>();
    f->bytes = "0\r\n\r\n";
    return f;
  }();
  return frame;
}

// Good to some milliseconds, and without a look at the processor's counter.
std::chrono::seconds coarse_now() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
  return std::chrono::seconds{now.tv_sec};
}

}  // namespace

sse_stream::sse_stream(tcp_socket socket, stream_thread thread, std::string head, bool http_1_0,
                       std::chrono::seconds stalled_timeout)
    : fd_(socket.release()), http_1_0_(http_1_0), thread_(thread), probed_(coarse_now()), stalled_(stalled_timeout) {
  auto frame = std::make_shared<domain::frame>();
  frame->bytes = std::move(head);
  frame->text_size = static_cast<std::uint32_t>(frame->bytes.size());
  kept_.push_back(std::move(frame));
}

sse_stream::~sse_stream() {
  shut();
}

void sse_stream::start(listener& on) {
  on_ = &on;
  watched_ = thread_.watch.add(fd_, *this);
}

void sse_stream::send(std::span<const domain::frame_ptr> frames) {
  settle();
  if (lost_)
    return;
  kept_.insert(kept_.end(), frames.begin(), frames.end());
  if (waiting_)
    return;  // the send that went first was cut short just now: on_room() goes on, in order
  if (!peer_answers())
    lose();
  else if (!write())
    wait_for_room();
}

void sse_stream::send_shared(std::span<const domain::frame_ptr>, const domain::frame_ptr& frame) {
  settle();
  if (!kept_.empty())
    return send({&frame, 1});
  if (lost_)
    return;
  if (!peer_answers())
    return lose();
  round_ = thread_.ring.round();
  thread_.ring.push(*this, fd_, frame, text_of(*frame));
}

void sse_stream::close(bool flush) {
  settle();
  if (!flush)
    return shut();
  if (lost_)
    return;  // torn: it must not look whole
  closing_ = true;
  if (!http_1_0_)
    kept_.push_back(last_chunk());
  if (waiting_)
    arm(flush_timeout);
  else if (write())
    finish();
  else
    wait_for_room();
}

void sse_stream::shut() {
  settle();
  on_ = nullptr;
  lost_ = true;
  ready_ = false;
  timer_.reset();
  kept_.clear();
  unwatch();
  if (fd_ >= 0)
    ::close(std::exchange(fd_, -1));
}

// A send that waits in the ring goes first. It may turn out short: then the stream waits for room from here on.
void sse_stream::settle() {
  if (round_ == thread_.ring.round())
    thread_.ring.submit();
}

void sse_stream::cut_short(const domain::frame_ptr& frame, int result) {
  if (lost_)
    return;
  if (result < 0 && result != -EAGAIN && result != -EINTR && result != -ENOBUFS)
    return lose();
  kept_.push_back(frame);
  offset_ = result > 0 ? static_cast<std::size_t>(result) : 0;
  wait_for_room();
}

// True when nothing is left. A failed write loses the peer, and leaves nothing either.
bool sse_stream::write() {
  std::size_t done = 0;
  bool full = true;
  while (full && done < kept_.size()) {
    std::array<iovec, max_gather> parts;
    std::size_t count = 0, total = 0;
    for (auto i = done; i < kept_.size() && count < max_gather; ++i) {
      auto text = text_of(*kept_[i]);
      if (count == 0)
        text.remove_prefix(offset_);
      // NOLINTNEXTLINE(cppcoreguidelines-pro-type-const-cast): iovec knows no const; sending reads only
      parts[count++] = {const_cast<char*>(text.data()), text.size()};
      total += text.size();
    }
    const auto sent = gather(parts.data(), count);
    if (!sent) {
      kept_.clear();
      lose();
      return true;
    }
    full = *sent == total;
    skip(done, *sent);
  }
  kept_.erase(kept_.begin(), kept_.begin() + static_cast<std::ptrdiff_t>(done));
  if (kept_.empty())
    kept_.shrink_to_fit();  // an idle stream keeps no buffer
  return kept_.empty();
}

// Bytes that the kernel took; nothing: the peer is gone.
std::optional<std::size_t> sse_stream::gather(iovec* parts, std::size_t count) {
  msghdr message{};
  message.msg_iov = parts;
  message.msg_iovlen = count;
  ssize_t n = -1;
  do {
    n = ::sendmsg(fd_, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
  } while (n < 0 && errno == EINTR);
  if (n >= 0)
    return static_cast<std::size_t>(n);
  return errno == EAGAIN || errno == EWOULDBLOCK || errno == ENOBUFS ? std::optional<std::size_t>{0} : std::nullopt;
}

void sse_stream::skip(std::size_t& done, std::size_t sent) {
  while (sent > 0) {
    const auto left = text_of(*kept_[done]).size() - offset_;
    if (sent < left) {
      offset_ += sent;
      return;
    }
    sent -= left;
    offset_ = 0;
    ++done;
  }
}

void sse_stream::wait_for_room() {
  if (lost_ || waiting_)
    return;
  waiting_ = true;
  ready_ = false;
  if (closing_)
    arm(flush_timeout);
  else if (stalled_.count() > 0)
    arm(stalled_);
  if (watched_)
    thread_.watch.want_room(*watched_, true);
}

void sse_stream::on_room() {
  if (lost_)
    return;
  waiting_ = false;
  ready_ = true;
  timer_.reset();
  thread_.watch.want_room(*watched_, false);
  if (!write())
    wait_for_room();
  else if (closing_)
    finish();
  else if (on_)
    on_->on_writable();
}

// All is out: tell the peer, and wait for its FIN, so that unread input doesn't turn our close into a reset that
// takes the goodbye along (RFC 9112, 9.6).
void sse_stream::finish() {
  if (lost_)
    return;
  ::shutdown(fd_, SHUT_WR);
  arm(linger_timeout);
}

void sse_stream::arm(std::chrono::seconds limit) {
  timer_ = std::make_unique<boost::asio::steady_timer>(thread_.context, limit);
  // One that has fired already can't be called back: it finds that another was armed, or none is.
  timer_->async_wait([self = shared_from_this(), number = ++armed_](error_code error) {
    if (!error && self->timer_ && self->armed_ == number)
      self->lose();
  });
}

void sse_stream::on_input() {
  std::array<char, 4096> dropped;
  const auto n = ::recv(fd_, dropped.data(), dropped.size(), MSG_DONTWAIT);
  const bool nothing_yet = n < 0 && (errno == EAGAIN || errno == EINTR);
  if (n > 0)
    input_ += static_cast<std::uint32_t>(n);
  if ((n <= 0 || input_ > max_input) && !nothing_yet)
    lose();
}

void sse_stream::unwatch() {
  if (const auto watched = std::exchange(watched_, std::nullopt))
    thread_.watch.remove(*watched);
}

// Keepalive probes pause while data is on the way, and heartbeats always are: so a vanished peer shows by its
// silence. A peer with a closed window still acknowledges: it is slow, not dead.
bool sse_stream::peer_answers() {
  const auto now = coarse_now();
  if (now - probed_ < probe_interval)
    return true;
  probed_ = now;
  tcp_info info{};
  socklen_t size = sizeof info;
  if (::getsockopt(fd_, IPPROTO_TCP, TCP_INFO, &info, &size) != 0)
    return true;  // the write will tell
  return info.tcpi_unacked == 0 || std::chrono::milliseconds{info.tcpi_last_ack_recv} < silence_limit;
}

// The peer is gone: no byte follows.
void sse_stream::lose() {
  lost_ = true;
  ready_ = false;
  unwatch();
  if (auto* on = std::exchange(on_, nullptr))
    on->on_closed();
}

}  // namespace chatmesh::http
