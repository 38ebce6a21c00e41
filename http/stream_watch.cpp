#include "http/stream_watch.hpp"

#include <sys/epoll.h>

#include <array>
#include <cerrno>
#include <system_error>

namespace chatmesh::http {

namespace {

int new_set() {
  const int fd = ::epoll_create1(EPOLL_CLOEXEC);
  if (fd < 0)
    throw std::system_error{errno, std::generic_category(), "epoll_create1"};
  return fd;
}

}  // namespace

stream_watch::stream_watch(boost::asio::io_context& context) : set_(context.get_executor(), new_set()) {}

stream_watch::slot stream_watch::add(int socket, watched& who) {
  if (free_.empty()) {
    free_.push_back(static_cast<slot>(places_.size()));
    places_.emplace_back();
  }
  const slot at = free_.back();
  places_[at].who = &who;
  places_[at].socket = socket;
  if (!control(EPOLL_CTL_ADD, at, EPOLLIN)) {
    places_[at].who = nullptr;
    throw std::system_error{errno, std::generic_category(), "epoll_ctl"};
  }
  free_.pop_back();
  arm();
  return at;
}

void stream_watch::want_room(slot at, bool wanted) {
  control(EPOLL_CTL_MOD, at, wanted ? EPOLLIN | EPOLLOUT : EPOLLIN);
}

void stream_watch::remove(slot at) {
  control(EPOLL_CTL_DEL, at, 0);
  places_[at].who = nullptr;
  ++places_[at].generation;
  free_.push_back(at);
  if (free_.size() == places_.size())
    set_.cancel();  // a wait for nothing would keep the thread from its end
}

bool stream_watch::control(int operation, slot at, std::uint32_t events) {
  const place& p = places_[at];
  epoll_event event{.events = events, .data = {.u64 = (std::uint64_t{p.generation} << 32U) | at}};
  return ::epoll_ctl(set_.native_handle(), operation, p.socket, &event) == 0;
}

void stream_watch::arm() {
  if (armed_ || free_.size() == places_.size())
    return;
  armed_ = true;
  set_.async_wait(set_.wait_read, [this](boost::system::error_code error) {
    armed_ = false;
    if (!error)
      serve();
    arm();
  });
}

void stream_watch::serve() {
  std::array<epoll_event, turn> events;
  const int count = ::epoll_wait(set_.native_handle(), events.data(), static_cast<int>(events.size()), 0);
  for (int i = 0; i < count; ++i) {
    const auto& each = events.at(static_cast<std::size_t>(i));
    tell(each.data.u64, each.events);
  }
}

// What is told of first may have ended the socket, or another one that this turn has seen.
void stream_watch::tell(std::uint64_t key, std::uint32_t events) {
  const auto at = static_cast<slot>(key);
  const auto generation = static_cast<std::uint32_t>(key >> 32U);
  const auto who = [&] { return places_[at].generation == generation ? places_[at].who : nullptr; };
  if (auto* w = who(); w && (events & EPOLLOUT) != 0)
    w->on_room();
  if (auto* w = who(); w && (events & ~std::uint32_t{EPOLLOUT}) != 0)
    w->on_input();
}

}  // namespace chatmesh::http
