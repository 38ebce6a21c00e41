// Objects to their complete JSON form: the members and their order are protocol §2's.
#include "domain/codec.hpp"
#include "domain/codec_parts.hpp"

namespace chatmesh::domain {

namespace {

// The first members of everything that belongs to a company.
template <class T>
void write_start(json_writer& out, const T& x) {
  out.begin_object();
  out.member("id", x.id);
  out.member("company_id", x.company_id);
}

// The last ones of everything that is stored.
void write_end(json_writer& out, const record& r) {
  out.member("version", r.version);
  out.member("created_at", r.created_at);
  out.member("updated_at", r.updated_at);
  out.end_object();
}

}  // namespace

void write_fields(json_writer& out, const company_fields& f) {
  out.member("name", f.name);
  out.member("widget_origins", f.widget_origins);
}

void write_fields(json_writer& out, const employee_fields& f) {
  out.member("name", f.name);
  out.member("email", f.email);
  out.member("phone", f.phone);
  out.member("title", f.title);
  out.member("avatar_url", f.avatar_url);
  out.member("role", to_string(f.role));
}

void write_fields(json_writer& out, const customer_fields& f) {
  out.member("name", f.name);
  out.member("email", f.email);
  out.member("phone", f.phone);
  out.member("avatar_url", f.avatar_url);
  out.member("organization", f.organization);
  out.member("status", to_string(f.status));
  out.member("tags", f.tags);
  out.member("attributes", f.attributes);
  out.member("assigned_employee_id", f.assigned_employee_id);
}

void write_fields(json_writer& out, const note_fields& f) {
  out.member("body", f.body);
  out.member("pinned", f.pinned);
}

void write_fields(json_writer& out, const message_fields& f) {
  out.member("body", f.body);
}

void write(json_writer& out, const user& u) {
  out.begin_object();
  out.member("id", u.id);
  out.member("name", u.name);
  out.member("email", u.email);
  out.end_object();
}

void write(json_writer& out, const company& c) {
  out.begin_object();
  out.member("id", c.id);
  out.member("name", c.name);
  out.member("widget_key", c.widget_key);
  out.member("widget_origins", c.widget_origins);
  write_end(out, c);
}

void write(json_writer& out, const employee& e) {
  write_start(out, e);
  out.member("user_id", e.user_id);
  write_fields(out, e);
  out.member("status", to_string(e.status));
  write_end(out, e);
}

void write(json_writer& out, const customer& c) {
  write_start(out, c);
  write_fields(out, c);
  out.member("assigned_employee", c.assigned_employee);
  write_end(out, c);
}

void write(json_writer& out, const note& n) {
  write_start(out, n);
  out.member("customer_id", n.customer_id);
  write_fields(out, n);
  out.member("author", n.author);
  write_end(out, n);
}

void write(json_writer& out, const message_author& a) {
  out.begin_object();
  out.member("kind", to_string(a.kind));
  out.member("id", a.id);
  out.member("name", a.name);
  out.member("avatar_url", a.avatar_url);
  out.end_object();
}

void write(json_writer& out, const message& m) {
  write_start(out, m);
  out.member("customer_id", m.customer_id);
  out.member("direction", to_string(m.direction));
  out.member("author", m.author);
  write_fields(out, m);
  write_end(out, m);
}

void write(json_writer& out, const read_mark& r) {
  write_start(out, r);
  out.member("customer_id", r.customer_id);
  out.member("employee_id", r.employee_id);
  out.member("message_id", r.message_id);
  write_end(out, r);
}

void write(json_writer& out, const api_token& t) {
  out.begin_object();
  out.member("id", t.id);
  out.member("name", t.name);
  out.member("role", to_string(t.role));
  out.member("created_at", t.created_at);
  out.member("last_used_at", t.last_used_at);
  out.end_object();
}

}  // namespace chatmesh::domain
