#include "http/sse_stream.hpp"

#include "http/send_ring.hpp"

#include <boost/asio/steady_timer.hpp>

#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <array>
#include <optional>
#include <utility>
#include <vector>

namespace chatmesh::http {

namespace {

using boost::asio::ip::tcp;
using boost::system::error_code;
using std::chrono::steady_clock;

constexpr std::size_t max_gather = 64;              // buffers of one sendmsg
constexpr std::size_t max_input = 64 * 1024;        // bytes that a peer may send on a stream, in all; they are dropped
constexpr std::chrono::seconds flush_timeout{5};    // for the goodbye
constexpr std::chrono::seconds linger_timeout{2};   // for the peer's FIN after ours
constexpr std::chrono::seconds probe_interval{10};  // between two looks at the peer's acknowledgements
constexpr std::chrono::seconds silence_limit{45};   // data is on the way and nothing was acknowledged for so long: dead
constexpr int keepalive_idle_s = 30, keepalive_interval_s = 10, keepalive_count = 3;

const domain::frame_ptr& last_chunk() {
  static const domain::frame_ptr frame = [] {
    auto f = std::make_shared<domain::frame>();
    f->bytes = "0\r\n\r\n";
    return f;
  }();
  return frame;
}

void keep_alive(tcp::socket& socket) {
  const auto fd = socket.native_handle();
  const auto set = [fd](int level, int name, int value) { ::setsockopt(fd, level, name, &value, sizeof value); };
  set(SOL_SOCKET, SO_KEEPALIVE, 1);
  set(IPPROTO_TCP, TCP_KEEPIDLE, keepalive_idle_s);
  set(IPPROTO_TCP, TCP_KEEPINTVL, keepalive_interval_s);
  set(IPPROTO_TCP, TCP_KEEPCNT, keepalive_count);
}

}  // namespace

// Everything that pending socket operations refer to; after shut() they find nothing to do. An idle one is small: what
// only some need, only some have.
class sse_stream::channel final : public std::enable_shared_from_this<channel>, private send_ring::sender {
public:
  channel(tcp::socket socket, send_ring& ring, std::string head, bool http_1_0, std::chrono::seconds stalled)
      : socket_(std::move(socket)), ring_(ring), stalled_(stalled), http_1_0_(http_1_0) {
    auto frame = std::make_shared<domain::frame>();
    frame->bytes = std::move(head);
    frame->text_size = static_cast<std::uint32_t>(frame->bytes.size());
    kept_.push_back(std::move(frame));
    error_code ignored;
    socket_.non_blocking(true, ignored);
    keep_alive(socket_);
  }

  void start(listener& on) {
    on_ = &on;
    watch_peer();
  }

  bool ready() const { return !waiting_ && !lost_; }

  void send(std::span<const domain::frame_ptr> frames) {
    if (!settle())
      return;
    kept_.insert(kept_.end(), frames.begin(), frames.end());
    if (!peer_answers())
      lose();
    else if (!write())
      wait_for_room();
  }

  void send_shared(const domain::frame_ptr& frame) {
    if (!ring_.active() || !kept_.empty())
      return send({&frame, 1});
    if (!settle())
      return;
    if (!peer_answers())
      return lose();
    round_ = ring_.round();
    ring_.push(*this, socket_.native_handle(), frame, text_of(*frame));
  }

