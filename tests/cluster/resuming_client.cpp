#include "tests/cluster/resuming_client.hpp"

#include "tests/support/http_client.hpp"

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <functional>
#include <utility>

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace chatmesh::test {

namespace {

constexpr std::chrono::milliseconds first_silence{5'000};  // before a node has said its own heartbeat
constexpr std::chrono::milliseconds first_retry{200};      // and its own retry
constexpr std::chrono::milliseconds longest_pause{2'000};  // people's clients wait up to 30 s; a test has less time
constexpr int most_doublings = 5;

bool is_event(const sse_frame& frame) {
  return frame.event.find('.') != std::string::npos;
}

}  // namespace

void common_record::tell(const std::string& cursor, const std::string& event_data) {
  const auto hash = std::hash<std::string>{}(event_data);
  const auto [place, first] = told_.emplace(cursor, hash);
  if (!first && place->second != hash)
    throw format_error("other clients were told something else at " + cursor + ": " + event_data);
}

resuming_client::resuming_client(const std::vector<endpoint>& nodes, client_identity who, common_record& record,
                                 crowd_counts& counts, std::size_t number, reached by)
    : nodes_(nodes), who_(std::move(who)), record_(record), counts_(counts), by_(by), node_(number % nodes.size()),
      random_(number), silence_(first_silence), retry_(first_retry) {}

resuming_client::~resuming_client() {
  if (fd_ >= 0)
    ::close(fd_);
}

short resuming_client::wanted() const {
  return stage_ == stage::connecting ? POLLOUT : POLLIN;
}

void resuming_client::connect(clock::time_point now) {
  fd_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  const auto address = address_of(nodes_[node_]);
  stage_ = stage::connecting;
  deadline_ = now + silence_;
  if (fd_ < 0 ||
      (::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 && errno != EINPROGRESS))
    lose(now);
}

void resuming_client::send_request(clock::time_point now) {
  int error = 0;
  socklen_t size = sizeof error;
  ::getsockopt(fd_, SOL_SOCKET, SO_ERROR, &error, &size);
  const auto request = encode_request(
      "GET", "/api/v1/companies/" + who_.company_id + "/events",
      {{"Authorization", "Bearer " + who_.token}, {"Accept", "text/event-stream"}, {"Last-Event-ID", who_.cursor}}, {});
  if (error != 0 || ::send(fd_, request.data(), request.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(request.size()))
    return lose(now);
  stage_ = stage::head;
  head_.clear();
  decoder_ = {};
  parser_ = sse_parser{&record_.parsed()};
  check_ = sequence_check{};
}

void resuming_client::on_ready(clock::time_point now) {
  if (stage_ == stage::connecting)
    return send_request(now);
  char bytes[16 * 1024];
  const auto n = ::recv(fd_, bytes, sizeof bytes, 0);
  if (n < 0 && (errno == EAGAIN || errno == EINTR))
    return;
  if (n <= 0)
    return lose(now);
  deadline_ = now + silence_;
  take({bytes, static_cast<std::size_t>(n)}, now);
}

void resuming_client::on_deadline(clock::time_point now) {
  if (stage_ == stage::away)
    connect(now);
  else
    lose(now);
}

void resuming_client::take(std::string_view bytes, clock::time_point now) {
  std::string behind;
  if (stage_ == stage::head) {
    head_ += bytes;
    const auto end = head_.find("\r\n\r\n");
    if (end == std::string::npos)
      return;
    behind = head_.substr(end + 4);
    head_.resize(end + 2);
    take_head(now);
    bytes = behind;
  }
  if (stage_ != stage::body)
    return;
  std::string decoded;
  if (chunked_)
    decoder_.feed(bytes, decoded);
  else
    decoded = bytes;
  for (const auto& frame : parser_.feed(decoded)) {
    take_frame(frame, now);
    if (stage_ != stage::body)
      return;
  }
}

// A proxy may answer 5xx for nodes that are gone; the server itself never does (protocol §4).
void resuming_client::take_head(clock::time_point now) {
  if (by_ == reached::by_proxy && head_.starts_with("HTTP/1.1 5"))
    return lose(now);
  if (!head_.starts_with("HTTP/1.1 200") || head_.find("text/event-stream") == std::string::npos)
    throw format_error("no event stream but " + head_);
  stage_ = stage::body;
  std::ranges::transform(head_, head_.begin(), [](unsigned char c) { return std::tolower(c); });
  chunked_ = head_.find("transfer-encoding: chunked") != std::string::npos;  // a proxy's own answer need not be
}

void resuming_client::take_frame(const sse_frame& frame, clock::time_point now) {
  check_.take(frame);
  if (frame.retry)
    retry_ = std::chrono::milliseconds{*frame.retry};
  if (frame.event == "hello") {
    const auto hello = frame.value();
    if (hello.at("company_id") != who_.company_id)
      throw format_error("another company's stream: " + frame.data);
    if (frame.id && *frame.id != who_.cursor)
      throw format_error("asked for what follows " + who_.cursor + " and got what follows " + *frame.id);
    silence_ = std::chrono::milliseconds{hello.at("heartbeat_ms").get<std::int64_t>() * 5 / 2};
    failures_ = 0;
    ++counts_.connects;
  } else if (frame.event == "reset") {
    ++counts_.resets;
  } else if (is_event(frame)) {
    record_.tell(*frame.id, frame.data);
  } else if (frame.event == "goodbye") {
    const auto goodbye = frame.value();
    const auto reason = goodbye.at("reason").get<std::string>();
    if (reason != "draining" && reason != "overloaded")
      throw format_error("sent away: " + frame.data);
    const std::chrono::milliseconds slot{goodbye.at("retry_ms").get<std::int64_t>()};
    counts_.goodbyes[reason].push_back(slot.count());
    ++node_;
    return leave(now, slot);
  }
  if (frame.id)
    who_.cursor = *frame.id;
}

void resuming_client::lose(clock::time_point now) {
  ++counts_.failures;
  ++node_;
  leave(now, pause());
  ++failures_;
}

void resuming_client::leave(clock::time_point now, std::chrono::milliseconds time) {
  if (fd_ >= 0)
    ::close(std::exchange(fd_, -1));
  node_ %= nodes_.size();
  stage_ = stage::away;
  deadline_ = now + time;
}

// Full jitter.
std::chrono::milliseconds resuming_client::pause() {
  const auto longest = std::min(retry_ * (1 << std::min(failures_, most_doublings)), longest_pause);
  return std::chrono::milliseconds{random_below(random_, static_cast<std::size_t>(longest.count()) + 1)};
}

std::string resuming_client::describe() const {
  static constexpr const char* stages[] = {"away", "connecting", "before the answer", "streaming"};
  return "at " + who_.cursor + ", " + stages[static_cast<std::size_t>(stage_)] + ", node " + std::to_string(node_ + 1);
}

}  // namespace chatmesh::test
