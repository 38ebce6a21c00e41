#include "http/peer_watch.hpp"

#include <sys/socket.h>

#include <cerrno>
#include <utility>

namespace chatmesh::http {

class peer_watch::state : public std::enable_shared_from_this<state> {
public:
  state(tcp_socket& socket, std::function<void()> gone) : socket_(socket), gone_(std::move(gone)) {}

  void wait() {
    socket_.async_wait(tcp_socket::wait_read, [self = shared_from_this()](boost::system::error_code error) {
      if (self->gone_)
        self->look(error);
    });
  }

  // The pending wait finds nothing to do then.
  void stop() {
    if (!std::exchange(gone_, {}))
      return;
    boost::system::error_code ignored;
    socket_.cancel(ignored);
  }

private:
  void look(boost::system::error_code error) {
    char next = 0;
    const auto n = error ? 0 : ::recv(socket_.native_handle(), &next, 1, MSG_PEEK | MSG_DONTWAIT);
    const bool nothing_yet = n < 0 && (errno == EAGAIN || errno == EINTR);
    if (nothing_yet)
      return wait();
    const auto gone = std::exchange(gone_, {});
    if (n <= 0)
      gone();
  }

  tcp_socket& socket_;
  std::function<void()> gone_;  // empty: the watch is over
};

peer_watch::peer_watch(tcp_socket& socket, std::function<void()> gone)
    : state_(std::make_shared<state>(socket, std::move(gone))) {
  state_->wait();
}

peer_watch::~peer_watch() {
  state_->stop();
}

}  // namespace chatmesh::http
