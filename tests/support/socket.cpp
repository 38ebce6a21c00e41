#include "tests/support/socket.hpp"

#include "tests/support/wait.hpp"

#include <cerrno>
#include <cstring>
#include <utility>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace chatmesh::test {

namespace {

[[noreturn]] void fail(const char* what) {
  throw connection_lost(std::string{what} + ": " + std::strerror(errno));
}

}  // namespace

sockaddr_in address_of(const endpoint& to) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(to.port);
  if (::inet_pton(AF_INET, to.address.c_str(), &address.sin_addr) != 1)
    throw connection_lost("no address: " + to.address);
  return address;
}

socket::socket(const endpoint& to, int receive_buffer)
    : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)), limit_(to.limit) {
  if (fd_ < 0)
    fail("socket");
  const int on = 1;
  ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (receive_buffer > 0)
    set_receive_buffer(receive_buffer);
  try {
    connect(to);
  } catch (...) {
    close();
    throw;
  }
}

void socket::connect(const endpoint& to) {
  // A limit of sending is one of connecting, too.
  const auto s = std::chrono::duration_cast<std::chrono::seconds>(limit_);
  const timeval limit{s.count(), std::chrono::microseconds{limit_ - s}.count()};
  ::setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
  const auto address = address_of(to);
  if (::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
    fail("connect");
}

void socket::set_receive_buffer(int bytes) {
  ::setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
}

socket::~socket() {
  close();
}

socket::socket(socket&& other) noexcept : fd_(std::exchange(other.fd_, -1)), limit_(other.limit_) {}

socket& socket::operator=(socket&& other) noexcept {
  if (this != &other) {
    close();
    fd_ = std::exchange(other.fd_, -1);
    limit_ = other.limit_;
  }
  return *this;
}

void socket::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto n = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0)
      fail("send");
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
}

std::string socket::receive(std::size_t max) {
  pollfd wanted{fd_, POLLIN, 0};
  int ready = 0;
  do
    ready = ::poll(&wanted, 1, static_cast<int>(limit_.count()));
  while (ready < 0 && errno == EINTR);
  if (ready == 0)
    throw timed_out("bytes from the server");
  std::string bytes(max, '\0');
  const auto n = ::recv(fd_, bytes.data(), bytes.size(), 0);
  if (n < 0)
    fail("recv");
  bytes.resize(static_cast<std::size_t>(n));
  return bytes;
}

void socket::shutdown_send() {
  ::shutdown(fd_, SHUT_WR);
}

void socket::shutdown_receive() {
  ::shutdown(fd_, SHUT_RD);
}

void socket::close() {
  if (fd_ >= 0)
    ::close(std::exchange(fd_, -1));
}

void socket::reset() {
  if (fd_ < 0)
    return;
  const linger at_once{1, 0};
  ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  close();
}

std::uint16_t free_port() {
  const int probe = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  const bool found = ::bind(probe, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 &&
                     ::getsockname(probe, reinterpret_cast<sockaddr*>(&address), &size) == 0;
  ::close(probe);
  if (!found)
    throw std::runtime_error("no free port");
  return ntohs(address.sin_port);
}

}  // namespace chatmesh::test
