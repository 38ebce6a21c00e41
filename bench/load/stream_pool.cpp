#include "bench/load/stream_pool.hpp"

#include "bench/common/clock.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <utility>

#include <sys/socket.h>
#include <unistd.h>

namespace chatmesh::bench {

namespace {

// Connects and closes are long calls: the answers to writes that come meanwhile must not wait in here for all of them.
constexpr std::size_t most_at_once = 16;
constexpr std::uint32_t stream_events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;

}  // namespace

stream_pool::stream_pool(const settings& s, poller& p, std::vector<channel>& channels, std::vector<std::uint32_t>& done)
    : settings_(s), poller_(p), channels_(channels), done_(done), streams_(s.all_streams()) {
  for (std::uint32_t id = 0; id < streams_.size(); ++id) {
    auto& one = streams_[id];
    one.index = (s.first_company + id) % s.companies;
    one.how = id < s.streams ? kind::healthy : id < s.streams + s.slow ? kind::slow : kind::stalled;
    if (one.how == kind::healthy)
      ++channels_[one.index].healthy;
  }
}

void stream_pool::open_all() {
  for (std::uint32_t id = 0; id < streams_.size(); ++id)
    reopen(id);
}

void stream_pool::reopen(std::uint32_t id) {
  if (streams_[id].at != state::closed)
    return;
  streams_[id].at = state::queued;
  ++wanted_;
  to_open_.push_back(id);
}

bool stream_pool::step(std::uint64_t now) {
  for (std::size_t n = 0; n < most_at_once && !to_close_.empty(); ++n) {
    close(to_close_.front());
    to_close_.pop_front();
  }
  for (std::size_t n = 0; n < most_at_once && !to_open_.empty() && under_way_ < settings_.connect_window; ++n) {
    if (settings_.connect_rate > 0) {
      if (now < next_connect_ns_)
        return false;
      const auto interval = static_cast<std::uint64_t>(static_cast<double>(ns_per_s) / settings_.connect_rate);
      next_connect_ns_ = std::max(next_connect_ns_ + interval, now - std::min(now, 10 * ns_per_ms));
    }
    connect(to_open_.front());
    to_open_.pop_front();
  }
  return !to_close_.empty() || (!to_open_.empty() && under_way_ < settings_.connect_window);
}

void stream_pool::connect(std::uint32_t id) {
  auto& s = streams_[id];
  s.fd = start_connect(settings_.server->streams, id).release();
  s.at = state::connecting;
  s.carried = 0;
  poller_.add(s.fd, stream_events, id);
  ++under_way_;
}

void stream_pool::connected(std::uint32_t id) {
  auto& s = streams_[id];
  const auto& c = channels_[s.index];
  std::string cursor;
  // The first time the stream begins at the head; later where it stood.
  if (s.live_since_ns != 0 && settings_.server->resumes())
    cursor = c.epoch + "-" + std::to_string(c.base_seq + s.place);
  const auto request = settings_.server->subscribe(s.index, cursor);
  s.at = state::opening;
  if (::send(s.fd, request.data(), request.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(request.size()))
    lost(id);
}

void stream_pool::handle(std::uint32_t id, std::uint32_t events) {
  auto& s = streams_[id];
  if (s.at == state::connecting) {
    if ((events & (EPOLLERR | EPOLLHUP)) != 0)
      return lost(id);
    if ((events & EPOLLOUT) != 0)
      connected(id);
  }
  if ((events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0 && s.at >= state::opening)
    ready_.push_back(id);
}

void stream_pool::read_ready() {
  std::size_t size = 0;
  for (std::size_t begin = 0; begin < ready_.size(); begin += size) {
    size = std::min(batch_reader::slots, ready_.size() - begin);
    // A copy: streams with more to read join the list.
    std::array<std::uint32_t, batch_reader::slots> ids{};
    std::copy_n(ready_.begin() + static_cast<std::ptrdiff_t>(begin), size, ids.begin());
    read({ids.data(), size}, batch_reader::slot_bytes);
  }
  ready_.clear();
}

void stream_pool::read(std::span<const std::uint32_t> ids, std::size_t most) {
  std::array<int, batch_reader::slots> fds{};
  for (std::size_t i = 0; i < ids.size(); ++i)
    fds.at(i) = streams_[ids[i]].fd;
  const auto results = reader_.read({fds.data(), ids.size()}, most);
  for (std::size_t i = 0; i < ids.size(); ++i) {
    received(ids[i], i, results[i]);
    // Edge-triggered: what comes after a short read makes an event of its own.
    if (results[i] == static_cast<int>(batch_reader::slot_bytes))
      ready_.push_back(ids[i]);
  }
}

void stream_pool::received(std::uint32_t id, std::size_t slot, int result) {
  auto& s = streams_[id];
  if (result == -EAGAIN || result == -EINTR || s.at < state::opening)
    return;
  if (result <= 0)
    return lost(id);
  const auto size = static_cast<std::size_t>(result);
  auto* begin = reader_.slot(slot);
  if (s.at == state::opening)
    return opening(id, begin, size);
  counts_.bytes += size;
  std::memcpy(begin - s.carried, s.carry.data(), s.carried);
  consume(id, begin - s.carried, begin + size, now_ns());
}

void stream_pool::opening(std::uint32_t id, const char* data, std::size_t size) {
  auto& text = heads_[id];
  text.append(data, size);
  auto& s = streams_[id];
  const auto head_end = text.find("\r\n\r\n");
  if (head_end == std::string::npos)
    return;
  if (!text.starts_with("HTTP/1.1 200"))
    return lost(id);
  auto rest = head_end + 4;
  if (settings_.server->resumes()) {
    const auto hello = text.find("event: hello\n", rest);
    const auto hello_end = text.find("\n\n", hello);
    if (hello == std::string::npos || hello_end == std::string::npos)
      return;
    if (!begin(s, std::string_view{text}.substr(rest, hello_end - rest)))
      ++counts_.resets;
    rest = hello_end + 2;
  }
  s.at = state::live;
  s.live_since_ns = now_ns();
  --under_way_;
  ++live_;
  if (lazy(s))
    poller_.remove(s.fd);
  auto following = text.substr(rest);
  heads_.erase(id);
  consume(id, following.data(), following.data() + following.size(), s.live_since_ns);
}

// The stream goes on from the id of its hello, which has to be the cursor it came with.
bool stream_pool::begin(stream& s, std::string_view text) {
  const auto& c = channels_[s.index];
  const auto id = text.find("id: " + c.epoch + "-");
  if (id == std::string_view::npos)
    return false;
  std::uint64_t seq = 0;
  const auto digits = text.substr(id + 5 + c.epoch.size());
  std::from_chars(digits.data(), digits.data() + digits.size(), seq);
  const auto place = static_cast<std::uint32_t>(seq - c.base_seq);
  const bool expected = s.live_since_ns == 0 || place == s.place;
  if (s.live_since_ns == 0)
    s.received = place;
  s.place = place;
  return expected;
}

void stream_pool::consume(std::uint32_t id, const char* begin, const char* end, std::uint64_t now) {
  const auto* rest = for_each_mark(begin, end, [&](const mark& m) { take(id, m, now); });
  auto& s = streams_[id];
  s.carried = static_cast<std::uint8_t>(end - rest);
  std::memcpy(s.carry.data(), rest, s.carried);
}

void stream_pool::take(std::uint32_t id, const mark& m, std::uint64_t now) {
  auto& s = streams_[id];
  if (m.channel != s.index) {
    ++counts_.foreign;
    return;
  }
  auto& c = channels_[s.index];
  switch (c.arrive(id, s.place, m.number)) {
  case arrival::in_order: break;
  case arrival::late: ++counts_.out_of_order; break;
  case arrival::duplicate: ++counts_.duplicates; return;
  case arrival::unknown: ++counts_.foreign; return;
  }
  ++s.received;
  ++counts_.events;
  const bool measured = m.sent_ns >= measure_from_ && m.sent_ns < measure_until_;
  if (measured)
    ++counts_.deliveries;
  if (s.how != kind::healthy)
    return;
  // What was written while the stream was away says nothing about the way to it.
  if (measured && m.sent_ns >= s.live_since_ns)
    latency_.add(now - m.sent_ns);
  if (c.receive_write(m.number))
    done_.push_back(s.index);
}

void stream_pool::lost(std::uint32_t id) {
  ++(streams_[id].at == state::live ? counts_.closed : counts_.refused);
  close(id);
}

void stream_pool::close(std::uint32_t id) {
  auto& s = streams_[id];
  if (s.at == state::closed)
    return;
  --wanted_;
  const auto was = std::exchange(s.at, state::closed);
  if (was == state::queued) {
    std::erase(to_open_, id);
    return;
  }
  --(was == state::live ? live_ : under_way_);
  heads_.erase(id);
  ::close(std::exchange(s.fd, -1));
}

void stream_pool::close_all() {
  for (std::uint32_t id = 0; id < streams_.size(); ++id)
    to_close_.push_back(id);
}

void stream_pool::read_slowly(double seconds) {
  if (awake_)
    return;
  const auto most = static_cast<std::size_t>(settings_.slow_bytes * seconds);
  for (auto id = settings_.streams; most > 0 && id < settings_.streams + settings_.slow; ++id) {
    if (streams_[id].at == state::live)
      read({&id, 1}, std::min(most, batch_reader::slot_bytes - 1));
  }
}

void stream_pool::wake_lazy() {
  awake_ = true;
  for (auto id = settings_.streams; id < streams_.size(); ++id) {
    if (streams_[id].at == state::live)
      poller_.add(streams_[id].fd, EPOLLIN | EPOLLRDHUP | EPOLLET, id);
  }
}

void stream_pool::measure(std::uint64_t from, std::uint64_t until) {
  measure_from_ = from;
  measure_until_ = until;
}

bool stream_pool::caught_up(bool lazy_too) const {
  return std::ranges::all_of(streams_, [&](const stream& s) {
    const bool left_alone = s.how != kind::healthy && !lazy_too;
    return left_alone || s.received >= channels_[s.index].accepted() || s.at == state::closed;
  });
}

std::uint64_t stream_pool::missing(bool lazy) const {
  std::uint64_t sum = 0;
  for (const auto& s : streams_) {
    if ((s.how != kind::healthy) == lazy)
      sum += channels_[s.index].accepted() - std::min(channels_[s.index].accepted(), s.received);
  }
  return sum;
}

}  // namespace chatmesh::bench
