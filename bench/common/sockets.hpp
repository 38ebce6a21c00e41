// Loopback sockets, never blocking unless said so.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <utility>

namespace chatmesh::bench {

/// Owns a file descriptor.
class unique_fd {
public:
  unique_fd() = default;
  explicit unique_fd(int fd) : fd_(fd) {}
  unique_fd(unique_fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  unique_fd& operator=(unique_fd&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  unique_fd(const unique_fd&) = delete;
  unique_fd& operator=(const unique_fd&) = delete;
  ~unique_fd() { reset(); }

  int get() const { return fd_; }
  bool open() const { return fd_ >= 0; }
  void reset();
  /// Hands the descriptor over.
  int release() { return std::exchange(fd_, -1); }

private:
  int fd_ = -1;
};

/// Where a server listens: an IPv4 address of the loopback range and a port.
struct endpoint {
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;
};

/// "8080" or "127.0.0.1:8080"; throws std::invalid_argument for anything outside 127.0.0.0/8: no load goes anywhere
/// else.
endpoint parse_endpoint(const std::string&);

/// Begins to connect; `source` picks one of several addresses 127.0.0.x, since each has some 28,000 ports only.
/// Throws std::system_error.
unique_fd start_connect(const endpoint&, unsigned source);

/// Connects and waits for it; the socket blocks. Throws std::system_error.
unique_fd connect_blocking(const endpoint&);

/// Lets the kernel note when bytes arrive at the socket. Throws std::system_error.
void note_arrivals(int fd);

struct received {
  long bytes = 0;                // as of recv(2): 0 at the end, -1 with errno
  std::uint64_t arrived_ns = 0;  // of now_ns(): when the last of them did, however late they are read
};

/// What has arrived; never waits. For a socket of note_arrivals().
received receive_noted(int fd, std::span<char>);

/// Listens on loopback. Throws std::system_error.
unique_fd listen_on(const endpoint&);

/// Lets the process hold as many descriptors as it may.
void raise_descriptor_limit();

}  // namespace chatmesh::bench
