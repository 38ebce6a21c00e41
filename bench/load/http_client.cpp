#include "bench/load/http_client.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <stdexcept>

#include <sys/socket.h>

namespace chatmesh::bench {

namespace {

bool same_letters(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) { return (x | 0x20) == (y | 0x20); });
}

}  // namespace

std::string_view answer::field(std::string_view name) const {
  for (std::size_t line = head.find("\r\n"); line != std::string_view::npos; line = head.find("\r\n", line)) {
    line += 2;
    const auto rest = head.substr(line);
    if (rest.size() <= name.size() || rest[name.size()] != ':' || !same_letters(rest.substr(0, name.size()), name))
      continue;
    auto value = rest.substr(name.size() + 1, rest.find("\r\n") - name.size() - 1);
    value.remove_prefix(std::min(value.find_first_not_of(' '), value.size()));
    return value;
  }
  return {};
}

std::optional<answer> read_answer(std::string_view text) {
  const auto head_end = text.find("\r\n\r\n");
  if (head_end == std::string_view::npos)
    return std::nullopt;
  answer result;
  result.head = text.substr(0, head_end + 2);
  if (!text.starts_with("HTTP/1.") || text.size() < 12 ||
      std::from_chars(text.data() + 9, text.data() + 12, result.status).ec != std::errc{})
    throw std::runtime_error{"not an HTTP answer"};
  const auto rest = text.substr(head_end + 4);
  std::size_t size = 0;
  if (same_letters(result.field("Transfer-Encoding"), "chunked")) {
    // Answers to writes are small and hold no "0" line of their own.
    const auto last = rest.starts_with("0\r\n\r\n") ? 0 : rest.find("\r\n0\r\n\r\n");
    if (last == std::string_view::npos)
      return std::nullopt;
    size = last + (last == 0 ? 5 : 7);
  } else if (const auto length = result.field("Content-Length"); !length.empty()) {
    std::from_chars(length.data(), length.data() + length.size(), size);
  }
  if (rest.size() < size)
    return std::nullopt;
  result.body = rest.substr(0, size);
  result.bytes = head_end + 4 + size;
  result.closes = same_letters(result.field("Connection"), "close");
  return result;
}

api_client::api_client(const endpoint& at) : fd_(connect_blocking(at)) {}

api_client::result api_client::call(std::string_view method, std::string_view path, std::string_view token,
                                    std::string_view body) {
  std::string out;
  out.append(method).append(" ").append(path).append(" HTTP/1.1\r\nHost: localhost\r\n");
  if (!token.empty())
    out.append("Authorization: Bearer ").append(token).append("\r\n");
  if (!body.empty())
    out.append("Content-Type: application/json\r\n");
  out.append("Content-Length: ").append(std::to_string(body.size())).append("\r\n\r\n").append(body);
  for (std::size_t sent = 0; sent < out.size();) {
    const auto n = ::send(fd_.get(), out.data() + sent, out.size() - sent, MSG_NOSIGNAL);
    if (n <= 0)
      throw std::runtime_error{"the server closed the connection"};
    sent += static_cast<std::size_t>(n);
  }
  std::array<char, 65536> buffer{};
  for (;;) {
    if (const auto found = read_answer(in_)) {
      result r{found->status, std::string{found->body}, std::string{found->field("Chatmesh-Cursor")}};
      in_.erase(0, found->bytes);
      return r;
    }
    const auto n = ::recv(fd_.get(), buffer.data(), buffer.size(), 0);
    if (n <= 0)
      throw std::runtime_error{"the server closed the connection"};
    in_.append(buffer.data(), static_cast<std::size_t>(n));
  }
}

}  // namespace chatmesh::bench
