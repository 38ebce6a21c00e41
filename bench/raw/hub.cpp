#include "bench/raw/hub.hpp"

#include "bench/common/clock.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <system_error>
#include <utility>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace chatmesh::bench {

namespace {

constexpr std::uint64_t listener_key = ~0ULL;
constexpr std::size_t max_backlog_bytes = 256U << 20;
constexpr std::string_view stream_head =
    "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-store, no-transform\r\n"
    "X-Accel-Buffering: no\r\nTransfer-Encoding: chunked\r\n\r\n";
constexpr std::string_view published = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
constexpr std::string_view unknown = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n";

void append_frame(std::string& out, std::uint64_t seq, std::string_view data) {
  std::string text = "id: " + std::to_string(seq) + "\nevent: message\ndata: ";
  text.append(data).append("\n\n");
  std::array<char, 16> size{};
  const auto end = std::to_chars(size.data(), size.data() + size.size(), text.size(), 16).ptr;
  out.append(size.data(), end).append("\r\n").append(text).append("\r\n");
}

std::size_t content_length(std::string_view head) {
  std::size_t length = 0;
  const auto at = head.find("\r\nContent-Length: ");
  if (at != std::string_view::npos)
    std::from_chars(head.data() + at + 18, head.data() + head.size(), length);
  return length;
}

}  // namespace

hub::hub(const hub_options& options, std::unique_ptr<fan_out> fan)
    : options_(options), fan_out_(std::move(fan)), listener_(listen_on(options.listen)),
      epoll_(::epoll_create1(EPOLL_CLOEXEC)) {
  epoll_event event{.events = EPOLLIN, .data = {.u64 = listener_key}};
  if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, listener_.get(), &event) != 0)
    throw std::system_error{errno, std::generic_category(), "epoll_ctl"};
}

hub::~hub() {
  for (std::uint32_t id = 0; id < connections_.size(); ++id)
    close(id);
}

void hub::run() {
  std::array<epoll_event, 512> events{};
  for (;;) {
    int timeout_ms = -1;
    if (!due_.empty())
      timeout_ms = static_cast<int>(
          (channels_[due_.front()].due_ns - std::min(channels_[due_.front()].due_ns, now_ns()) + ns_per_ms - 1) /
          ns_per_ms);
    const int n = ::epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()), timeout_ms);
    for (int i = 0; i < n; ++i) {
      const auto& event = events[static_cast<std::size_t>(i)];
      if (event.data.u64 == listener_key)
        accept_all();
      else
        handle(static_cast<std::uint32_t>(event.data.u64), event.events);
    }
    flush_due();
  }
}

void hub::accept_all() {
  for (;;) {
    const int fd = ::accept4(listener_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0)
      return;
    const int on = 1;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (free_.empty()) {
      free_.push_back(static_cast<std::uint32_t>(connections_.size()));
      connections_.emplace_back();
    }
    const auto id = free_.back();
    free_.pop_back();
    connections_[id].fd = fd;
    epoll_event event{.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, .data = {.u64 = id}};
    if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) != 0)
      close(id);
  }
}

void hub::handle(std::uint32_t id, std::uint32_t events) {
  if (connections_[id].fd < 0)
    return;  // closed by an earlier event of the same round
  if ((events & EPOLLOUT) != 0 && !connections_[id].backlog.empty())
    drain(id);
  if ((events & ~static_cast<std::uint32_t>(EPOLLOUT)) != 0 && !read(id))
    close(id);
}

