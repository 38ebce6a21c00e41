// Writes JSON as text, value by value: for what is written at every change, every frame and every row of a list, where
// a tree of values would cost more than the text itself. Everything else goes by way of `json`.
#pragma once

#include "domain/entities.hpp"

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace chatmesh::domain {

class json_writer;

// Has `void write(json_writer&, const T&)`, found by its type.
template <class T>
concept writable = requires(json_writer& out, const T& value) {
  write(out, value);
};

class json_writer {
public:
  // `expected`: bytes to make room for.
  explicit json_writer(std::size_t expected = 0) { out_.reserve(expected); }

  void begin_object() { begin('{'); }
  void end_object() { end('}'); }
  void begin_array() { begin('['); }
  void end_array() { end(']'); }

  // Of an object; a value follows. A name is plain: nothing of it needs an escape.
  void key(std::string_view name);

  void value(std::nullptr_t) { raw("null"); }
  void value(bool x) { raw(x ? "true" : "false"); }
  void value(std::uint64_t);
  // Texts are valid UTF-8 when they come in; what is not, should a stored one be damaged, becomes U+FFFD.
  void value(std::string_view);
  void value(const char* text) { value(std::string_view{text}); }
  void value(const id&);
  void value(timestamp);
  template <std::same_as<json> T>  // and nothing that only turns into one
  void value(const T& x) {
    value_of(x);
  }
  template <writable T>
  void value(const T& x) {
    write(*this, x);
  }
  template <class T>
  void value(const std::optional<T>& x) {
    if (x)
      value(*x);
    else
      value(nullptr);
  }
  template <class T>
  void value(const std::vector<T>& all) {
    begin_array();
    for (const T& each : all)
      value(each);
    end_array();
  }

  // A value that is JSON text already.
  void raw(std::string_view text);

  template <class T>
  void member(std::string_view name, const T& x) {
    key(name);
    value(x);
  }

  std::string take() && { return std::move(out_); }

private:
  void begin(char bracket);
  void end(char bracket);
  void separate();
  void value_of(const json&);

  std::string out_;
  bool follows_ = false;  // a value of the same array or object
};

// Compact JSON text of a value.
std::string dump(const json&);

}  // namespace chatmesh::domain
