#include "http/listener.hpp"

#include "http/message.hpp"
#include "http/problem.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <boost/beast/http/write.hpp>
#include <spdlog/spdlog.h>

#include <netinet/tcp.h>
#include <sys/socket.h>

#include <future>
#include <sstream>
#include <stdexcept>

namespace chatmesh::http {

using asio::ip::tcp;

namespace {

constexpr int backlog = 4096;
constexpr int keepalive_idle_s = 30, keepalive_interval_s = 10, keepalive_count = 3;
constexpr int defer_accept_s = 1;  // a connection that says nothing is taken after this; one that asks, when it does
constexpr std::chrono::milliseconds shortage_pause{50};
constexpr std::chrono::seconds log_interval{1};
constexpr std::chrono::microseconds give_way_pause{200};
constexpr int max_giving_way = 100;  // times in a row: a database that answers nobody must not shut the door

std::string busy_answer() {
  request unread;
  unread.request_id = domain::id::make().to_string();
  answer busy;
  busy.response = to_response(unavailable("The server has as many connections as it may have; try again later."),
                              unread.request_id);
  std::ostringstream text;
  text << make_message(std::move(busy), unread, false);
  return std::move(text).str();
}

}  // namespace

listener::listener(setup s)
    : setup_(std::move(s)), acceptor_(setup_.threads.front()->context()), pause_(acceptor_.get_executor()) {
  try {
    const tcp::endpoint endpoint{asio::ip::make_address(setup_.address), setup_.port};
    acceptor_.open(endpoint.protocol());
    acceptor_.set_option(tcp::acceptor::reuse_address(true));
    acceptor_.bind(endpoint);
    inherit_options();
    acceptor_.listen(backlog);
    port_ = acceptor_.local_endpoint().port();
  } catch (const boost::system::system_error& error) {
    throw std::runtime_error("can't listen on " + setup_.address + " port " + std::to_string(setup_.port) + ": " +
                             error.code().message());
  }
}

// Linux hands these on to each accepted socket: that saves five calls a connection. Keepalive finds the peer that
// vanished without a word.
void listener::inherit_options() {
  acceptor_.set_option(tcp::no_delay(true));
  acceptor_.set_option(asio::socket_base::keep_alive(true));
  const auto set = [fd = acceptor_.native_handle()](int name, int value) {
    ::setsockopt(fd, IPPROTO_TCP, name, &value, sizeof value);
  };
  set(TCP_KEEPIDLE, keepalive_idle_s);
  set(TCP_KEEPINTVL, keepalive_interval_s);
  set(TCP_KEEPCNT, keepalive_count);
  set(TCP_DEFER_ACCEPT, defer_accept_s);
}

void listener::start() {
  asio::post(acceptor_.get_executor(), [self = shared_from_this()] { self->accept(); });
}

void listener::stop() {
  std::promise<void> closed;
  asio::post(acceptor_.get_executor(), [this, &closed] {
    boost::system::error_code ignored;
    acceptor_.close(ignored);
    pause_.cancel();
    closed.set_value();
  });
  closed.get_future().wait();
}

void listener::accept() {
  if (!acceptor_.is_open())
    return;
  if (setup_.busy() && gave_way_ < max_giving_way)
    return give_way();
  gave_way_ = 0;
  auto& thread = *setup_.threads[turn_++ % setup_.threads.size()];
  acceptor_.async_accept(thread.context(), peer_, [self = shared_from_this(), &thread](auto error, tcp_socket socket) {
    self->on_accept(error, std::move(socket), thread);
  });
}

// All come back at once: whoever is let in waits in the kernel's queue rather than in ours, where requests of those who
// are here already would wait behind them.
void listener::give_way() {
  ++gave_way_;
  pause_.expires_after(give_way_pause);
  pause_.async_wait([self = shared_from_this()](boost::system::error_code cancelled) {
    if (!cancelled)
      self->accept();
  });
}

void listener::on_accept(boost::system::error_code error, tcp_socket socket, io_thread& thread) {
  if (!acceptor_.is_open())
    return;
  // A connection that the peer gave up while it waited is no trouble of ours.
  const bool given_up = error == asio::error::connection_aborted || error == asio::error::connection_reset;
  if (error && !given_up)
    return back_off(error);
  if (!error)
    hand_over(std::move(socket), thread);
  accept();
}

void listener::hand_over(tcp_socket socket, io_thread& thread) {
  const auto room = setup_.room();
  if (room == room::ample)
    setup_.metrics->accepted();
  else
    setup_.metrics->refused_connection();
  if (room == room::none)
    return refuse(std::move(socket));
  const bool over_limit = room != room::ample;
  if (&thread == setup_.threads.front())
    return setup_.on_socket(std::move(socket), peer_.address(), thread, over_limit);
  auto there = [self = shared_from_this(), socket = std::move(socket), peer = peer_.address(), &thread,
                over_limit]() mutable { self->setup_.on_socket(std::move(socket), peer, thread, over_limit); };
  asio::post(thread.context(), std::move(there));
}

// A new socket's buffer takes so few bytes at once, or the peer gets no answer: the acceptor waits for no one.
void listener::refuse(tcp_socket socket) {
  boost::system::error_code ignored;
  socket.non_blocking(true, ignored);
  socket.write_some(asio::buffer(busy_answer()), ignored);
  socket.shutdown(tcp_socket::shutdown_send, ignored);
}

// Out of descriptors or memory, most likely: the connections wait in the kernel's queue meanwhile.
void listener::back_off(boost::system::error_code error) {
  const auto now = std::chrono::steady_clock::now();
  if (now - logged_ >= log_interval) {
    logged_ = now;
    spdlog::warn("can't take connections: {}", error.message());
  }
  pause_.expires_after(shortage_pause);
  pause_.async_wait([self = shared_from_this()](boost::system::error_code cancelled) {
    if (!cancelled)
      self->accept();
  });
}

}  // namespace chatmesh::http
