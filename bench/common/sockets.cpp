#include "bench/common/sockets.hpp"

#include "bench/common/clock.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <stdexcept>
#include <system_error>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

namespace chatmesh::bench {

namespace {

constexpr unsigned source_addresses = 16;
constexpr int backlog = 4096;

[[noreturn]] void fail(const char* what) {
  throw std::system_error{errno, std::generic_category(), what};
}

sockaddr_in socket_address(const endpoint& where) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(where.port);
  if (::inet_pton(AF_INET, where.address.c_str(), &address.sin_addr) != 1)
    throw std::invalid_argument{"not an IPv4 address: " + where.address};
  return address;
}

// The socket interface knows only the general form of an address.
const sockaddr* general(const sockaddr_in& address) {
  return reinterpret_cast<const sockaddr*>(&address);
}

void set(int fd, int level, int option, int value) {
  if (::setsockopt(fd, level, option, &value, sizeof value) != 0)
    fail("setsockopt");
}

unique_fd new_socket(int kind) {
  unique_fd fd{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | kind, 0)};
  if (!fd.open())
    fail("socket");
  set(fd.get(), IPPROTO_TCP, TCP_NODELAY, 1);
  return fd;
}

}  // namespace

void unique_fd::reset() {
  if (fd_ >= 0)
    ::close(std::exchange(fd_, -1));
}

endpoint parse_endpoint(const std::string& text) {
  endpoint result;
  const auto colon = text.rfind(':');
  if (colon != std::string::npos)
    result.address = text.substr(0, colon);
  if (result.address == "localhost")
    result.address = "127.0.0.1";
  const auto port = text.substr(colon == std::string::npos ? 0 : colon + 1);
  if (port.empty() || port.size() > 5 || port.find_first_not_of("0123456789") != std::string::npos)
    throw std::invalid_argument{"no port in " + text};
  result.port = static_cast<std::uint16_t>(std::stoul(port));
  if (ntohl(socket_address(result).sin_addr.s_addr) >> 24 != 127)
    throw std::invalid_argument{"not a loopback address: " + text};
  return result;
}

unique_fd start_connect(const endpoint& where, unsigned source) {
  auto fd = new_socket(SOCK_NONBLOCK);
  // The port is chosen at connect, when the whole pair of addresses is known: it need not be free for all others.
  set(fd.get(), IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1);
  const auto from = socket_address({"127.0.0." + std::to_string(2 + source % source_addresses), 0});
  if (::bind(fd.get(), general(from), sizeof from) != 0)
    fail("bind");
  const auto to = socket_address(where);
  if (::connect(fd.get(), general(to), sizeof to) != 0 && errno != EINPROGRESS)
    fail("connect");
  return fd;
}

unique_fd connect_blocking(const endpoint& where) {
  auto fd = new_socket(0);
  const auto to = socket_address(where);
  if (::connect(fd.get(), general(to), sizeof to) != 0)
    fail("connect");
  return fd;
}

void note_arrivals(int fd) {
  set(fd, SOL_SOCKET, SO_TIMESTAMPNS, 1);
}

received receive_noted(int fd, std::span<char> into) {
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(timespec))> control{};
  iovec part{.iov_base = into.data(), .iov_len = into.size()};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  received result{.bytes = ::recvmsg(fd, &message, MSG_DONTWAIT), .arrived_ns = now_ns()};
  const cmsghdr* note = result.bytes > 0 ? CMSG_FIRSTHDR(&message) : nullptr;
  if (note == nullptr || note->cmsg_level != SOL_SOCKET || note->cmsg_type != SCM_TIMESTAMPNS)
    return result;
  timespec arrived{};
  timespec now{};
  std::memcpy(&arrived, CMSG_DATA(note), sizeof arrived);
  ::clock_gettime(CLOCK_REALTIME, &now);
  const auto ago = (now.tv_sec - arrived.tv_sec) * static_cast<std::int64_t>(ns_per_s) + now.tv_nsec - arrived.tv_nsec;
  if (ago > 0)
    result.arrived_ns -= static_cast<std::uint64_t>(ago);
  return result;
}

unique_fd listen_on(const endpoint& where) {
  auto fd = new_socket(SOCK_NONBLOCK);
  set(fd.get(), SOL_SOCKET, SO_REUSEADDR, 1);
  const auto at = socket_address(where);
  if (::bind(fd.get(), general(at), sizeof at) != 0 || ::listen(fd.get(), backlog) != 0)
    fail("listen");
  return fd;
}

void raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
  }
}

}  // namespace chatmesh::bench
