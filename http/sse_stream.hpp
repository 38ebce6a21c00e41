// An event stream's socket (protocol §4), as the connection actor drives it. Lives on the io thread that owns the
// socket.
#pragma once

#include "actors/stream.hpp"
#include "http/send_ring.hpp"
#include "http/socket.hpp"
#include "http/stream_watch.hpp"

#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

struct iovec;

namespace chatmesh::http {

// Always owned by a shared_ptr: a timer that is over finds it still there, and nothing to do after close(). An idle one
// is small: what only some need, only some have.
class sse_stream final : public actors::stream,
                         public std::enable_shared_from_this<sse_stream>,
                         private send_ring::sender,
                         private stream_watch::watched {
public:
  // `head` is the response's header, written together with the first frames. `stalled_timeout`: a peer that takes
  // nothing for so long is closed; 0 = never. HTTP/1.0 gets plain text until close, 1.1 gets chunks. `thread`
  // is the socket's and outlives the stream.
  sse_stream(tcp_socket socket, stream_thread thread, std::string head, bool http_1_0,
             std::chrono::seconds stalled_timeout);
  ~sse_stream() override;

  void start(listener&) override;
  void send(std::span<const domain::frame_ptr> frames) override;
  void send_shared(std::span<const domain::frame_ptr> events, const domain::frame_ptr& joined) override;
  void caught_up(domain::cursor, std::uint64_t) override {}
  void close(bool flush) override;

private:
  std::string_view text_of(const domain::frame& f) const { return http_1_0_ ? f.text() : f.chunk(); }

  void cut_short(const domain::frame_ptr& frame, int result) override;
  void settle();
  bool write();
  std::optional<std::size_t> gather(iovec* parts, std::size_t count);
  void skip(std::size_t& done, std::size_t sent);
  void wait_for_room();
  void on_room() override;
  void finish();
  void shut();
  void arm(std::chrono::seconds limit);
  void on_input() override;
  void unwatch();
  bool peer_answers();
  void lose();

  // What every delivery looks at stands together.
  int fd_;
  bool http_1_0_;
  bool waiting_ = false;
  bool closing_ = false;
  bool lost_ = false;
  stream_thread thread_;
  std::uint64_t round_ = 0;              // of the ring, in which it has a send of ours
  std::vector<domain::frame_ptr> kept_;  // not out yet, the first from offset_
  std::size_t offset_ = 0;
  std::chrono::seconds probed_;  // of the coarse monotonic clock

  std::optional<stream_watch::slot> watched_;
  listener* on_ = nullptr;
  std::unique_ptr<boost::asio::steady_timer> timer_;  // while there is something to wait for
  std::uint32_t armed_ = 0;                           // how often the timer was
  std::uint32_t input_ = 0;
  std::chrono::seconds stalled_;
};

}  // namespace chatmesh::http
