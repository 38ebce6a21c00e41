#include "tests/support/http_client.hpp"

#include "tests/support/chunked_decoder.hpp"
#include "tests/support/wait.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>

namespace chatmesh::test {

namespace {

bool same_name(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

bool has_header(const header_list& headers, std::string_view name) {
  return std::ranges::any_of(headers, [&](const auto& h) { return same_name(h.first, name); });
}

}  // namespace

std::optional<std::string> http_response::header(std::string_view name) const {
  std::optional<std::string> found;
  for (const auto& [key, value] : headers) {
    if (!same_name(key, name))
      continue;
    if (found)
      throw format_error("answer with two fields " + std::string{name});
    found = value;
  }
  return found;
}

json http_response::value() const {
  auto parsed = json::parse(body, nullptr, false);
  if (parsed.is_discarded())
    throw format_error("answer " + std::to_string(status) + " is no JSON: " + body);
  return parsed;
}

std::uint64_t seq_of(std::string_view cursor) {
  std::uint64_t seq = 0;
  const auto digits = cursor.size() > 9 && cursor[8] == '-' ? cursor.substr(9) : std::string_view{};
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), seq);
  if (digits.empty() || error != std::errc{} || end != digits.data() + digits.size())
    throw format_error("no cursor: " + std::string{cursor});
  return seq;
}

std::string epoch_of(std::string_view cursor) {
  seq_of(cursor);
  return std::string{cursor.substr(0, 8)};
}

std::string encode_request(std::string_view method, std::string_view target, const header_list& headers,
                           const std::optional<std::string>& body) {
  std::string bytes;
  bytes.append(method).append(" ").append(target).append(" HTTP/1.1\r\n");
  if (!has_header(headers, "Host"))
    bytes += "Host: localhost\r\n";
  for (const auto& [name, value] : headers)
    bytes.append(name).append(": ").append(value).append("\r\n");
  if (body) {
    if (!has_header(headers, "Content-Type"))
      bytes += "Content-Type: application/json\r\n";
    bytes.append("Content-Length: ").append(std::to_string(body->size())).append("\r\n");
  }
  bytes.append("\r\n").append(body.value_or(""));
  return bytes;
}

http_response http_client::request(std::string_view method, std::string_view target, const header_list& headers,
                                   const std::optional<std::string>& body) {
  send(encode_request(method, target, headers, body));
  auto answer = read_response(method == "HEAD");
  while (answer.status < 200)
    answer = read_response(method == "HEAD");
  return answer;
}

void http_client::connect() {
  if (!socket_.is_open())
    use(socket{to_});
}

void http_client::send(std::string_view bytes) {
  connect();
  try {
    socket_.send(bytes);
  } catch (const connection_lost&) {
    close();
    throw;
  }
}

void http_client::read_more() {
  try {
    const auto bytes = socket_.receive();
    if (bytes.empty())
      throw connection_lost("the server ended the connection");
    unread_ += bytes;
  } catch (const timed_out&) {  // what comes later is no answer to the next request, and what was not sent yet never is
    socket_.reset();
    close();
    throw;
  } catch (...) {
    close();
    throw;
  }
}

std::string http_client::read_line() {
  auto end = unread_.find("\r\n");
  while (end == std::string::npos) {
    read_more();
    end = unread_.find("\r\n");
  }
  auto line = unread_.substr(0, end);
  unread_.erase(0, end + 2);
  return line;
}

http_response http_client::read_head() {
  const auto status_line = read_line();
  if (!status_line.starts_with("HTTP/1.1 ") || status_line.size() < 12)
    throw format_error("no status line: " + status_line);
  http_response answer;
  answer.status = std::stoi(status_line.substr(9, 3));
  for (auto line = read_line(); !line.empty(); line = read_line()) {
    const auto colon = line.find(": ");
    if (colon == std::string::npos || colon == 0)
      throw format_error("no header field: " + line);
    answer.headers.emplace_back(line.substr(0, colon), line.substr(colon + 2));
  }
  return answer;
}

http_response http_client::read_response(bool to_head) {
  auto answer = read_head();
  const bool has_body = !to_head && answer.status >= 200 && answer.status != 204 && answer.status != 304;
  if (has_body)
    read_body(answer);
  if (answer.header("Connection") == "close" && !ends())
    throw format_error("the server said close and went on");
  return answer;
}

void http_client::read_body(http_response& answer) {
  if (answer.header("Transfer-Encoding") == "chunked") {
    chunked_decoder decoder;
    while (!decoder.done()) {
      if (unread_.empty())
        read_more();
      unread_.erase(0, decoder.feed(unread_, answer.body));
    }
    return;
  }
  const auto length = answer.header("Content-Length");
  if (!length)
    throw format_error("an answer with neither Content-Length nor chunks");
  const auto size = std::stoul(*length);
  while (unread_.size() < size)
    read_more();
  answer.body = unread_.substr(0, size);
  unread_.erase(0, size);
}

std::string http_client::take_body(std::size_t max) {
  if (unread_.empty())
    return socket_.receive(max);
  auto bytes = unread_.substr(0, max);
  unread_.erase(0, bytes.size());
  return bytes;
}

bool http_client::ends() {
  if (!socket_.is_open() || !unread_.empty())
    return unread_.empty();
  try {
    const bool ended = socket_.receive(1).empty();
    close();
    return ended;
  } catch (const connection_lost&) {
    close();
    return true;
  }
}

}  // namespace chatmesh::test