bool hub::read(std::uint32_t id) {
  std::array<char, 65536> buffer;
  for (;;) {
    const auto n = ::recv(connections_[id].fd, buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (n < 0)
      return errno == EAGAIN || errno == EINTR;
    if (n == 0)
      return false;
    std::string_view text{buffer.data(), static_cast<std::size_t>(n)};
    auto& kept = connections_[id].in;
    if (!kept.empty()) {
      kept.append(text);
      text = kept;
    }
    std::size_t used = 0;
    while (const auto one = serve(id, text.substr(used)))
      used += one;
    auto rest = std::string{text.substr(used)};
    connections_[id].in = std::move(rest);
    if (static_cast<std::size_t>(n) < buffer.size())
      return true;
  }
}

// Answers the first request in `text`; how long it was, 0 where it is not complete.
std::size_t hub::serve(std::uint32_t id, std::string_view text) {
  const auto head_end = text.find("\r\n\r\n");
  if (head_end == std::string_view::npos)
    return 0;
  const auto head = text.substr(0, head_end);
  const auto size = head_end + 4 + content_length(head);
  if (text.size() < size)
    return 0;
  const auto name_of = [&](std::string_view start) {
    return head.substr(start.size(), head.find(' ', start.size()) - start.size());
  };
  if (head.starts_with("GET /sub/")) {
    subscribe(id, name_of("GET /sub/"));
  } else if (head.starts_with("POST /pub/")) {
    answer(id, published);
    publish(name_of("POST /pub/"), text.substr(head_end + 4, size - head_end - 4));
  } else {
    answer(id, unknown);
  }
  return size;
}

void hub::subscribe(std::uint32_t id, std::string_view name) {
  auto& c = connections_[id];
  if (c.subscribed)
    return;
  answer(id, stream_head);
  c.channel = channel_of(name);
  c.subscribed = true;
  if (c.behind)
    channels_[c.channel].behind.push_back(id);
  else
    join(id);
}

void hub::publish(std::string_view name, std::string_view body) {
  const auto index = channel_of(name);
  auto& c = channels_[index];
  append_frame(c.pending, ++c.seq, body);
  if (options_.linger_us == 0) {
    flush(c);
  } else if (c.due_ns == 0) {
    c.due_ns = now_ns() + options_.linger_us * ns_per_us;
    due_.push_back(index);
  }
}

void hub::flush(channel& c) {
  frame_.swap(c.pending);
  c.pending.clear();
  c.due_ns = 0;
  for (const auto id : c.behind)
    keep(connections_[id], frame_);
  unsent_.clear();
  fan_out_->send(c.receivers, frame_, unsent_);
  for (const auto& one : unsent_)
    fall_behind(one.id, one.result, frame_);
}

void hub::flush_due() {
  if (due_.empty())
    return;
  const auto now = now_ns();
  std::size_t done = 0;
  while (done < due_.size() && channels_[due_[done]].due_ns <= now)
    flush(channels_[due_[done++]]);
  due_.erase(due_.begin(), due_.begin() + static_cast<std::ptrdiff_t>(done));
}

void hub::answer(std::uint32_t id, std::string_view bytes) {
  const auto n = ::send(connections_[id].fd, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  if (n != static_cast<ssize_t>(bytes.size()))
    fall_behind(id, n < 0 ? -errno : static_cast<int>(n), bytes);
}

void hub::fall_behind(std::uint32_t id, int result, std::string_view bytes) {
  auto& c = connections_[id];
  if (result < 0 && result != -EAGAIN && result != -EINTR) {
    ::shutdown(c.fd, SHUT_RDWR);  // closed when epoll tells of it
    return;
  }
  keep(c, bytes.substr(static_cast<std::size_t>(std::max(0, result))));
  if (c.subscribed && !c.behind) {
    leave(id);
    channels_[c.channel].behind.push_back(id);
  }
  c.behind = true;
}

// Whoever takes nothing for too long is dropped.
void hub::keep(connection& c, std::string_view bytes) {
  c.backlog += bytes;
  if (c.backlog.size() > max_backlog_bytes)
    ::shutdown(c.fd, SHUT_RDWR);
}

void hub::drain(std::uint32_t id) {
  auto& c = connections_[id];
  std::size_t sent = 0;
  while (sent < c.backlog.size()) {
    const auto n = ::send(c.fd, c.backlog.data() + sent, c.backlog.size() - sent, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (n <= 0)
      break;
    sent += static_cast<std::size_t>(n);
  }
  c.backlog.erase(0, sent);
  if (!c.backlog.empty())
    return;
  c.backlog.shrink_to_fit();
  c.behind = false;
  if (c.subscribed) {
    std::erase(channels_[c.channel].behind, id);
    join(id);
  }
}

void hub::join(std::uint32_t id) {
  auto& c = connections_[id];
  auto& receivers = channels_[c.channel].receivers;
  c.slot = static_cast<std::uint32_t>(receivers.size());
  receivers.push_back({c.fd, id});
}

void hub::leave(std::uint32_t id) {
  auto& receivers = channels_[connections_[id].channel].receivers;
  const auto slot = connections_[id].slot;
  receivers[slot] = receivers.back();
  connections_[receivers[slot].id].slot = slot;
  receivers.pop_back();
}

void hub::close(std::uint32_t id) {
  auto& c = connections_[id];
  if (c.fd < 0)
    return;
  if (c.subscribed && c.behind)
    std::erase(channels_[c.channel].behind, id);
  else if (c.subscribed)
    leave(id);
  ::close(c.fd);
  c = connection{};
  free_.push_back(id);
}

std::uint32_t hub::channel_of(std::string_view name) {
  const auto [found, added] = names_.try_emplace(std::string{name}, static_cast<std::uint32_t>(channels_.size()));
  if (added)
    channels_.emplace_back();
  return found->second;
}

}  // namespace chatmesh::bench
