// PATCH: RFC 7396 on the writable fields, then the same reading as for a PUT.
#include "domain/codec.hpp"
#include "domain/codec_parts.hpp"

#include <utility>

namespace chatmesh::domain {

namespace {

// One level of RFC 7396: null removes, anything else replaces.
void merge_member(json& target, const std::string& key, const json& value) {
  if (value.is_null())
    target.erase(key);
  else
    target[key] = value;
}

// `attributes` is the only writable field that is an object, and holds none that would be in order: two levels are all
// there is to merge. An attribute that is null is written by POST and PUT only; here null removes. What is not writable
// is kept as it is, nulls too, for the reader to ignore or reject.
template <typename Fields>
json merged(const json& patch, const Fields& current) {
  json_writer text;
  text.begin_object();
  write_fields(text, current);
  text.end_object();
  json target = json::parse(std::move(text).take());
  for (const auto& [key, value] : patch.items()) {
    if (!target.contains(key)) {
      target[key] = value;
    } else if (key == "attributes" && value.is_object()) {
      for (const auto& [name, attribute] : value.items())
        merge_member(target[key], name, attribute);
    } else {
      merge_member(target, key, value);
    }
  }
  return target;
}

}  // namespace

company_fields merge_company(const json& patch, const company_fields& current) {
  return read_company(merged(patch, current));
}

employee_fields merge_employee(const json& patch, const employee_fields& current) {
  return read_employee(merged(patch, current));
}

customer_fields merge_customer(const json& patch, const customer_fields& current, faults& found) {
  return read_customer(merged(patch, current), found);
}

note_fields merge_note(const json& patch, const note_fields& current) {
  return read_note(merged(patch, current), current);
}

message_fields merge_message(const json& patch, const message_fields& current) {
  return read_message(merged(patch, current), current);
}

}  // namespace chatmesh::domain
