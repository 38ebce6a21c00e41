// Functions of CAF and OpenSSL that this executable has in place of those of the libraries: a shared library calls the
// one that the executable defines. Each cures what CAF 0.17.6 can't be told to do otherwise.
#include "app/caf_network.hpp"

#include <caf/io/network/default_multiplexer.hpp>
#include <caf/make_counted.hpp>
#include <caf/node_id.hpp>
#include <caf/sec.hpp>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include <algorithm>
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

// What this thread, which does nothing else, has under way: one attempt to reach another node.
struct attempt {
  int socket = -1;
  std::chrono::steady_clock::time_point patience_ends;
};

thread_local attempt dialled;

// Whether it becomes ready within the patience for the attempt, and within `most`.
bool wait_for(int fd, short events, std::chrono::milliseconds most) {
  for (;;) {
    const auto rest = std::chrono::duration_cast<std::chrono::milliseconds>(dialled.patience_ends -
                                                                            std::chrono::steady_clock::now());
    pollfd ready{fd, events, 0};
    const int found = poll(&ready, 1, static_cast<int>(std::clamp(rest, std::chrono::milliseconds{0}, most).count()));
    if (found >= 0 || errno != EINTR)
      return found == 1;
  }
}

// Connected within the patience, or -1.
int connect_to(const addrinfo& to) {
  const int fd = socket(to.ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0)
    return -1;
  if (connect(fd, to.ai_addr, to.ai_addrlen) == 0)
    return fd;
  int fault = errno;
  socklen_t size = sizeof fault;
  const bool over = fault == EINPROGRESS && wait_for(fd, POLLOUT, connect_patience) &&
                    getsockopt(fd, SOL_SOCKET, SO_ERROR, &fault, &size) == 0;
  if (over && fault == 0)
    return fd;
  close(fd);
  return -1;
}

using handshake = int (*)(SSL*);

// The whole handshake.
int connect_in_time(SSL* session, int fd, handshake next) {
  for (;;) {
    const int result = next(session);
    const int wanted = SSL_get_error(session, result);
    if (wanted != SSL_ERROR_WANT_READ && wanted != SSL_ERROR_WANT_WRITE)
      return result;
    if (!wait_for(fd, wanted == SSL_ERROR_WANT_READ ? POLLIN : POLLOUT, chatmesh::app::dial_patience)) {
      shutdown(fd, SHUT_RDWR);  // so that CAF is told of a failure, and not that there is more to wait for
      return next(session);
    }
  }
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
  dialled.patience_ends = std::chrono::steady_clock::now() + chatmesh::app::dial_patience;
  addrinfo* found = nullptr;
  if (getaddrinfo(host.c_str(), std::to_string(port).c_str(), &wanted, &found) != 0)
    return sec::cannot_connect_to_node;
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> all{found, freeaddrinfo};
  for (const auto* each = found; each != nullptr; each = each->ai_next)
    if (const int fd = connect_to(*each); fd >= 0)
      return dialled.socket = fd;
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

// CAF would go on with a handshake on its network thread, and ask without a pause whether its own bytes can go yet. The
// thread of the attempt has the time to wait.
int SSL_connect(SSL* session) {
  static const auto next = next_of<handshake>("SSL_connect");
  ERR_clear_error();
  const int fd = SSL_get_fd(session);
  if (fd < 0 || fd != dialled.socket)
    return next(session);  // to the database
  dialled.socket = -1;
  const int result = connect_in_time(session, fd, next);
  if (result != 1)
    close(fd);  // CAF forgets it
  return result;
}

int SSL_accept(SSL* session) {
  static const auto next = next_of<handshake>("SSL_accept");
  ERR_clear_error();
  return next(session);
}

}  // extern "C"
