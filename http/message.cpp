#include "http/message.hpp"

#include "http/target.hpp"
#include "http/text.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <ctime>
#include <stdexcept>

namespace chatmesh::http {

namespace beast_http = boost::beast::http;

namespace {

constexpr std::size_t max_request_id = 128;
constexpr std::size_t usual_fields = 16;

bool is_request_id(std::string_view text) {
  return !text.empty() && text.size() <= max_request_id && std::ranges::all_of(text, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '.' || c == '_' ||
           c == '-';
  });
}

// A field's value that breaks the line would let a client write our header: no handler may pass such a value.
void require_one_line(std::string_view value) {
  if (value.find_first_of(std::string_view{"\r\n\0", 3}) != std::string_view::npos) {
    throw std::logic_error("a header field's value has a line end");
  }
}

}  // namespace

void fill(request& r, const request_header& header) {
  r.method = std::string{header.method_string()};
  r.target = std::string{header.target()};
  r.http_1_0 = header.version() == 10;
  r.headers.clear();
  r.headers.reserve(usual_fields);
  for (const auto& field : header)
    r.headers.emplace_back(field.name_string(), field.value());
  if (const auto own = r.header("X-Request-Id"); own && is_request_id(*own))
    r.request_id = std::string{*own};
  // An absolute target says whom the request is for, whatever Host says (RFC 9112 §3.2.2).
  if (const auto authority = target_authority(r.target)) {
    for (auto& [name, value] : r.headers) {
      if (boost::beast::iequals(name, "Host"))
        value = std::string{*authority};
    }
  }
}

std::string find_request_id(std::string_view head) {
  constexpr std::string_view name = "X-Request-Id:";
  for (auto end = head.find("\r\n"); end != std::string_view::npos && end > 0; end = head.find("\r\n")) {
    const auto line = head.substr(0, end);
    head.remove_prefix(end + 2);
    if (!boost::beast::iequals(line.substr(0, name.size()), name))
      continue;
    const auto own = trim(line.substr(name.size()));
    return is_request_id(own) ? std::string{own} : std::string{};
  }
  return {};
}

response_message make_message(answer a, const request& r, bool keep_alive) {
  using beast_http::field;
  auto& from = a.response;
  response_message message{static_cast<beast_http::status>(from.status), 11};
  for (const auto& [name, value] : from.headers) {
    require_one_line(value);
    message.insert(name, value);
  }
  message.set(field::date, http_date());
  message.set("X-Request-Id", r.request_id);
  message.set("X-Content-Type-Options", "nosniff");
  if (message.count(field::cache_control) == 0)
    message.set(field::cache_control, "no-store, no-transform");
  if (!keep_alive) {
    message.set(field::connection, "close");
  } else if (r.http_1_0) {
    message.set(field::connection, "keep-alive");
  }
  const bool head = r.method == "HEAD";
  const bool has_body = from.status != 204 && from.status != 304;
  // Where a GET streams, its HEAD can't tell a length, and one that is refused looks like any other.
  const bool stream = a.route && a.route->answers == answer_kind::events && from.status == 200;
  if (has_body && (head || !from.body.empty()))
    message.set(field::content_type, from.content_type);
  if (has_body && !stream)
    message.content_length(from.body.size());
  else if (stream && !head && !r.http_1_0)
    message.chunked(true);
  if (has_body && !head)
    message.body() = std::move(from.body);
  return message;
}

std::string_view http_date() {
  thread_local std::time_t made_at = 0;
  thread_local std::array<char, 64> text{};
  const auto now = std::time(nullptr);
  if (now != made_at) {
    static constexpr std::array days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static constexpr std::array months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    std::tm at{};
    gmtime_r(&now, &at);
    std::snprintf(text.data(), text.size(), "%s, %02d %s %04d %02d:%02d:%02d GMT", days.at(at.tm_wday), at.tm_mday,
                  months.at(at.tm_mon), at.tm_year + 1900, at.tm_hour, at.tm_min, at.tm_sec);
    made_at = now;
  }
  return text.data();
}

}  // namespace chatmesh::http
