// Request bodies that are no objects of protocol §2.
#include "domain/body_reader.hpp"
#include "domain/codec.hpp"
#include "domain/codec_parts.hpp"

namespace chatmesh::domain {

signup_body read_signup(const json& body) {
  faults found;
  body_reader in{body, found};
  signup_body read;
  if (const json* company = in.object("company")) {
    body_reader inside{*company, found, "/company"};
    read.company = company_part(inside);
    inside.reject_unknown();
  }
  read.name = in.text("name", name_rule);
  read.email = in.text("email", email_rule);
  read.password = in.text("password", new_password_rule);
  in.reject_unknown();
  if (!found.empty())
    throw invalid(std::move(found));
  return read;
}

login_body read_login(const json& body) {
  return read_body(body, [](body_reader& in) {
    login_body read;
    read.email = in.text("email", login_email_rule);
    read.password = in.text("password", login_password_rule);
    return read;
  });
}

accept_body read_accept(const json& body, bool new_login) {
  return read_body(body, [new_login](body_reader& in) {
    accept_body read;
    read.name = in.maybe_text("name", name_rule);
    // For a login that exists a password is right or wrong, whatever its length.
    read.password = new_login ? in.text("password", new_password_rule) : in.maybe_text("password", any_rule);
    return read;
  });
}

widget_session_body read_widget_session(const json& body) {
  return read_body(body, [](body_reader& in) {
    widget_session_body read;
    read.name = in.maybe_text("name", name_rule);
    read.email = in.maybe_text("email", email_rule);
    // A wrong token is no fault: whoever has none that is valid becomes a new customer.
    read.customer_token = in.maybe_text("customer_token", any_rule);
    return read;
  });
}

std::string read_inbound_message(const json& body) {
  return read_body(body, [](body_reader& in) { return in.text("body", message_body_rule); });
}

id read_typing(const json& body) {
  return read_body(body, [](body_reader& in) { return in.required_id("customer_id"); });
}

}  // namespace chatmesh::domain
