#include "http/session.hpp"

#include "http/forwarded.hpp"
#include "http/head_check.hpp"
#include "http/problem.hpp"
#include "http/settings.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http.hpp>
#include <boost/core/demangle.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>

namespace chatmesh::http {

namespace beast = boost::beast;

namespace {

constexpr std::size_t read_bytes = 4 * 1024;
constexpr std::size_t linger_bytes = 16 * 1024;  // of one read
constexpr std::size_t max_linger_bytes = 32 * 1024 * 1024;
constexpr std::chrono::seconds linger_timeout{2};
constexpr std::chrono::milliseconds cancel_again{100};
constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";

// The peer is gone: no answer can reach it.
struct disconnected {};

std::string_view text_of(const beast::flat_buffer& buffer) {
  return {static_cast<const char*>(buffer.cdata().data()), buffer.size()};
}

auto into(boost::system::error_code& error) {
  return asio::redirect_error(asio::use_awaitable, error);
}

// Beast refuses any HTTP/1.x above 1.1. The head is one that check_head() took.
void lower_version(char* head, std::size_t size) {
  char& minor = head[std::string_view{head, size}.find('\r') - 1];
  minor = std::min(minor, '1');
}

std::string_view first_word(std::string_view text) {
  return text.substr(0, text.find(' '));
}

problem too_slow() {
  return bad_framing("The request took too long to arrive.", 408, "timeout");
}

// What Beast's parser found wrong, or that the peer went.
void require_parsed(boost::system::error_code found) {
  using beast::http::error;
  if (!found)
    return;
  if (found == error::body_limit)
    throw bad_framing("The body is too large.", 413, "too_large");
  const auto& parser_errors = beast::http::make_error_code(error::bad_value).category();
  const bool peer_left = found == error::end_of_stream || found == error::partial_message;
  if (peer_left || found.category() != parser_errors)
    throw disconnected{};
  throw bad_framing("The request is malformed: " + found.message() + ".");
}

}  // namespace

struct session::incoming {
  explicit incoming(const settings& s) { parser.header_limit(static_cast<std::uint32_t>(s.max_header_bytes)); }

