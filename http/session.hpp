// One client's connection: reads requests one after the other, answers each, until either side has enough.
#pragma once

#include "http/io_thread.hpp"
#include "http/message.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>

#include <chrono>
#include <memory>

namespace chatmesh::http {

// Lives on its io thread, kept alive by its own coroutine. Every wait for the peer has a deadline: header_timeout,
// body_timeout, idle_timeout and write_timeout of the settings.
class session final : public open_session, public std::enable_shared_from_this<session> {
public:
  // On the io thread. `services` and `router` outlive it. Runs until the connection ends. `over_limit`: there is no
  // room for it, which its first request is told.
  static void start(tcp_socket, asio::ip::address remote, io_thread&, services&, const router&, bool over_limit);

  session(tcp_socket, asio::ip::address remote, io_thread&, services&, const router&, bool over_limit);

  void finish() override;
  void abort() override;

private:
  using clock = std::chrono::steady_clock;
  enum class next { request, linger, close, taken };
  struct incoming;  // one request while it is read

  static asio::awaitable<void> run(std::shared_ptr<session>);
  asio::awaitable<next> serve_one();

  // The size of the next request's head, which then stands at the front of the buffer; 0: there is no next request.
  asio::awaitable<std::size_t> read_head();
  asio::awaitable<void> read_request(incoming&, std::size_t head_size);
  asio::awaitable<void> write(response_message);
  // Reads on what the peer still sends: closing at once would reset the connection, and the answer might get lost.
  asio::awaitable<void> linger();

  // Ends the wait that follows after `limit`, by an error and timed_out_, and every other until it is called again.
  void expire_after(std::chrono::milliseconds limit);
  void never_expire() { deadline_ = clock::time_point::max(); }
  void watch();
  void close();

  tcp_socket socket_;
  io_thread& thread_;
  services& services_;
  const router& router_;
  boost::beast::flat_buffer buffer_;
  const asio::ip::address remote_;
  const bool over_limit_;
  bool first_ = true;
  bool idle_ = false;       // waits for the first byte of a request
  bool finishing_ = false;  // no further request

  // One timer for all deadlines: it is only set anew where a deadline comes earlier than the timer would.
  asio::steady_timer timer_;
  clock::time_point deadline_ = clock::time_point::max();
  clock::time_point armed_ = clock::time_point::max();
  bool timed_out_ = false;
};

}  // namespace chatmesh::http
