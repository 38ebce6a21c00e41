// Objects to their complete JSON form: the members and their order are protocol §2's.
#include "domain/codec.hpp"
#include "domain/codec_parts.hpp"

namespace chatmesh::domain {

namespace {

json nullable(const optional_text& x) {
  return x ? json(*x) : json();
}

json nullable(const std::optional<id>& x) {
  return x ? json(x->to_string()) : json();
}

void append_record(json& out, const record& r) {
  out["version"] = r.version;
  out["created_at"] = to_rfc3339(r.created_at);
  out["updated_at"] = to_rfc3339(r.updated_at);
}

// The first members of everything that belongs to a company.
json start(const id& own, const id& company) {
  json out = json::object();
  out["id"] = own.to_string();
  out["company_id"] = company.to_string();
  return out;
}

json author_json(const message_author& a) {
  json out = json::object();
  out["kind"] = to_string(a.kind);
  out["id"] = a.id.to_string();
  out["name"] = a.name;
  out["avatar_url"] = nullable(a.avatar_url);
  return out;
}

}  // namespace

void append_fields(json& out, const company_fields& f) {
  out["name"] = f.name;
  out["widget_origins"] = f.widget_origins;
}

void append_fields(json& out, const employee_fields& f) {
  out["name"] = f.name;
  out["email"] = nullable(f.email);
  out["phone"] = nullable(f.phone);
  out["title"] = nullable(f.title);
  out["avatar_url"] = nullable(f.avatar_url);
  out["role"] = to_string(f.role);
}

void append_fields(json& out, const customer_fields& f) {
  out["name"] = f.name;
  out["email"] = nullable(f.email);
  out["phone"] = nullable(f.phone);
  out["avatar_url"] = nullable(f.avatar_url);
  out["organization"] = nullable(f.organization);
  out["status"] = to_string(f.status);
  out["tags"] = f.tags;
  out["attributes"] = f.attributes;
  out["assigned_employee_id"] = nullable(f.assigned_employee_id);
}

void append_fields(json& out, const note_fields& f) {
  out["body"] = f.body;
  out["pinned"] = f.pinned;
}

void append_fields(json& out, const message_fields& f) {
  out["body"] = f.body;
}

json to_json(const user& u) {
  json out = json::object();
  out["id"] = u.id.to_string();
  out["name"] = u.name;
  out["email"] = u.email;
  return out;
}

json to_json(const company& c) {
  json out = json::object();
  out["id"] = c.id.to_string();
  out["name"] = c.name;
  out["widget_key"] = c.widget_key;
  out["widget_origins"] = c.widget_origins;
  append_record(out, c);
  return out;
}

json to_json(const employee& e) {
  json out = start(e.id, e.company_id);
  out["user_id"] = nullable(e.user_id);
  append_fields(out, e);
  out["status"] = to_string(e.status);
  append_record(out, e);
  return out;
}

json to_json(const customer& c) {
  json out = start(c.id, c.company_id);
  append_fields(out, c);
  out["assigned_employee"] = c.assigned_employee ? to_json(*c.assigned_employee) : json();
  append_record(out, c);
  return out;
}

json to_json(const note& n) {
  json out = start(n.id, n.company_id);
  out["customer_id"] = n.customer_id.to_string();
  append_fields(out, n);
  out["author"] = to_json(n.author);
  append_record(out, n);
  return out;
}

json to_json(const message& m) {
  json out = start(m.id, m.company_id);
  out["customer_id"] = m.customer_id.to_string();
  out["direction"] = to_string(m.direction);
  out["author"] = author_json(m.author);
  append_fields(out, m);
  append_record(out, m);
  return out;
}

json to_json(const read_mark& r) {
  json out = start(r.id, r.company_id);
  out["customer_id"] = r.customer_id.to_string();
  out["employee_id"] = r.employee_id.to_string();
  out["message_id"] = r.message_id.to_string();
  append_record(out, r);
  return out;
}

json to_json(const api_token& t) {
  json out = json::object();
  out["id"] = t.id.to_string();
  out["name"] = t.name;
  out["role"] = to_string(t.role);
  out["created_at"] = to_rfc3339(t.created_at);
  out["last_used_at"] = t.last_used_at ? json(to_rfc3339(*t.last_used_at)) : json();
  return out;
}

std::string dump(const json& value) {
  // Texts are valid UTF-8 when they come in; should a stored one be damaged, the object must still be readable.
  return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace chatmesh::domain
