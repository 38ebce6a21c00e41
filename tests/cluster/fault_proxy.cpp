#include "tests/cluster/fault_proxy.hpp"

#include "tests/support/socket.hpp"

#include <algorithm>
#include <cerrno>
#include <deque>
#include <string>
#include <utility>
#include <vector>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace chatmesh::test {

namespace {

using clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds longest_poll{20};  // so long a new order waits
constexpr std::size_t most_lines = 64;                 // further ones wait to be taken
constexpr std::size_t most_waiting = 256 * 1024;       // bytes of one direction; further ones are not read
constexpr std::size_t longest_life = 16 * 1024;        // bytes of one direction, where its end is ordered
constexpr int waiting_to_be_taken = 64;                // connections

void send_at_once(int fd) {
  const int on = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

void close_by_reset(int fd) {
  const ::linger none{1, 0};
  ::setsockopt(fd, SOL_SOCKET, SO_LINGER, &none, sizeof none);
  ::close(fd);
}

bool would_block() {
  return errno == EAGAIN || errno == EINTR;
}

}  // namespace

struct fault_proxy::flow {
  struct piece {
    clock::time_point due;
    std::string bytes;
  };

  int from, to;
  std::deque<piece> waiting = {};
  std::size_t waiting_bytes = 0;
  std::optional<std::size_t> left = {};  // bytes until its end, where that is ordered
  bool heard_all = false;                // `from` has sent its end
  bool closed = false;                   // `to` was told of the end; what comes is dropped

  bool wants_to_take() const { return !heard_all && waiting_bytes < most_waiting; }
  bool wants_to_give(clock::time_point now) const { return !waiting.empty() && waiting.front().due <= now; }
  void close() {
    ::shutdown(to, SHUT_WR);
    waiting.clear();
    waiting_bytes = 0;
    closed = true;
  }
};

struct fault_proxy::line {
  line(int dialler, int node) : to_node{dialler, node}, to_dialler{node, dialler} {}
  ~line() {
    for (const int fd : {to_node.from, to_node.to}) {
      if (by_reset)
        close_by_reset(fd);
      else
        ::close(fd);
    }
  }
  line(const line&) = delete;
  line& operator=(const line&) = delete;

  void break_off() { over = by_reset = true; }

