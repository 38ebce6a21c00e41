#include "http/poll_stream.hpp"

#include "domain/codec.hpp"

#include <algorithm>
#include <utility>

namespace chatmesh::http {

namespace {

void append(std::string& list, std::string_view item) {
  if (!list.empty())
    list += ',';
  list += item;
}

}  // namespace

poll_stream::poll_stream(boost::asio::any_io_executor executor, tcp_socket* peer, std::size_t limit,
                         std::chrono::seconds wait, std::function<void(std::optional<poll_answer>)> done)
    : timer_(executor), peer_(peer), limit_(limit), wait_(wait), done_(std::move(done)) {}

poll_stream::~poll_stream() {
  watch_.reset();
  if (done_)
    done_(std::nullopt);
}

void poll_stream::start(listener& on) {
  on_ = &on;
  if (wait_.count() > 0)
    watch_.emplace(*peer_, [this] { finish(); });
}

void poll_stream::send(std::span<const domain::frame_ptr> frames) {
  for (const auto& frame : frames)
    if (!take(*frame))
      return finish();
}

// False: no frame after this one belongs into the answer.
bool poll_stream::take(const domain::frame& frame) {
  switch (frame.kind) {
  case domain::frame_kind::hello: {
    const auto hello = domain::parse_object(frame.data());
    answer_.cursor = hello.at("cursor").get<std::string>();
    answer_.head = hello.at("head").get<std::uint64_t>();
    epoch_ = domain::parse_cursor(answer_.cursor).value_or(domain::cursor{}).epoch;
    return true;
  }
  case domain::frame_kind::reset:
    answer_.reset = frame.data();
    answer_.cursor = domain::parse_object(frame.data()).at("cursor").get<std::string>();
    return false;
  case domain::frame_kind::event:
    append(answer_.events, frame.data());
    answer_.cursor = domain::to_string(domain::cursor{epoch_, frame.seq});
    return ++count_ < limit_ && answer_.events.size() < max_bytes;
  case domain::frame_kind::skip:
    skip(domain::parse_object(frame.data()).at("from").get<std::uint64_t>(), frame.seq);
    answer_.cursor = domain::to_string(domain::cursor{epoch_, frame.seq});
    return true;
  case domain::frame_kind::goodbye:
    if (count_ == 0 && answer_.reset.empty()) {
      const auto reason = domain::parse_object(frame.data()).at("reason").get<std::string>();
      for (std::size_t i = 0; i <= static_cast<std::size_t>(domain::end_reason::company_deleted); ++i)
        if (domain::to_string(static_cast<domain::end_reason>(i)) == reason)
          answer_.ended = static_cast<domain::end_reason>(i);
    }
    return false;
  default: return true;  // heartbeat, presence, typing are for streams
  }
}

void poll_stream::skip(std::uint64_t from, std::uint64_t to) {
  if (!answer_.skips.empty() && answer_.skips.back().to + 1 == from)
    answer_.skips.back().to = to;
  else
    answer_.skips.push_back({from, to});
}

void poll_stream::caught_up(domain::cursor position, std::uint64_t head) {
  answer_.cursor = domain::to_string(position);
  answer_.head = std::max(answer_.head, head);
  if (count_ > 0 || wait_.count() == 0)
    return finish();
  if (std::exchange(waiting_, true))
    return;
  timer_.expires_after(wait_);
  timer_.async_wait([this, alive = std::weak_ptr{alive_}](boost::system::error_code error) {
    if (!error && !alive.expired())
      finish();
  });
}

void poll_stream::close(bool) {
  finish();
}

void poll_stream::finish() {
  watch_.reset();
  ready_ = false;
  timer_.cancel();
  if (auto done = std::exchange(done_, {}))
    done(std::move(answer_));
  if (auto* on = std::exchange(on_, nullptr))
    on->on_closed();
}

}  // namespace chatmesh::http
