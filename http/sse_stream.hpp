// An event stream's socket (protocol §4), as the connection actor drives it. Lives on the io thread that owns the
// socket.
#pragma once

#include "actors/stream.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <chrono>
#include <memory>
#include <string>

namespace chatmesh::http {

class sse_stream final : public actors::stream {
public:
  // `head` is the response's header, written together with the first frames. `stalled_timeout`: a peer that takes
  // nothing for so long is closed; 0 = never. HTTP/1.0 gets plain text until close, 1.1 gets chunks.
  sse_stream(boost::asio::ip::tcp::socket socket, std::string head, bool http_1_0,
             std::chrono::seconds stalled_timeout);
  ~sse_stream() override;

  void start(listener) override;
  bool send(std::span<const domain::frame_ptr> frames) override;
  void caught_up(domain::cursor position, std::uint64_t head) override;
  void close(bool flush) override;

private:
  class channel;
  std::shared_ptr<channel> channel_;  // shared with the socket's pending operations only
};

}  // namespace chatmesh::http
