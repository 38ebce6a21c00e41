#include "domain/body_reader.hpp"

#include "domain/codec.hpp"

#include <algorithm>

namespace chatmesh::domain {

namespace {

constexpr const char* not_a_string = "must be a string";

// RFC 6901.
std::string escape(std::string_view name) {
  std::string escaped;
  for (const char c : name) {
    if (c == '~')
      escaped += "~0";
    else if (c == '/')
      escaped += "~1";
    else
      escaped += c;
  }
  return escaped;
}

}  // namespace

body_reader::body_reader(const json& object, faults& found, std::string at)
    : object_(object), found_(found), at_(std::move(at)) {}

std::string body_reader::text(std::string_view name, text_rule rule) {
  const json* value = find_required(name);
  if (!value || !is_text(name, *value))
    return {};
  const auto& read = value->get_ref<const std::string&>();
  check(pointer(name), read, rule);
  return read;
}

optional_text body_reader::maybe_text(std::string_view name, text_rule rule) {
  const json* value = find(name);
  if (!value || value->is_null() || !is_text(name, *value))
    return std::nullopt;
  const auto& read = value->get_ref<const std::string&>();
  check(pointer(name), read, rule);
  return read;
}

bool body_reader::flag(std::string_view name) {
  const json* value = find(name);
  if (!value)
    return false;
  if (value->is_boolean())
    return value->get<bool>();
  fail(pointer(name), "wrong_type", "must be true or false");
  return false;
}

std::vector<std::string> body_reader::texts(std::string_view name, std::size_t most, text_rule rule) {
  std::vector<std::string> read;
  const json* value = find(name);
  if (!value)
    return read;
  if (!value->is_array()) {
    fail(pointer(name), "wrong_type", "must be an array of strings");
    return read;
  }
  if (value->size() > most)
    fail(pointer(name), "too_many", "must have at most " + std::to_string(most) + " elements");
  // What is beyond the limit is not looked at: an answer must not grow with a hostile body.
  for (std::size_t i = 0; i < std::min(value->size(), most); ++i) {
    const auto& element = (*value)[i];
    const auto where = pointer(name) + "/" + std::to_string(i);
    if (!element.is_string()) {
      fail(where, "wrong_type", not_a_string);
      continue;
    }
    read.push_back(element.get<std::string>());
    check(where, read.back(), rule);
  }
  return read;
}

json body_reader::attributes(std::string_view name, std::size_t most) {
  const json* value = find(name);
  if (!value)
    return json::object();
  if (!value->is_object()) {
    fail(pointer(name), "wrong_type", "must be an object");
    return json::object();
  }
  if (value->size() > most) {
    fail(pointer(name), "too_many", "must have at most " + std::to_string(most) + " members");
    return json::object();
  }
  for (const auto& [key, scalar] : value->items()) {
    const auto where = pointer(name) + "/" + escape(key);
    check(where, key, tag_rule);
    if (scalar.is_string())
      check(where, scalar.get_ref<const std::string&>(), attribute_rule);
    else if (is_huge_integer(scalar))
      fail(where, "out_of_range", "an integer must fit into 64 bits");
    else if (!scalar.is_number() && !scalar.is_boolean() && !scalar.is_null())
      fail(where, "wrong_type", "must be a string, a number, true, false or null");
  }
  return *value;
}

id body_reader::required_id(std::string_view name) {
  const json* value = find_required(name);
  if (!value || !is_text(name, *value))
    return {};
  const auto parsed = id::parse(value->get_ref<const std::string&>());
  if (!parsed)
    fail(pointer(name), "not_found", "no such thing");
  return parsed.value_or(id{});
}

std::optional<id> body_reader::maybe_id(std::string_view name) {
  const json* value = find(name);
  if (!value || value->is_null())
    return std::nullopt;
  return required_id(name);
}

void body_reader::fixed_id(std::string_view name, const id& current) {
  const json* value = find(name);
  if (!value)
    return;
  if (!value->is_null() && !is_text(name, *value))
    return;
  if (value->is_null() || value->get_ref<const std::string&>() != current.to_string())
    fail(pointer(name), "immutable", "can not be changed");
}

const json* body_reader::object(std::string_view name) {
  const json* value = find_required(name);
  if (!value || value->is_object())
    return value;
  fail(pointer(name), "wrong_type", "must be an object");
  return nullptr;
}

void body_reader::ignore(std::initializer_list<std::string_view> names) {
  known_.insert(known_.end(), names);
}

void body_reader::reject_unknown() {
  for (const auto& [key, value] : object_.items()) {
    if (std::find(known_.begin(), known_.end(), key) == known_.end())
      fail(pointer(key), "unknown_field", "there is no such field");
  }
}

const json* body_reader::find(std::string_view name) {
  known_.push_back(name);
  const auto found = object_.find(name);
  return found == object_.end() ? nullptr : &*found;
}

const json* body_reader::find_required(std::string_view name) {
  const json* value = find(name);
  if (value && !value->is_null())
    return value;
  fail(pointer(name), "required", "must be given");
  return nullptr;
}

bool body_reader::is_text(std::string_view name, const json& value) {
  if (!value.is_string())
    fail(pointer(name), "wrong_type", not_a_string);
  return value.is_string();
}

std::string body_reader::pointer(std::string_view name) const {
  return at_ + "/" + escape(name);
}

void body_reader::check(std::string where, std::string_view text, text_rule rule) {
  if (auto broken = rule(text))
    fail(std::move(where), std::move(broken->code), std::move(broken->detail));
}

void body_reader::fail(std::string where, std::string code, std::string detail) {
  found_.push_back({std::move(where), std::move(code), std::move(detail)});
}

}  // namespace chatmesh::domain