  void close(bool flush) {
    settle();
    if (!flush)
      return shut();
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

  void shut() {
    settle();
    on_ = nullptr;
    lost_ = true;
    error_code ignored;
    timer_.reset();
    socket_.close(ignored);
    kept_.clear();
  }

private:
  std::string_view text_of(const domain::frame& f) const { return http_1_0_ ? f.text() : f.chunk(); }

  // A send that waits in the ring goes first. Answers ready().
  bool settle() {
    if (round_ == ring_.round())
      ring_.submit();
    return ready();
  }

  void cut_short(const domain::frame_ptr& frame, int result) override {
    if (lost_)
      return;
    if (result < 0 && result != -EAGAIN && result != -EINTR && result != -ENOBUFS)
      return lose();
    kept_.push_back(frame);
    offset_ = result > 0 ? static_cast<std::size_t>(result) : 0;
    wait_for_room();
  }

  // True when nothing is left. A failed write loses the peer, and leaves nothing either.
  bool write() {
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
  std::optional<std::size_t> gather(iovec* parts, std::size_t count) {
    msghdr message{};
    message.msg_iov = parts;
    message.msg_iovlen = count;
    ssize_t n = -1;
    do {
      n = ::sendmsg(socket_.native_handle(), &message, MSG_DONTWAIT | MSG_NOSIGNAL);
    } while (n < 0 && errno == EINTR);
    if (n >= 0)
      return static_cast<std::size_t>(n);
    return errno == EAGAIN || errno == EWOULDBLOCK || errno == ENOBUFS ? std::optional<std::size_t>{0} : std::nullopt;
  }

  void skip(std::size_t& done, std::size_t sent) {
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

  void wait_for_room() {
    if (lost_ || waiting_)
      return;
    waiting_ = true;
    if (closing_)
      arm(flush_timeout);
    else if (stalled_.count() > 0)
      arm(stalled_);
    socket_.async_wait(tcp::socket::wait_write, [self = shared_from_this()](error_code error) {
      if (!error)
        self->on_room();
    });
  }

  void on_room() {
    if (lost_)
      return;
    waiting_ = false;
    timer_.reset();
    if (!write())
      wait_for_room();
    else if (closing_)
      finish();
    else if (on_)
      on_->on_writable();
  }

  // All is out: tell the peer, and wait for its FIN, so that unread input doesn't turn our close into a reset that
  // takes the goodbye along (RFC 9112, 9.6).
  void finish() {
    if (lost_)
      return;
    error_code ignored;
    socket_.shutdown(tcp::socket::shutdown_send, ignored);
    arm(linger_timeout);
  }

  void arm(std::chrono::seconds limit) {
    timer_ = std::make_unique<boost::asio::steady_timer>(socket_.get_executor(), limit);
    timer_->async_wait([self = shared_from_this()](error_code error) {
      if (!error)
        self->lose();
    });
  }

  void watch_peer() {
    socket_.async_wait(tcp::socket::wait_read, [self = shared_from_this()](error_code error) {
      if (!error && !self->lost_)
        self->on_input();
    });
  }

  void on_input() {
    std::array<char, 4096> dropped;
    const auto n = ::recv(socket_.native_handle(), dropped.data(), dropped.size(), MSG_DONTWAIT);
    const bool nothing_yet = n < 0 && (errno == EAGAIN || errno == EINTR);
    if (n > 0)
      input_ += static_cast<std::size_t>(n);
    if ((n > 0 && input_ <= max_input) || nothing_yet)
      watch_peer();
    else
      lose();
  }

  // Keepalive probes pause while data is on the way, and heartbeats always are: so a vanished peer shows by its
  // silence. A peer with a closed window still acknowledges: it is slow, not dead.
  bool peer_answers() {
    const auto now = steady_clock::now();
    if (now - probed_ < probe_interval)
      return true;
    probed_ = now;
    tcp_info info{};
    socklen_t size = sizeof info;
    if (::getsockopt(socket_.native_handle(), IPPROTO_TCP, TCP_INFO, &info, &size) != 0)
      return true;  // the write will tell
    return info.tcpi_unacked == 0 || std::chrono::milliseconds{info.tcpi_last_ack_recv} < silence_limit;
  }

  // The peer is gone: no byte follows.
  void lose() {
    lost_ = true;
    if (auto* on = std::exchange(on_, nullptr))
      on->on_closed();
  }

  tcp::socket socket_;
  send_ring& ring_;
  std::unique_ptr<boost::asio::steady_timer> timer_;  // while there is something to wait for
  listener* on_ = nullptr;
  std::vector<domain::frame_ptr> kept_;  // not out yet, the first from offset_
  std::size_t offset_ = 0;
  std::uint64_t round_ = 0;  // of the ring, in which it has a send of ours
  std::size_t input_ = 0;
  steady_clock::time_point probed_ = steady_clock::now();
  std::chrono::seconds stalled_;
  bool http_1_0_;
  bool waiting_ = false;
  bool closing_ = false;
  bool lost_ = false;
};

sse_stream::sse_stream(tcp::socket socket, send_ring& ring, std::string head, bool http_1_0,
                       std::chrono::seconds stalled_timeout)
    : channel_(std::make_shared<channel>(std::move(socket), ring, std::move(head), http_1_0, stalled_timeout)) {}

sse_stream::~sse_stream() {
  channel_->shut();
}

void sse_stream::start(listener& on) {
  channel_->start(on);
}

bool sse_stream::ready() const {
  return channel_->ready();
}

void sse_stream::send(std::span<const domain::frame_ptr> frames) {
  channel_->send(frames);
}

void sse_stream::send_shared(std::span<const domain::frame_ptr>, const domain::frame_ptr& joined) {
  channel_->send_shared(joined);
}

void sse_stream::close(bool flush) {
  channel_->close(flush);
}

}  // namespace chatmesh::http
