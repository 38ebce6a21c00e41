#include "tests/support/sse_client.hpp"

#include "tests/support/wait.hpp"

#include <algorithm>
#include <cctype>
#include <utility>

namespace chatmesh::test {

namespace {

constexpr int ample_buffer = 1024 * 1024;  // a reader that has stalled wants to catch up quickly

std::string percent_encoded(std::string_view text) {
  static constexpr char digits[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto u = static_cast<unsigned char>(c);
    if (std::isalnum(u) || c == '-' || c == '.' || c == '_' || c == '~')
      out += c;
    else
      out.append({'%', digits[u >> 4], digits[u & 15]});
  }
  return out;
}

std::string with_query(std::string target, const stream_options& options) {
  char separator = '?';
  const auto add = [&](std::string_view name, const std::string& value) {
    if (value.empty())
      return;
    target.append(1, separator).append(name).append("=").append(percent_encoded(value));
    separator = '&';
  };
  add("cursor", options.cursor);
  add("types", options.types);
  add("client", options.client);
  return target;
}

}  // namespace

sse_client::sse_client(const endpoint& to, const std::string& target, const header_list& headers,
                       const stream_options& options)
    : http_(to), left_(options.cut_after), check_(options.widget), paused_(options.paused) {
  http_.use(socket{to, options.receive_buffer});
  header_list all = headers;
  all.emplace_back("Accept", "text/event-stream");
  if (!options.last_event_id.empty())
    all.emplace_back("Last-Event-ID", options.last_event_id);
  all.insert(all.end(), options.headers.begin(), options.headers.end());
  last_event_id_ = options.last_event_id.empty() ? options.cursor : options.last_event_id;
  http_.send(encode_request("GET", with_query(target, options), all, {}));
  head_ = http_.read_head();
  if (head_.status != 200 || head_.header("Content-Type").value_or("").find("text/event-stream") != 0)
    throw format_error("no event stream but " + std::to_string(head_.status));
  reader_ = std::thread{[this] { read(); }};
}

sse_client::~sse_client() {
  drop();
}

void sse_client::read() {
  std::unique_lock lock{mutex_};
  changed_.wait(lock, [this] { return !paused_ || dropping_; });
  while (!dropping_ && !ended_) {
    lock.unlock();
    std::string bytes;
    std::string fault;
    bool over = left_ == 0;
    try {
      if (!over)
        bytes = http_.take_body(std::min<std::size_t>(left_, 64 * 1024));
      left_ -= bytes.size();
      over = over || bytes.empty();
    } catch (const timed_out&) {
      // Silence is no fault of the stream; whoever waits has a limit of their own.
    } catch (const std::exception& e) {
      fault = e.what();
    }
    lock.lock();
    try {
      if (over && left_ > 0 && !decoder_.done())
        throw format_error("the stream ended without its last chunk");
      take(bytes);
    } catch (const std::exception& e) {
      fault = e.what();
    }
    if (!fault.empty() && !dropping_)
      fault_ = fault;
    ended_ = over || !fault.empty();
    changed_.notify_all();
  }
}

void sse_client::take(std::string_view bytes) {
  std::string decoded;
  if (decoder_.feed(bytes, decoded) < bytes.size())
    throw format_error("bytes behind the last chunk");
  body_ += decoded;
  for (auto& frame : parser_.feed(decoded)) {
    check_.take(frame);
    if (frame.id)
      last_event_id_ = *frame.id;
    frames_.push_back(std::move(frame));
  }
}

void sse_client::wait_until(const std::string& what, const std::function<bool()>& holds) const {
  std::unique_lock lock{mutex_};
  const auto done = [&] { return holds() || !fault_.empty() || ended_; };
  if (!changed_.wait_for(lock, patience, done))
    throw timed_out(what + ", got " + describe());
  if (!fault_.empty())
    throw format_error(fault_ + ", while waiting for " + what + ", got " + describe());
  if (!holds())
    throw format_error("the stream ended before " + what + ", got " + describe());
}

sse_frame sse_client::wait_for(const std::string& what, const predicate& wanted) const {
  sse_frame found;
  std::size_t seen = 0;
  wait_until(what, [&] {
    for (; seen < frames_.size(); ++seen) {
      if (wanted(frames_[seen])) {
        found = frames_[seen];
        return true;
      }
    }
    return false;
  });
  return found;
}

sse_frame sse_client::wait_for_event(const std::string& name) const {
  return wait_for("frame " + name, [&](const sse_frame& f) { return f.event == name; });
}

sse_frame sse_client::wait_for_id(const std::string& id) const {
  return wait_for("frame with id " + id, [&](const sse_frame& f) { return f.id == id; });
}

void sse_client::wait_for_position(std::uint64_t seq) const {
  wait_until("position " + std::to_string(seq), [&] { return check_.position() >= seq; });
}

void sse_client::finish() const {
  wait_until("the end of the stream", [&] { return ended_; });
}

std::vector<sse_frame> sse_client::frames() const {
  const std::lock_guard lock{mutex_};
  return frames_;
}

std::vector<sse_frame> sse_client::events() const {
  auto all = frames();
  std::erase_if(all, [](const sse_frame& f) { return f.event.find('.') == std::string::npos; });
  return all;
}

std::string sse_client::body() const {
  const std::lock_guard lock{mutex_};
  return body_;
}

std::uint64_t sse_client::resets() const {
  const std::lock_guard lock{mutex_};
  return check_.resets();
}

std::string sse_client::last_event_id() const {
  const std::lock_guard lock{mutex_};
  return last_event_id_;
}

void sse_client::go_on() {
  const std::lock_guard lock{mutex_};
  http_.connection().set_receive_buffer(ample_buffer);
  paused_ = false;
  changed_.notify_all();
}

void sse_client::stop_reading() {
  {
    const std::lock_guard lock{mutex_};
    dropping_ = true;
    changed_.notify_all();
  }
  http_.connection().shutdown_receive();
  if (reader_.joinable())
    reader_.join();
}

void sse_client::drop() {
  stop_reading();
  http_.close();
}

void sse_client::reset_connection() {
  stop_reading();
  http_.connection().reset();
}

std::string sse_client::describe() const {
  std::string text = std::to_string(frames_.size()) + " frames, the last ones:";
  constexpr std::size_t shown = 8;
  for (auto i = frames_.size() - std::min(frames_.size(), shown); i < frames_.size(); ++i)
    text += "\n  " + frames_[i].event + " " + frames_[i].id.value_or("-") + " " + frames_[i].data.substr(0, 300);
  return text;
}

void told_once::take(const sse_client& stream) {
  for (const auto& frame : stream.frames()) {
    const bool event = frame.event.find('.') != std::string::npos;
    if (!event && frame.event != "skip")
      continue;
    const auto value = frame.value();
    const auto from = value.at(event ? "seq" : "from").get<std::uint64_t>();
    const auto to = value.at(event ? "seq" : "to").get<std::uint64_t>();
    for (auto seq = from; seq <= to; ++seq) {
      const auto place = std::ranges::lower_bound(seqs_, seq);
      if (place != seqs_.end() && *place == seq)
        throw format_error("told twice: seq " + std::to_string(seq));
      seqs_.insert(place, seq);
    }
  }
}

bool told_once::contains(std::uint64_t seq) const {
  return std::ranges::binary_search(seqs_, seq);
}

void told_once::require_all(std::uint64_t from, std::uint64_t to) const {
  for (auto seq = from; seq <= to; ++seq)
    if (!contains(seq))
      throw format_error("never told: seq " + std::to_string(seq));
}

}  // namespace chatmesh::test
