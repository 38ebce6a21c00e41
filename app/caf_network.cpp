// Functions of CAF and OpenSSL that this executable has in place of those of the libraries: a shared library calls the
// one that the executable defines. Each cures what CAF 0.17.6 can't be told to do otherwise.
#include <caf/io/network/default_multiplexer.hpp>
#include <caf/make_counted.hpp>
#include <caf/node_id.hpp>
#include <caf/sec.hpp>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include <cerrno>
#include <chrono>
#include <memory>
#include <string>

#include <dlfcn.h>
#include <netdb.h>
#include <poll.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

namespace {

constexpr std::chrono::milliseconds connect_patience{2000};  // for each address of a host

// What the library would have called.
template <class Function>
Function next_of(const char* name) {
  return reinterpret_cast<Function>(dlsym(RTLD_NEXT, name));
}

// Connected within the patience, or -1.
int connect_to(const addrinfo& to) {
  const int fd = socket(to.ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0)
    return -1;
  if (connect(fd, to.ai_addr, to.ai_addrlen) == 0)
    return fd;
  pollfd ready{fd, POLLOUT, 0};
  int fault = errno;
  socklen_t size = sizeof fault;
  const bool over = fault == EINPROGRESS && poll(&ready, 1, static_cast<int>(connect_patience.count())) == 1 &&
                    getsockopt(fd, SOL_SOCKET, SO_ERROR, &fault, &size) == 0;
  if (over && fault == 0)
    return fd;
  close(fd);
  return -1;
}

}  // namespace

namespace caf {

// CAF makes it of the machine's addresses and the process id: two containers on one host may have both in common, and
// each would then talk to itself.
node_id node_id::default_data::local(const actor_system_config&) {
  host_id_type host{};
  std::uint32_t number = 0;
  // So few bytes are never cut short.
  if (getrandom(host.data(), host.size(), 0) < 0 || getrandom(&number, sizeof number, 0) < 0)
    return {};
  return node_id{make_counted<default_data>(number | 1U, host)};
}

namespace io::network {

// CAF waits as long as the kernel likes to try, which is minutes.
expected<native_socket> new_tcp_connection(const std::string& host, std::uint16_t port, optional<protocol::network>) {
  addrinfo wanted{};
  wanted.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (getaddrinfo(host.c_str(), std::to_string(port).c_str(), &wanted, &found) != 0)
    return sec::cannot_connect_to_node;
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> all{found, freeaddrinfo};
  for (const auto* each = found; each != nullptr; each = each->ai_next)
    if (const int fd = connect_to(*each); fd >= 0)
      return fd;
  return sec::cannot_connect_to_node;
}

}  // namespace io::network

}  // namespace caf

// OpenSSL keeps errors in a queue of the thread, and CAF never empties it: after one session has failed, every other
// session on CAF's network thread is taken to have failed too.
extern "C" {

int SSL_read(SSL* session, void* buffer, int size) {
  static const auto next = next_of<int (*)(SSL*, void*, int)>("SSL_read");
  ERR_clear_error();
  return next(session, buffer, size);
}

int SSL_write(SSL* session, const void* buffer, int size) {
  static const auto next = next_of<int (*)(SSL*, const void*, int)>("SSL_write");
  ERR_clear_error();
  return next(session, buffer, size);
}

int SSL_connect(SSL* session) {
  static const auto next = next_of<int (*)(SSL*)>("SSL_connect");
  ERR_clear_error();
  return next(session);
}

int SSL_accept(SSL* session) {
  static const auto next = next_of<int (*)(SSL*)>("SSL_accept");
  ERR_clear_error();
  return next(session);
}

}  // extern "C"
