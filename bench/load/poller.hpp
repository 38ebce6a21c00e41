// epoll, with two kinds of sockets: streams, which tell only of changes, and writers.
#pragma once

#include "bench/common/sockets.hpp"

#include <array>
#include <cstdint>
#include <ctime>
#include <system_error>

#include <sys/epoll.h>

namespace chatmesh::bench {

class poller {
public:
  poller() : fd_(::epoll_create1(EPOLL_CLOEXEC)) {
    if (!fd_.open())
      throw std::system_error{errno, std::generic_category(), "epoll_create1"};
  }

  /// `key` comes back with each event of `fd`.
  void add(int fd, std::uint32_t events, std::uint64_t key) {
    epoll_event event{.events = events, .data = {.u64 = key}};
    if (::epoll_ctl(fd_.get(), EPOLL_CTL_ADD, fd, &event) != 0)
      throw std::system_error{errno, std::generic_category(), "epoll_ctl"};
  }
  void remove(int fd) { ::epoll_ctl(fd_.get(), EPOLL_CTL_DEL, fd, nullptr); }

  /// Waits up to `ns` and calls handle(key, events) for each socket.
  template <typename Handle>
  void wait(std::uint64_t ns, Handle&& handle) {
    const timespec timeout{.tv_sec = static_cast<time_t>(ns / 1'000'000'000),
                           .tv_nsec = static_cast<long>(ns % 1'000'000'000)};
    const int n = ::epoll_pwait2(fd_.get(), events_.data(), static_cast<int>(events_.size()), &timeout, nullptr);
    for (int i = 0; i < n; ++i)
      handle(events_[static_cast<std::size_t>(i)].data.u64, events_[static_cast<std::size_t>(i)].events);
  }

private:
  unique_fd fd_;
  std::array<epoll_event, 512> events_{};
};

}  // namespace chatmesh::bench
