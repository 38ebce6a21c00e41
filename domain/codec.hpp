// The only JSON codec: request bodies to fields, objects to their complete JSON form (protocol §2).
#pragma once

#include "domain/entities.hpp"
#include "domain/fault.hpp"
#include "domain/json_writer.hpp"

#include <string>
#include <string_view>
#include <utility>

namespace chatmesh::domain {

inline constexpr std::size_t max_json_depth = 64;
inline constexpr std::size_t max_json_members = 1024;  // of one object; more is 400

// Parses one JSON object, strictly: throws malformed for anything that protocol §1 calls 400 (not an object, duplicate
// keys, invalid UTF-8, lone surrogates, NUL, depth, members, text after the value).
json parse_object(std::string_view body);

// An integer that no 64 bits hold. parse_object() keeps it apart, as a value that is of no JSON type: as a float it
// would silently become another number.
bool is_huge_integer(const json&);

// Complete objects, fields in the protocol's order.
void write(json_writer&, const user&);
void write(json_writer&, const company&);
void write(json_writer&, const employee&);
void write(json_writer&, const customer&);
void write(json_writer&, const note&);
void write(json_writer&, const message_author&);
void write(json_writer&, const message&);
void write(json_writer&, const read_mark&);
void write(json_writer&, const api_token&);

// The same as a text of its own, and as a value to look into or to build on.
template <writable T>
std::string to_text(const T& object) {
  constexpr std::size_t usual = 1024;
  json_writer out{usual};
  out.value(object);
  return std::move(out).take();
}
template <writable T>
json to_json(const T& object) {
  return json::parse(to_text(object));
}

// Full bodies (POST, PUT). Throw invalid with every fault. Read-only fields are ignored, unknown ones are faults.
// `creating`: POST takes role as optional (agent) and customer_id as required; PUT the other way round, where a note's
// or message's customer_id that differs from `current`'s is `immutable` (a missing one keeps it).
company_fields read_company(const json&);
employee_fields read_employee(const json&);
note_fields read_note(const json&, const note_fields& current);
message_fields read_message(const json&, const message_fields& current);

// PATCH (RFC 7396) on the writable fields of `current`; throws invalid like the readers above.
company_fields merge_company(const json& patch, const company_fields& current);
employee_fields merge_employee(const json& patch, const employee_fields& current);
note_fields merge_note(const json& patch, const note_fields& current);
message_fields merge_message(const json& patch, const message_fields& current);

// Bodies of which only the database can tell every fault (what they refer to, who may send them) throw nothing: their
// faults are added to `found`. A field with a fault has some value then, an id with a fault is nil.
employee_fields read_new_employee(const json&, faults& found);
customer_fields read_customer(const json&, faults& found);
customer_fields merge_customer(const json& patch, const customer_fields& current, faults& found);
note_fields read_new_note(const json&, faults& found);
message_fields read_new_message(const json&, faults& found);
api_token_fields read_new_api_token(const json&, faults& found);
domain::id read_read_mark(const json&, faults& found);  // its message_id

// Bodies that are no objects of §2.
struct signup_body {
  company_fields company;
  std::string name, email, password;
};
struct login_body {
  std::string email, password;
};
struct accept_body {
  optional_text name, password;
};
struct widget_session_body {
  optional_text name, email, customer_token;
};
signup_body read_signup(const json&);
login_body read_login(const json&);
accept_body read_accept(const json&, bool new_login);  // a new login needs a password, by the rule for new ones
widget_session_body read_widget_session(const json&);
std::string read_inbound_message(const json&);  // {body}: a widget message
domain::id read_typing(const json&);            // {customer_id}

}  // namespace chatmesh::domain
