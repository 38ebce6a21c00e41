#include "domain/json_writer.hpp"

#include "domain/utf8.hpp"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <limits>

namespace chatmesh::domain {

namespace {

bool needs_escape(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\';
}

}  // namespace

void json_writer::separate() {
  if (std::exchange(follows_, true))
    out_ += ',';
}

void json_writer::begin(char bracket) {
  separate();
  out_ += bracket;
  follows_ = false;
}

void json_writer::end(char bracket) {
  out_ += bracket;
  follows_ = true;
}

void json_writer::key(std::string_view name) {
  separate();
  out_.append("\"").append(name).append("\":");
  follows_ = false;
}

void json_writer::raw(std::string_view text) {
  separate();
  out_ += text;
}

void json_writer::value(std::uint64_t x) {
  char digits[std::numeric_limits<std::uint64_t>::digits10 + 1];
  const auto end = std::to_chars(std::begin(digits), std::end(digits), x).ptr;
  raw({digits, end});
}

// Most texts go out as they are; the library knows what to do with the others.
void json_writer::value(std::string_view text) {
  if (std::ranges::any_of(text, needs_escape) || !is_utf8(text))
    return raw(dump(json(text)));
  separate();
  out_.append("\"").append(text).append("\"");
}

void json_writer::value(const id& x) {
  value(std::string_view{x.to_string()});
}

void json_writer::value(timestamp at) {
  value(std::string_view{to_rfc3339(at)});
}

void json_writer::value_of(const json& x) {
  raw(dump(x));
}

std::string dump(const json& value) {
  return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace chatmesh::domain
