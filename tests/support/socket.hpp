// A blocking TCP connection to a server.
#pragma once

#include "tests/support/endpoint.hpp"

#include <chrono>
#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>

#include <netinet/in.h>

namespace chatmesh::test {

// The connection could not be made, or broke.
struct connection_lost : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// Owns one socket. One thread may be in receive() while another calls shutdown_receive(); all else is for one thread at
// a time.
class socket {
public:
  socket() = default;
  // Connects. `receive_buffer` (bytes, 0 = the system's choice) makes a peer that takes little. Throws connection_lost.
  explicit socket(const endpoint&, int receive_buffer = 0);
  void set_receive_buffer(int bytes);
  ~socket();

  socket(socket&& other) noexcept;
  socket& operator=(socket&& other) noexcept;

  bool is_open() const { return fd_ >= 0; }

  // Sends all; throws connection_lost.
  void send(std::string_view bytes);

  // What is there, at least one byte and at most `max`; empty at an orderly end. Throws connection_lost where the peer
  // reset the connection, timed_out where nothing came.
  std::string receive(std::size_t max = 64 * 1024);

  void shutdown_send();     // FIN; the other direction stays open
  void shutdown_receive();  // wakes a thread in receive(); the peer learns nothing of it
  void close();             // FIN where all was read
  void reset();             // RST

private:
  void connect(const endpoint&);

  int fd_ = -1;
  std::chrono::milliseconds limit_{};
};

// As the system calls want it. Throws connection_lost where it is no address.
sockaddr_in address_of(const endpoint&);

// A port of 127.0.0.1 that nobody listens on, as of now.
std::uint16_t free_port();

}  // namespace chatmesh::test
