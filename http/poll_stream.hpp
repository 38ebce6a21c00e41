// GET /changes as a stream: the same connection actor, gathering what it would have written until there is an answer.
#pragma once

#include "actors/stream.hpp"
#include "http/peer_watch.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace chatmesh::http {

struct poll_answer {
  struct skip {
    std::uint64_t from = 0, to = 0;
  };
  std::string events;       // JSON texts, separated by commas
  std::vector<skip> skips;  // no two of them adjacent
  std::string reset;        // JSON text of a reset's data; empty for none
  std::string cursor;
  std::uint64_t head = 0;
  std::optional<domain::end_reason> ended;  // the stream was refused or ended before there was anything to tell
};

class poll_stream final : public actors::stream {
public:
  static constexpr std::size_t max_bytes = 1024 * 1024;  // of events; the one that passes it is still in

  // `done` is called once, on the stream's thread; with nothing if the actor went without an answer. `peer`: the socket
  // of the request, which nobody reads until `done` was called; once its client is gone, the wait is over.
  poll_stream(boost::asio::any_io_executor, tcp_socket* peer, std::size_t limit, std::chrono::seconds wait,
              std::function<void(std::optional<poll_answer>)> done);
  ~poll_stream() override;

  void start(listener&) override;
  void send(std::span<const domain::frame_ptr> frames) override;
  void send_shared(std::span<const domain::frame_ptr> events, const domain::frame_ptr&) override { send(events); }
  void caught_up(domain::cursor position, std::uint64_t head) override;
  void close(bool flush) override;

private:
  bool take(const domain::frame&);
  void skip(std::uint64_t from, std::uint64_t to);
  void finish();

  boost::asio::steady_timer timer_;
  tcp_socket* peer_;
  std::optional<peer_watch> watch_;  // while it waits
  std::size_t limit_;
  std::chrono::seconds wait_;
  std::function<void(std::optional<poll_answer>)> done_;
  listener* on_ = nullptr;
  poll_answer answer_;
  std::uint32_t epoch_ = 0;
  std::size_t count_ = 0;
  bool waiting_ = false;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);  // for a timer that has fired but did not run yet
};

}  // namespace chatmesh::http
