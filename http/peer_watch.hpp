// Notices that the client has gone while its request is being answered, when nobody reads from the connection.
#pragma once

#include "http/socket.hpp"

#include <functional>
#include <memory>

namespace chatmesh::http {

// On the socket's thread. The socket outlives the watch and has no other operation pending meanwhile.
class peer_watch {
public:
  // `gone` is called at most once, and never from within the constructor: at the peer's FIN or RST, and when the socket
  // is closed on this side. Bytes that come are left unread: they are the next request, and end the watch.
  peer_watch(tcp_socket&, std::function<void()> gone);
  ~peer_watch();  // may run inside `gone`

  peer_watch(const peer_watch&) = delete;
  peer_watch& operator=(const peer_watch&) = delete;

private:
  class state;
  std::shared_ptr<state> state_;  // shared with the pending wait only
};

}  // namespace chatmesh::http
