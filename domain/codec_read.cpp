// Request bodies that make or change an object of protocol §2.
#include "domain/body_reader.hpp"
#include "domain/codec.hpp"
#include "domain/codec_parts.hpp"

namespace chatmesh::domain {

namespace {

constexpr std::size_t max_tags = 50;
constexpr std::size_t max_attributes = 50;
constexpr std::size_t max_widget_origins = 50;

enum class purpose { create, replace };

employee_fields employee_part(body_reader& in, purpose why) {
  employee_fields f;
  f.name = in.text("name", name_rule);
  f.email = why == purpose::create ? optional_text{in.text("email", email_rule)} : in.maybe_text("email", email_rule);
  f.phone = in.maybe_text("phone", phone_rule);
  f.title = in.maybe_text("title", short_text_rule);
  f.avatar_url = in.maybe_text("avatar_url", url_rule);
  f.role = in.choice("role", parse_role, "must be owner, admin or agent",
                     why == purpose::create ? std::optional{role::agent} : std::nullopt);
  in.ignore({"id", "company_id", "user_id", "status", "version", "created_at", "updated_at", "invitation"});
  return f;
}

customer_fields customer_part(body_reader& in) {
  customer_fields f;
  f.name = in.text("name", name_rule);
  f.email = in.maybe_text("email", email_rule);
  f.phone = in.maybe_text("phone", phone_rule);
  f.avatar_url = in.maybe_text("avatar_url", url_rule);
  f.organization = in.maybe_text("organization", short_text_rule);
  f.status = in.choice("status", parse_customer_status, "must be open, snoozed or closed",
                       std::optional{customer_status::open});
  f.tags = in.texts("tags", max_tags, tag_rule);
  f.attributes = in.attributes("attributes", max_attributes);
  f.assigned_employee_id = in.maybe_id("assigned_employee_id");
  in.ignore({"id", "company_id", "assigned_employee", "version", "created_at", "updated_at"});
  return f;
}

// `current` is none when the note is made.
note_fields note_part(body_reader& in, const note_fields* current) {
  note_fields f;
  if (current)
    in.fixed_id("customer_id", current->customer_id);
  f.customer_id = current ? current->customer_id : in.required_id("customer_id");
  f.body = in.text("body", note_body_rule);
  f.pinned = in.flag("pinned");
  in.ignore({"id", "company_id", "author", "version", "created_at", "updated_at"});
  return f;
}

message_fields message_part(body_reader& in, const message_fields* current) {
  message_fields f;
  if (current)
    in.fixed_id("customer_id", current->customer_id);
  f.customer_id = current ? current->customer_id : in.required_id("customer_id");
  f.body = in.text("body", message_body_rule);
  in.ignore({"id", "company_id", "direction", "author", "version", "created_at", "updated_at"});
  return f;
}

}  // namespace

company_fields company_part(body_reader& in) {
  company_fields f;
  f.name = in.text("name", name_rule);
  f.widget_origins = in.texts("widget_origins", max_widget_origins, origin_rule);
  in.ignore({"id", "widget_key", "version", "created_at", "updated_at"});
  return f;
}

company_fields read_company(const json& body) {
  return read_body(body, company_part);
}

employee_fields read_new_employee(const json& body, faults& found) {
  return read_body(body, found, [](body_reader& in) { return employee_part(in, purpose::create); });
}

employee_fields read_employee(const json& body) {
  return read_body(body, [](body_reader& in) { return employee_part(in, purpose::replace); });
}

customer_fields read_customer(const json& body, faults& found) {
  return read_body(body, found, customer_part);
}

note_fields read_new_note(const json& body, faults& found) {
  return read_body(body, found, [](body_reader& in) { return note_part(in, nullptr); });
}

note_fields read_note(const json& body, const note_fields& current) {
  return read_body(body, [&current](body_reader& in) { return note_part(in, &current); });
}

message_fields read_new_message(const json& body, faults& found) {
  return read_body(body, found, [](body_reader& in) { return message_part(in, nullptr); });
}

message_fields read_message(const json& body, const message_fields& current) {
  return read_body(body, [&current](body_reader& in) { return message_part(in, &current); });
}

id read_read_mark(const json& body, faults& found) {
  return read_body(body, found, [](body_reader& in) {
    in.ignore({"id", "company_id", "customer_id", "employee_id", "version", "created_at", "updated_at"});
    return in.required_id("message_id");
  });
}

api_token_fields read_new_api_token(const json& body, faults& found) {
  return read_body(body, found, [](body_reader& in) {
    api_token_fields f;
    f.name = in.text("name", name_rule);
    f.role = in.choice("role", parse_role, "must be owner, admin or agent", std::optional{role::agent});
    in.ignore({"id", "created_at", "last_used_at", "token"});
    return f;
  });
}

}  // namespace chatmesh::domain
