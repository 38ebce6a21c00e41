#include "http/head_check.hpp"

#include "http/problem.hpp"
#include "http/text.hpp"

#include <boost/asio/ip/address_v6.hpp>
#include <boost/beast/core/string.hpp>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <limits>

namespace chatmesh::http {

namespace {

constexpr std::size_t max_method_bytes = 32;
constexpr std::size_t max_length_digits = 18;  // of Content-Length: fits 64 bits
constexpr std::size_t max_fields = 100;
constexpr std::string_view version_example = "HTTP/1.1";

bool is_alnum(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_token_char(char c) {
  constexpr std::string_view others = "!#$%&'*+.^_`|~";
  return is_alnum(c) || c == '-' || others.find(c) != std::string_view::npos;
}

// HTAB, visible ASCII, space, or a byte of an old encoding: no other control character.
bool is_value_char(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte == '\t' || (byte >= 0x20 && byte != 0x7f);
}

// May be empty (RFC 3986 §3.2.3).
bool is_port(std::string_view text) {
  std::uint32_t number = 0;
  if (text.size() > 5 || !std::ranges::all_of(text, is_digit))
    return false;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number <= std::numeric_limits<std::uint16_t>::max();
}

// As it stands between brackets, where a zone has no place.
bool is_v6(std::string_view text) {
  boost::system::error_code not_one;
  boost::asio::ip::make_address_v6(std::string{text}, not_one);
  return !not_one && text.find('%') == std::string_view::npos;
}

problem target_too_long() {
  return bad_framing("The request target is too long.", 414, "target_too_long");
}

problem head_too_large() {
  return bad_framing("The header fields are too large.", 431, "header_too_large");
}

// Takes the line off `rest`; it ends with CRLF, and neither CR nor LF stands alone.
std::string_view next_line(std::string_view& rest) {
  const auto end = rest.find('\n');
  if (end == std::string_view::npos || end == 0 || rest[end - 1] != '\r') {
    throw bad_framing("A line of the header does not end with CRLF.");
  }
  const auto line = rest.substr(0, end - 1);
  rest.remove_prefix(end + 1);
  return line;
}

struct request_line {
  std::string_view method, target;
  bool http_1_0 = false;
};

request_line read_request_line(std::string_view line) {
  const auto first = line.find(' ');
  const auto last = line.rfind(' ');
  if (first == std::string_view::npos || first == last)
    throw bad_framing("The request line is malformed.");
  const request_line result{line.substr(0, first), line.substr(first + 1, last - first - 1), false};
  const auto version = line.substr(last + 1);
  if (!is_token(result.method) || result.method.size() > max_method_bytes) {
    throw bad_framing("The method is malformed.");
  }
  if (version.size() != version_example.size() || !version.starts_with("HTTP/") || !is_digit(version[5]) ||
      version[6] != '.' || !is_digit(version[7])) {
    throw bad_framing("The HTTP version is malformed.");
  }
  // A later HTTP/1.x is read as 1.1 (RFC 9110 §2.5).
  if (version[5] != '1')
    throw bad_framing("This server speaks HTTP/1.1.", 505, "version_not_supported");
  return {result.method, result.target, version == "HTTP/1.0"};
}

void check_target(const request_line& line, std::size_t limit) {
  if (line.target.size() > limit)
    throw target_too_long();
  const bool visible = std::ranges::all_of(line.target, [](char c) { return c > 0x20 && c < 0x7f && c != '#'; });
  if (line.target.empty() || !visible)
    throw bad_framing("The request target has characters that must be encoded.");
  if (line.method == "CONNECT")
    throw bad_framing("CONNECT is not supported.", 501, "not_implemented");
  if (line.target == "*" && line.method == "OPTIONS")
    return;
  if (line.target.front() == '/')
    return;
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!boost::beast::iequals(line.target.substr(0, scheme.size()), scheme))
      continue;
    const auto rest = line.target.substr(scheme.size());
    if (is_host(rest.substr(0, rest.find_first_of("/?"))))
      return;
  }
  throw bad_framing("The request target has no form that this method allows.");
}

struct field {
  std::string_view name, value;
};

field read_field(std::string_view line) {
  if (line.front() == ' ' || line.front() == '\t')
    throw bad_framing("A header field is folded over lines.");
  const auto colon = line.find(':');
  if (colon == std::string_view::npos || !is_token(line.substr(0, colon))) {
    throw bad_framing("The name of a header field is malformed.");
  }
  const field result{line.substr(0, colon), trim(line.substr(colon + 1))};
  if (!std::ranges::all_of(result.value, is_value_char)) {
    throw bad_framing("A header field has control characters.");
  }
  return result;
}

void check_length(std::string_view value) {
  if (value.empty() || !std::ranges::all_of(value, is_digit))
    throw bad_framing("Content-Length is no number.");
  if (value.size() > max_length_digits)
    throw bad_framing("The body is too large.", 413, "too_large");
}

// Only "chunked" is understood. A list that does not end with it leaves the body's end unknown: 400 rather than 501.
void check_transfer_encoding(std::string_view value, const request_line& line) {
  if (line.http_1_0)
    throw bad_framing("HTTP/1.0 has no Transfer-Encoding.");
  if (boost::beast::iequals(value, "chunked"))
    return;
  const auto comma = value.rfind(',');
  const auto last = comma == std::string_view::npos ? value : trim(value.substr(comma + 1));
  if (comma == std::string_view::npos || !boost::beast::iequals(last, "chunked")) {
    throw bad_framing("Transfer-Encoding does not end with `chunked`.");
  }
  throw bad_framing("The only transfer coding is `chunked`.", 501, "not_implemented");
}

// The fields that decide where a message ends, whom it is for, who sends it and how its body is read.
struct framing {
  std::size_t hosts = 0, lengths = 0, encodings = 0, types = 0, credentials = 0;

