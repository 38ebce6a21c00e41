// What a handler sees: one request in, one response or one problem out. Handlers are coroutines on the io thread that
// owns the connection; they reach the database and the actors only through `services`, and never block.
#pragma once

#include "domain/fault.hpp"
#include "domain/id.hpp"
#include "http/socket.hpp"
#include "persistence/readers.hpp"
#include "persistence/stores.hpp"
#include "persistence/writer.hpp"

#include <boost/asio/awaitable.hpp>

#include <atomic>
#include <exception>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace chatmesh::actors {
class hub;  // actors/hub.hpp: the way from other threads to the actors
}

namespace chatmesh::http {

namespace asio = boost::asio;
using tcp = asio::ip::tcp;

struct settings;
class password_hasher;  // http/password_hasher.hpp: argon2id on threads of its own
class rate_limiter;     // http/rate_limiter.hpp
class stream_rights;    // http/stream_rights.hpp
class metrics;          // http/metrics.hpp
class static_files;     // http/static_files.hpp
class io_thread;        // http/io_thread.hpp
class readiness;        // http/readiness.hpp

// Everything a handler may use. Owned by the server; outlives every connection.
struct services {
  const http::settings& settings;
  persistence::readers& readers;
  persistence::writer& writer;
  actors::hub& hub;
  password_hasher& hasher;
  rate_limiter& limiter;
  stream_rights& rights;
  http::metrics& metrics;
  const static_files& files;
  http::readiness& readiness;
  const std::atomic<bool>& draining;  // the orderly end has begun
};

using header_list = std::vector<std::pair<std::string, std::string>>;

// A whole parsed request; lives until its response is on the way. Names of header fields are matched without case.
class request {
public:
  std::string method;
  std::string target;                                            // as sent
  std::string path;                                              // decoded, without query
  std::vector<std::pair<std::string, std::string>> query_items;  // decoded
  std::vector<std::pair<std::string, std::string>> path_items;   // {c} -> text, filled by the router
  header_list headers;
  std::string body;
  std::string request_id;
  asio::ip::address remote;
  bool http_1_0 = false;
  io_thread* thread = nullptr;   // the one that owns this connection
  tcp_socket* socket = nullptr;  // the connection's, for a handler to watch the peer by (http/peer_watch.hpp)
  header_list answer_headers;    // set by a handler: go with its answer, also when that is a problem (CORS)
  std::string methods;           // those of the path, as in `Allow`; for OPTIONS alone

  // The field's value; for a repeated field the first.
  std::optional<std::string_view> header(std::string_view name) const;
  // A query parameter; one that is given twice is a problem (400).
  std::optional<std::string_view> query(std::string_view name) const;
  // A path segment that the route names; empty for none.
  std::string_view segment(std::string_view name) const;
  // A path segment as an id; one of another form is a problem (404): such an object is simply unknown.
  domain::id segment_id(std::string_view name) const;
};

struct response {
  unsigned status = 200;
  std::string body;
  std::string content_type = "application/json";
  header_list headers;  // beyond those that every answer gets
  bool close = false;   // the connection ends with it
  // Set by a handler that goes on with the socket itself (an event stream): called once after the handler returned, on
  // the io thread, in place of writing this response. The HTTP session ends with it. `rest` are bytes read ahead.
  std::function<void(tcp_socket socket, std::string rest)> take_over;
};

// An answer that is an error: thrown by handlers, written as application/problem+json (RFC 9457).
struct problem : std::exception {
  problem(unsigned status, std::string code, std::string detail);
  const char* what() const noexcept override { return detail.c_str(); }

  unsigned status;
  std::string code;
  std::string detail;
  domain::faults errors;  // 422
  std::string current;    // 412: JSON text
  header_list headers;    // WWW-Authenticate, Allow, Retry-After, ETag ...
  bool close = false;     // the connection can't go on (framing)
};

using handler = asio::awaitable<response> (*)(services&, request&);

// Runs `f(stores&)` on a reader thread and comes back to the caller's executor. Exceptions of `f` (domain::malformed,
// problem) arrive here; a failing database or a full queue is problem 503.
template <class F>
asio::awaitable<std::invoke_result_t<F&, persistence::stores&>> read(services&, F f);

// Gives the command to the writer and waits for its commit. A refusal is thrown as the problem that the protocol names.
asio::awaitable<persistence::written> write(services&, persistence::write_request);

}  // namespace chatmesh::http

#include "http/handler_impl.hpp"
