// Takes connections and hands them to the io threads in turn.
#pragma once

#include "http/io_thread.hpp"
#include "http/metrics.hpp"
#include "http/socket.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace chatmesh::http {

// What there is for one more connection.
enum class room : std::uint8_t {
  ample,
  reserve,  // it is over the limit: its first request is told so
  none      // it gets a 503 and is closed, whatever it asks for
};

// Lives on the first of its threads. Survives running out of descriptors or memory: it waits, then goes on.
class listener : public std::enable_shared_from_this<listener> {
public:
  struct setup {
    std::string address;
    std::uint16_t port = 0;
    std::vector<io_thread*> threads;  // outlive the listener
    // Called on that thread, with the peer's address.
    std::function<void(tcp_socket, asio::ip::address, io_thread&, bool over_limit)> on_socket;
    std::function<http::room()> room;  // asked for every socket
    http::metrics* metrics = nullptr;
    std::function<bool()> busy = [] { return false; };  // no time for another one just now; asked for every socket
  };

  // Binds and listens. Throws std::runtime_error that names the address.
  explicit listener(setup);

  std::uint16_t port() const { return port_; }

  void start();

  // Any thread but the listener's own; when it returns no further connection is taken. Needs a running thread.
  void stop();

private:
  void inherit_options();
  void accept();
  void give_way();
  void on_accept(boost::system::error_code, tcp_socket, io_thread&);
  void hand_over(tcp_socket, io_thread&);
  static void refuse(tcp_socket);
  void back_off(boost::system::error_code);

  setup setup_;
  asio::ip::tcp::acceptor acceptor_;
  asio::ip::tcp::endpoint peer_;  // of the connection that is being taken
  asio::steady_timer pause_;
  std::uint16_t port_ = 0;
  std::size_t turn_ = 0;
  int gave_way_ = 0;  // times in a row
  std::chrono::steady_clock::time_point logged_{};
};

}  // namespace chatmesh::http
