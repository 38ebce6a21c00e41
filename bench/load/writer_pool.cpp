#include "bench/load/writer_pool.hpp"

#include "bench/common/clock.hpp"
#include "bench/load/http_client.hpp"

#include <array>
#include <cerrno>
#include <charconv>

#include <sys/socket.h>

namespace chatmesh::bench {

namespace {

std::uint64_t seq_of(std::string_view cursor) {
  std::uint64_t seq = 0;
  const auto dash = cursor.find('-');
  if (dash != std::string_view::npos)
    std::from_chars(cursor.data() + dash + 1, cursor.data() + cursor.size(), seq);
  return seq;
}

}  // namespace

writer_pool::writer_pool(const settings& s, poller& p, std::vector<channel>& channels, std::vector<std::uint32_t>& done)
    : settings_(s), poller_(p), channels_(channels), done_(done), writers_(s.writers) {
  for (std::uint32_t id = 0; id < writers_.size(); ++id) {
    open(id);
    idle_.push_back(id);
  }
}

void writer_pool::open(std::uint32_t id) {
  auto& w = writers_[id];
  w.in.clear();
  w.out.clear();
  w.fd = connect_blocking(settings_.server->writes);
  note_arrivals(w.fd.get());
  poller_.add(w.fd.get(), EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, writer_key | id);
}

void writer_pool::submit(std::uint32_t index) {
  const waiting write{index, now_ns()};
  if (idle_.empty()) {
    waiting_.push_back(write);
    return;
  }
  const auto id = idle_.back();
  idle_.pop_back();
  start(id, write);
}

void writer_pool::start(std::uint32_t id, const waiting& write) {
  auto& w = writers_[id];
  auto& c = channels_[write.index];
  w.busy = true;
  w.index = write.index;
  w.number = c.begin_write(c.healthy);
  w.submitted_ns = write.submitted_ns;
  w.out.clear();
  settings_.server->write(w.out, {.channel = w.index, .number = w.number, .sent_ns = now_ns()});
  ++sent_;
  if (!send_rest(w))
    broken(id);
}

bool writer_pool::send_rest(writer& w) {
  while (!w.out.empty()) {
    const auto n = ::send(w.fd.get(), w.out.data(), w.out.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (n < 0)
      return errno == EAGAIN || errno == EINTR;
    w.out.erase(0, static_cast<std::size_t>(n));
  }
  return true;
}

void writer_pool::handle(std::uint32_t id, std::uint32_t events) {
  auto& w = writers_[id];
  if ((events & EPOLLOUT) != 0 && !send_rest(w))
    return broken(id);
  if ((events & ~static_cast<std::uint32_t>(EPOLLOUT)) == 0)
    return;
  std::array<char, 16384> buffer{};
  bool ended = false;
  std::uint64_t answered_ns = 0;
  for (;;) {
    const auto [n, arrived_ns] = receive_noted(w.fd.get(), buffer);
    ended = n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR);
    if (n <= 0)
      break;
    answered_ns = arrived_ns;
    w.in.append(buffer.data(), static_cast<std::size_t>(n));
  }
  const auto found = w.busy ? read_answer(w.in) : std::nullopt;
  if (found) {
    const bool closes = found->closes || ended;
    const bool accepted = found->good();
    const auto seq = seq_of(found->field("Chatmesh-Cursor"));
    w.in.erase(0, found->bytes);
    if (closes)
      open(id);
    finish(id, accepted, seq, answered_ns);
  } else if (ended) {
    broken(id);
  }
}

void writer_pool::finish(std::uint32_t id, bool accepted, std::uint64_t seq, std::uint64_t answered_ns) {
  auto& w = writers_[id];
  if (!accepted)
    ++failed_;
  w.busy = false;
  if (answers_ != nullptr)
    answers_->add(answered_ns - w.submitted_ns);
  if (channels_[w.index].answer_write(w.number, accepted, seq))
    done_.push_back(w.index);
  if (waiting_.empty()) {
    idle_.push_back(id);
    return;
  }
  const auto next = waiting_.front();
  waiting_.pop_front();
  start(id, next);
}

void writer_pool::broken(std::uint32_t id) {
  const bool busy = writers_[id].busy;
  open(id);
  if (busy)
    finish(id, false, 0, now_ns());
}

}  // namespace chatmesh::bench
