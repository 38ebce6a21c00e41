// Two ends of a TCP connection on this machine, driven by the test's own thread.
#pragma once

#include "http/socket.hpp"
#include "tests/support/wait.hpp"

#include <array>
#include <string>
#include <utility>

namespace chatmesh::http {

class tcp_pair {
public:
  using socket = tcp_socket;

  // `small`: the buffers between them hold little.
  explicit tcp_pair(bool small = false) : server(context), client(context) {
    using boost::asio::ip::tcp;
    tcp::acceptor acceptor{context, {boost::asio::ip::address_v4::loopback(), 0}};
    client.open(tcp::v4());
    if (small)
      client.set_option(boost::asio::socket_base::receive_buffer_size{4 * 1024});
    client.connect(acceptor.local_endpoint());
    server = acceptor.accept(context);
    if (small)
      server.set_option(boost::asio::socket_base::send_buffer_size{4 * 1024});
    client.non_blocking(true);
  }

  // Lets everything run that can, again and again, until the condition holds.
  template <class Condition>
  void until(const std::string& what, Condition holds) {
    test::eventually(what, [&] {
      context.restart();
      context.poll();
      return holds();
    });
  }

  // What the client has received since the last call.
  std::string received() {
    std::string all;
    std::array<char, 64 * 1024> piece;
    boost::system::error_code error;
    for (auto n = client.read_some(boost::asio::buffer(piece), error); !error;
         n = client.read_some(boost::asio::buffer(piece), error)) {
      all.append(piece.data(), n);
      context.restart();
      context.poll();
    }
    ended = error == boost::asio::error::eof;
    return all;
  }

  void reset() {
    client.set_option(boost::asio::socket_base::linger{true, 0});
    client.close();
  }

  boost::asio::io_context context{1};
  socket server, client;
  bool ended = false;  // the server's FIN was received
};

}  // namespace chatmesh::http