  http::request request;
  beast::http::request_parser<beast::http::string_body> parser;
};

void session::start(tcp_socket socket, asio::ip::address remote, io_thread& thread, services& s, const router& r,
                    bool over_limit) {
  auto made = std::make_shared<session>(std::move(socket), std::move(remote), thread, s, r, over_limit);
  asio::co_spawn(thread.context(), run(std::move(made)), asio::detached);
}

session::session(tcp_socket socket, asio::ip::address remote, io_thread& thread, services& s, const router& r,
                 bool over_limit)
    : socket_(std::move(socket)), thread_(thread), services_(s), router_(r),
      buffer_(s.settings.max_header_bytes + s.settings.max_pipelined_bytes), remote_(std::move(remote)),
      over_limit_(over_limit), timer_(thread.context()) {}

void session::finish() {
  finishing_ = true;
  if (idle_)
    close();
}

void session::abort() {
  finishing_ = true;
  close();
}

asio::awaitable<void> session::run(std::shared_ptr<session> self) {
  self->thread_.enter(*self);
  self->finishing_ = self->thread_.closing();
  auto then = next::request;
  try {
    while (then == next::request)
      then = co_await self->serve_one();
    if (then == next::linger)
      co_await self->linger();
  } catch (const disconnected&) {
    then = next::close;
  } catch (const std::exception& fault) {
    then = next::close;
    spdlog::error("a connection ended by {}", boost::core::demangle(typeid(fault).name()));
  }
  self->never_expire();  // a timer that is due already can't be cancelled, and would wait for the deadline anew
  self->timer_.cancel();
  if (then == next::taken)
    co_return;
  self->close();
  self->thread_.leave(*self);
}

asio::awaitable<session::next> session::serve_one() {
  std::unique_ptr<incoming> in;  // an idle connection holds none
  std::optional<problem> fault;
  try {
    const auto size = co_await read_head();
    if (size == 0)
      co_return next::close;
    in = std::make_unique<incoming>(services_.settings);
    check_head(text_of(buffer_).substr(0, size), services_.settings);
    co_await read_request(*in, size);
  } catch (const problem& found) {
    fault = found;
  }
  never_expire();
  if (!in)
    in = std::make_unique<incoming>(services_.settings);
  auto& request = in->request;
  request.remote = client_address(remote_, request.headers, services_.settings.trusted_proxies);
  request.thread = &thread_;
  request.socket = &socket_;
  if (request.method.empty() && fault)  // else its own was seen, and what the buffer holds is body
    request.request_id = find_request_id(text_of(buffer_));
  if (request.request_id.empty())
    request.request_id = domain::id::make().to_string();

  answer result;
  if (fault) {
    result = refuse(services_, *fault, request);
  } else if (over_limit_) {
    result = turn_away(services_, router_, request);
  } else {
    result = co_await dispatch(services_, router_, request);
  }
  if (result.response.take_over) {
    timer_.cancel();
    thread_.leave(*this);
    result.response.take_over(std::move(socket_), std::string{text_of(buffer_)});
    co_return next::taken;
  }
  const bool keep_alive = !result.response.close && !finishing_ && !services_.draining && in->parser.keep_alive();
  co_await write(make_message(std::move(result), request, keep_alive));
  co_return keep_alive ? next::request : next::linger;
}

asio::awaitable<std::size_t> session::read_head() {
  expire_after(std::exchange(first_, false) ? services_.settings.header_timeout : services_.settings.idle_timeout);
  bool begun = false;
  std::size_t searched = 0;
  while (true) {
    while (!begun && text_of(buffer_).starts_with("\r\n"))
      buffer_.consume(2);  // empty lines before a request are allowed
    const auto text = text_of(buffer_);
    if (!begun && !text.empty() && text != "\r") {
      begun = true;
      expire_after(services_.settings.header_timeout);
    }
    if (begun) {
      const auto end = text.find("\r\n\r\n", searched);
      if (end != std::string_view::npos)
        co_return end + 4;
      check_partial_head(text, services_.settings);
      searched = text.size() - std::min<std::size_t>(text.size(), 3);
    } else if (finishing_) {
      co_return 0;
    }
    idle_ = !begun;
    boost::system::error_code error;
    const auto room = buffer_.prepare(read_bytes);
    const auto count = co_await socket_.async_read_some(room, into(error));
    idle_ = false;
    if (timed_out_ && begun)
      throw too_slow();
    if (error)
      co_return 0;
    buffer_.commit(count);
  }
}

asio::awaitable<void> session::read_request(incoming& in, std::size_t head_size) {
  boost::system::error_code error;
  const auto method = first_word(text_of(buffer_));
  const auto target = first_word(text_of(buffer_).substr(method.size() + 1));
  in.parser.body_limit(router_.body_limit(method, target, services_.settings.max_body_bytes));
  lower_version(static_cast<char*>(buffer_.data().data()), head_size);
  in.parser.put(asio::buffer(buffer_.cdata().data(), head_size), error);
  fill(in.request, in.parser.get());
  buffer_.consume(head_size);
  require_parsed(error);
  if (in.parser.is_done() || over_limit_)
    co_return;

  expire_after(services_.settings.body_timeout);
  if (in.request.header("Expect") && !in.request.http_1_0 && buffer_.size() == 0) {
    co_await asio::async_write(socket_, asio::buffer(go_on), into(error));
    if (error)
      throw disconnected{};
  }
  co_await beast::http::async_read(socket_, buffer_, in.parser, into(error));
  if (timed_out_)
    throw too_slow();
  require_parsed(error);
  in.request.body = std::move(in.parser.get().body());
}

// The timeout is for a peer that takes nothing: every part that goes out begins it anew.
asio::awaitable<void> session::write(response_message message) {
  boost::system::error_code error;
  beast::http::response_serializer<beast::http::string_body> rest{message};
  while (!rest.is_done()) {
    expire_after(services_.settings.write_timeout);
    co_await beast::http::async_write_some(socket_, rest, into(error));
    if (error)
      throw disconnected{};
  }
}

asio::awaitable<void> session::linger() {
  boost::system::error_code error;
  socket_.shutdown(tcp_socket::shutdown_send, error);
  expire_after(linger_timeout);
  const auto waste = std::make_unique<std::array<char, linger_bytes>>();
  for (std::size_t total = 0; !error && total < max_linger_bytes;) {
    total += co_await socket_.async_read_some(asio::buffer(*waste), into(error));
  }
}

void session::expire_after(std::chrono::milliseconds limit) {
  timed_out_ = false;
  deadline_ = clock::now() + limit;
  if (deadline_ < armed_)
    watch();
}

void session::watch() {
  armed_ = deadline_;
  timer_.expires_at(armed_);
  timer_.async_wait([self = shared_from_this()](boost::system::error_code error) {
    if (error)
      return;
    self->armed_ = clock::time_point::max();
    if (self->deadline_ == clock::time_point::max())
      return;
    if (self->deadline_ > clock::now())
      return self->watch();
    self->timed_out_ = true;
    // A wait that is over already can't be cancelled, and who waited may wait anew: so until it is heard.
    self->deadline_ = clock::now() + cancel_again;
    self->watch();
    boost::system::error_code ignored;
    self->socket_.cancel(ignored);
  });
}

void session::close() {
  boost::system::error_code ignored;
  socket_.close(ignored);
}

}  // namespace chatmesh::http
