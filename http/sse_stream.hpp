// An event stream's socket (protocol §4), as the connection actor drives it. Lives on the io thread that owns the
// socket.
#pragma once

#include "actors/stream.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <chrono>
#include <memory>
#include <string>

namespace chatmesh::http {

class send_ring;

class sse_stream final : public actors::stream {
public:
  // `head` is the response's header, written together with the first frames. `stalled_timeout`: a peer that takes
  // nothing for so long is closed; 0 = never. HTTP/1.0 gets plain text until close, 1.1 gets chunks. `ring` is the one
  // of the socket's thread and outlives the stream.
  sse_stream(boost::asio::ip::tcp::socket socket, send_ring& ring, std::string head, bool http_1_0,
             std::chrono::seconds stalled_timeout);
  ~sse_stream() override;

  void start(listener&) override;
  bool ready() const override;
  void send(std::span<const domain::frame_ptr> frames) override;
  void send_shared(std::span<const domain::frame_ptr> events, const domain::frame_ptr& joined) override;
  void caught_up(domain::cursor, std::uint64_t) override {}
  void close(bool flush) override;

private:
  class channel;
  std::shared_ptr<channel> channel_;  // shared with the socket's pending operations only
};

}  // namespace chatmesh::http
