// HTTP/1.1 as a test needs it: one persistent connection, whole answers, and the bytes below where a test wants them.
#pragma once

#include "tests/support/socket.hpp"
#include "tests/support/sse_parser.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace chatmesh::test {

using header_list = std::vector<std::pair<std::string, std::string>>;

struct http_response {
  int status = 0;
  header_list headers;
  std::string body;

  // The field's value, by name without case; nothing where it is missing. Throws format_error where it is there twice.
  std::optional<std::string> header(std::string_view name) const;

  // The body as JSON; throws format_error with the body where it is none.
  json value() const;

  // Chatmesh-Cursor: of the last event that the write made, empty for none.
  std::string cursor() const { return header("Chatmesh-Cursor").value_or(""); }
};

// The number in a cursor "<epoch>-<seq>"; throws format_error for another text.
std::uint64_t seq_of(std::string_view cursor);
std::string epoch_of(std::string_view cursor);

// One connection; opened with the first request, and again with the first one after it ended. A request is never
// repeated on its own: what happens to one that got no answer is the test's to say. For one thread at a time.
class http_client {
public:
  explicit http_client(endpoint to) : to_(std::move(to)) {}

  // Sends one request and reads its final answer. `body` without Content-Type among the headers is application/json.
  http_response request(std::string_view method, std::string_view target, const header_list& headers = {},
                        const std::optional<std::string>& body = {});

  // The bytes below: sends them as they are.
  void send(std::string_view bytes);
  // Reads one answer, also an interim one (1xx). `to_head`: the answer to a HEAD request has no body.
  http_response read_response(bool to_head = false);
  // Reads the head alone, and leaves the body to be read by take_body().
  http_response read_head();
  std::string take_body(std::size_t max = 64 * 1024);  // as socket::receive()

  // Whether the server ends the connection, with nothing more to read. Waits for the one or the other.
  bool ends();

  const endpoint& where() const { return to_; }
  socket& connection() { return socket_; }
  void use(socket s) { socket_ = std::move(s), unread_.clear(); }
  void close() { socket_.close(), unread_.clear(); }

private:
  void connect();
  void read_more();
  std::string read_line();
  void read_body(http_response&);

  endpoint to_;
  socket socket_;
  std::string unread_;
};

// The bytes of a request, for tests that want to change them.
std::string encode_request(std::string_view method, std::string_view target, const header_list& headers,
                           const std::optional<std::string>& body);

}  // namespace chatmesh::test
