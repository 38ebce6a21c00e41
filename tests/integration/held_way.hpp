// A way to a node's door on which nothing moves until it is let through.
#pragma once

#include "tests/support/endpoint.hpp"
#include "tests/support/socket.hpp"

#include <array>
#include <chrono>
#include <stdexcept>
#include <thread>

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace chatmesh::test {

class held_way {
public:
  // On a free port. Throws std::runtime_error where it can't listen.
  held_way() {
    const auto at = address_of(where_);
    if (::bind(listening_, reinterpret_cast<const sockaddr*>(&at), sizeof at) != 0 || ::listen(listening_, 16) != 0)
      throw std::runtime_error("no way");
  }
  ~held_way() {
    if (passing_.joinable()) {
      ::shutdown(ends_[0], SHUT_RDWR);
      passing_.join();
    }
    for (const int fd : {listening_, ends_[0], ends_[1]})
      if (fd >= 0)
        ::close(fd);
  }
  held_way(const held_way&) = delete;
  held_way& operator=(const held_way&) = delete;

  endpoint where() const { return where_; }

  // Waits for a connection, and holds it up. Throws timed_out.
  void take() {
    if (!ready(listening_, POLLIN, where_.limit))
      throw timed_out("a connection");
    ends_[0] = ::accept4(listening_, nullptr, nullptr, SOCK_CLOEXEC);
  }

  // Whether who made it gives it up in that time.
  bool ends_within(std::chrono::milliseconds time) const { return ready(ends_[0], POLLRDHUP, time); }

  // Everything that came on it and that comes goes to `door`, and back.
  void lead_to(const endpoint& door) {
    ends_[1] = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const auto to = address_of(door);
    if (::connect(ends_[1], reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0)
      throw connection_lost("no door");
    passing_ = std::thread{[this] {
      while (pass_on()) {
      }
    }};
  }

  // Whether another connection came.
  bool is_asked_again() const { return ready(listening_, POLLIN, std::chrono::milliseconds{0}); }

private:
  static bool ready(int fd, short events, std::chrono::milliseconds limit) {
    pollfd one{fd, events, 0};
    return ::poll(&one, 1, static_cast<int>(limit.count())) == 1;
  }

  // False: one side has ended it.
  bool pass_on() const {
    std::array<pollfd, 2> both{{{ends_[0], POLLIN, 0}, {ends_[1], POLLIN, 0}}};
    ::poll(both.data(), both.size(), -1);
    for (const auto from : {0U, 1U}) {
      if (both[from].revents == 0)
        continue;
      std::array<char, 4096> bytes{};
      const auto n = ::recv(ends_[from], bytes.data(), bytes.size(), 0);
      if (n <= 0 || ::send(ends_[1 - from], bytes.data(), static_cast<std::size_t>(n), MSG_NOSIGNAL) != n) {
        for (const int fd : ends_)
          ::shutdown(fd, SHUT_RDWR);
        return false;
      }
    }
    return true;
  }

  const endpoint where_{free_port()};
  const int listening_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  std::array<int, 2> ends_{-1, -1};  // of who came, and of the door
  std::thread passing_;
};

}  // namespace chatmesh::test