  flow to_node, to_dialler;
  bool over = false, by_reset = false;
};

fault_proxy::fault_proxy(const network& n, std::size_t host, endpoint door, endpoint node, std::uint64_t seed)
    : network_(n), host_(host), node_(std::move(node)), listening_(n.socket_at(host)), random_(seed) {
  const int on = 1;
  ::setsockopt(listening_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  const auto at = address_of(door);
  if (::bind(listening_, reinterpret_cast<const sockaddr*>(&at), sizeof at) != 0 ||
      ::listen(listening_, waiting_to_be_taken) != 0) {
    ::close(listening_);
    throw connection_lost("no proxy at " + door.address + ":" + std::to_string(door.port));
  }
  thread_ = std::thread{[this] { relay(); }};
}

fault_proxy::~fault_proxy() {
  ends_ = true;
  thread_.join();
  ::close(listening_);
}

void fault_proxy::treat(treatment what, std::chrono::milliseconds lateness) {
  const std::lock_guard lock{mutex_};
  next_ = order{what, lateness};
}

void fault_proxy::relay() {
  while (!ends_) {
    std::optional<order> next;
    {
      const std::lock_guard lock{mutex_};
      next = std::exchange(next_, std::nullopt);
    }
    if (next) {
      now_ = *next;
      for (auto& each : lines_)
        arm(each);
    }
    wait_for_any();
  }
  lines_.clear();
}

// Moves what can be moved.
void fault_proxy::wait_for_any() {
  const bool held = now_.what == treatment::held;
  auto now = clock::now();
  std::vector<pollfd> wanted{{held || lines_.size() >= most_lines ? -1 : listening_, POLLIN, 0}};
  auto wake = now + longest_poll;
  for (const auto& each : lines_) {
    const auto add = [&](const flow& in, const flow& out) {
      const int events = (in.wants_to_take() ? POLLIN : 0) | (out.wants_to_give(now) ? POLLOUT : 0);
      wanted.push_back({held ? -1 : in.from, static_cast<short>(events), 0});
      if (!out.waiting.empty() && out.waiting.front().due > now)
        wake = std::min(wake, out.waiting.front().due);
    };
    add(each.to_node, each.to_dialler);
    add(each.to_dialler, each.to_node);
  }
  ::poll(wanted.data(), wanted.size(),
         static_cast<int>(std::chrono::ceil<std::chrono::milliseconds>(wake - now).count()));
  if (held)
    return;
  auto ready = std::next(wanted.begin());
  for (auto& each : lines_) {
    const int dialler = (ready++)->revents, node = (ready++)->revents;
    if (((dialler | node) & POLLERR) != 0)
      each.break_off();
    if ((dialler & (POLLIN | POLLHUP)) != 0)
      take(each, each.to_node);
    if ((node & (POLLIN | POLLHUP)) != 0)
      take(each, each.to_dialler);
    move(each);
  }
  lines_.remove_if([](const line& each) { return each.over; });
  if (wanted.front().revents != 0)
    accept_one();
}

void fault_proxy::accept_one() {
  const int dialler = ::accept4(listening_, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
  if (dialler < 0)
    return;
  const int node = network_.socket_at(host_);
  send_at_once(dialler);
  send_at_once(node);
  auto& made = lines_.emplace_back(dialler, node);
  const auto to = address_of(node_);
  if (::connect(node, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0 && errno != EINPROGRESS)
    made.break_off();
  arm(made);
}

// What it is to become of it, by chance.
void fault_proxy::arm(line& l) {
  l.to_node.left.reset();
  l.to_dialler.left.reset();
  if (now_.what != treatment::cut && now_.what != treatment::half_closed)
    return;
  auto& ends = random_below(random_, 2) == 0 ? l.to_node : l.to_dialler;
  ends.left = 1 + random_below(random_, longest_life);
}

void fault_proxy::move(line& l) {
  for (auto* each : {&l.to_node, &l.to_dialler})
    if (!l.over)
      give(l, *each);
  l.over = l.over || (l.to_node.closed && l.to_dialler.closed);
}

void fault_proxy::take(line& l, flow& f) {
  if (l.over || f.heard_all)
    return;
  char bytes[64 * 1024];
  const auto n = ::recv(f.from, bytes, sizeof bytes, 0);
  if (n < 0 && !would_block())
    return l.break_off();
  if (n == 0)
    f.heard_all = true;
  if (n <= 0 || f.closed)
    return;
  f.waiting.push_back({clock::now() + now_.lateness, {bytes, static_cast<std::size_t>(n)}});
  f.waiting_bytes += static_cast<std::size_t>(n);
}

void fault_proxy::give(line& l, flow& f) {
  const auto now = clock::now();
  while (f.wants_to_give(now)) {
    auto& bytes = f.waiting.front().bytes;
    const auto some = std::min(bytes.size(), f.left.value_or(bytes.size()));
    const auto n = ::send(f.to, bytes.data(), some, MSG_NOSIGNAL);
    if (n < 0)
      return would_block() ? void() : l.break_off();
    const auto sent = static_cast<std::size_t>(n);
    f.waiting_bytes -= sent;
    if (f.left && (*f.left -= sent) == 0)
      return end_early(l, f);
    bytes.erase(0, sent);
    if (!bytes.empty())
      continue;
    f.waiting.pop_front();
    if (now_.what == treatment::late)
      ++done_;
  }
  if (f.heard_all && f.waiting.empty() && !f.closed)
    f.close();
}

void fault_proxy::end_early(line& l, flow& f) {
  ++done_;
  f.left.reset();
  if (now_.what == treatment::half_closed)
    return f.close();
  l.over = true;
  l.by_reset = random_below(random_, 2) == 0;
}

}  // namespace chatmesh::test