  void see(const field& f, const request_line& line) {
    using boost::beast::iequals;
    if (iequals(f.name, "Host")) {
      if (++hosts > 1 || !is_host(f.value))
        throw bad_framing("Host is malformed, or given more than once.");
    } else if (iequals(f.name, "Content-Length")) {
      if (++lengths > 1)
        throw bad_framing("Content-Length is given more than once.");
      check_length(f.value);
    } else if (iequals(f.name, "Transfer-Encoding")) {
      if (++encodings > 1)
        throw bad_framing("Transfer-Encoding is given more than once.");
      check_transfer_encoding(f.value, line);
    } else if (iequals(f.name, "Expect")) {
      if (!iequals(f.value, "100-continue")) {
        throw bad_framing("The only expectation is `100-continue`.", 417, "expectation_failed");
      }
    } else if (iequals(f.name, "Content-Type")) {
      if (++types > 1)
        throw bad_framing("Content-Type is given more than once.");
    } else if (iequals(f.name, "Authorization")) {
      if (++credentials > 1)
        throw bad_framing("Authorization is given more than once.");
    }
  }
};

}  // namespace

void check_head(std::string_view head, const settings& s) {
  if (head.size() > s.max_header_bytes)
    throw head_too_large();
  auto rest = head;
  const auto line = read_request_line(next_line(rest));
  check_target(line, s.max_target_bytes);
  framing seen;
  std::size_t fields = 0;
  for (auto text = next_line(rest); !text.empty(); text = next_line(rest)) {
    if (++fields > max_fields)
      throw head_too_large();
    seen.see(read_field(text), line);
  }
  if (seen.hosts == 0 && !line.http_1_0)
    throw bad_framing("Host is missing.");
  if (seen.lengths > 0 && seen.encodings > 0) {
    throw bad_framing("Content-Length and Transfer-Encoding exclude each other.");
  }
}

void check_partial_head(std::string_view begun, const settings& s) {
  if (begun.empty())
    return;
  if (!is_token_char(begun.front()))
    throw bad_framing("The request line is malformed.");
  const auto line_end = begun.find('\n');
  const auto line = begun.substr(0, line_end);
  if (line_end != std::string_view::npos && !line.ends_with('\r'))
    throw bad_framing("A line of the header does not end with CRLF.");
  if (line.size() > s.max_target_bytes + max_method_bytes + version_example.size() + 4)
    throw target_too_long();
  if (begun.size() > s.max_header_bytes)
    throw head_too_large();
}

bool is_host(std::string_view text) {
  const auto colon = text.starts_with('[') ? text.find(':', std::min(text.find(']'), text.size())) : text.find(':');
  const auto host = text.substr(0, colon);
  if (colon != std::string_view::npos && !is_port(text.substr(colon + 1)))
    return false;
  if (host.starts_with('['))
    return host.ends_with(']') && is_v6(host.substr(1, host.size() - 2));
  return !host.empty() && std::ranges::all_of(host, [](char c) {
    return is_alnum(c) || std::string_view{"-._~%!$&'()*+;="}.find(c) != std::string_view::npos;
  });
}

bool is_token(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, is_token_char);
}

}  // namespace chatmesh::http
