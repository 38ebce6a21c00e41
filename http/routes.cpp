#include "http/routes.hpp"

#include "domain/image.hpp"
#include "http/handlers.hpp"

namespace chatmesh::http {

std::vector<route> routes() {
  return {
      {"POST", "/api/v1/signup", sign_up},
      {"POST", "/api/v1/sessions", create_session},
      {"GET", "/api/v1/sessions/current", get_session},
      {"DELETE", "/api/v1/sessions/current", delete_session},
      {"POST", "/api/v1/invitations/{token}/accept", accept_invitation},

      {"POST", "/api/v1/companies", create_company},
      {"GET", "/api/v1/companies/{c}", get_company},
      {"PUT", "/api/v1/companies/{c}", put_company},
      {"PATCH", "/api/v1/companies/{c}", patch_company},
      {"DELETE", "/api/v1/companies/{c}", delete_company},

      {"GET", "/api/v1/companies/{c}/employees", list_employees},
      {"POST", "/api/v1/companies/{c}/employees", create_employee},
      {"GET", "/api/v1/companies/{c}/employees/{id}", get_employee},
      {"PUT", "/api/v1/companies/{c}/employees/{id}", put_employee},
      {"PATCH", "/api/v1/companies/{c}/employees/{id}", patch_employee},
      {"DELETE", "/api/v1/companies/{c}/employees/{id}", delete_employee},

      {"PUT", "/api/v1/companies/{c}/employees/{id}/avatar", put_avatar, answer_kind::json, domain::max_image_bytes},
      {"DELETE", "/api/v1/companies/{c}/employees/{id}/avatar", delete_avatar},
      {"GET", std::string{domain::images_path} + "{name}", get_image, answer_kind::any},

      {"GET", "/api/v1/companies/{c}/customers", list_customers},
      {"POST", "/api/v1/companies/{c}/customers", create_customer},
      {"GET", "/api/v1/companies/{c}/customers/{id}", get_customer},
      {"PUT", "/api/v1/companies/{c}/customers/{id}", put_customer},
      {"PATCH", "/api/v1/companies/{c}/customers/{id}", patch_customer},
      {"DELETE", "/api/v1/companies/{c}/customers/{id}", delete_customer},
      {"PUT", "/api/v1/companies/{c}/customers/{id}/read", put_read},
      {"GET", "/api/v1/companies/{c}/reads", list_reads},

      {"GET", "/api/v1/companies/{c}/notes", list_notes},
      {"POST", "/api/v1/companies/{c}/notes", create_note},
      {"GET", "/api/v1/companies/{c}/notes/{id}", get_note},
      {"PUT", "/api/v1/companies/{c}/notes/{id}", put_note},
      {"PATCH", "/api/v1/companies/{c}/notes/{id}", patch_note},
      {"DELETE", "/api/v1/companies/{c}/notes/{id}", delete_note},

      {"GET", "/api/v1/companies/{c}/messages", list_messages},
      {"POST", "/api/v1/companies/{c}/messages", create_message},
      {"GET", "/api/v1/companies/{c}/messages/{id}", get_message},
      {"PUT", "/api/v1/companies/{c}/messages/{id}", put_message},
      {"PATCH", "/api/v1/companies/{c}/messages/{id}", patch_message},
      {"DELETE", "/api/v1/companies/{c}/messages/{id}", delete_message},

      {"GET", "/api/v1/companies/{c}/api_tokens", list_api_tokens},
      {"POST", "/api/v1/companies/{c}/api_tokens", create_api_token},
      {"GET", "/api/v1/companies/{c}/api_tokens/{id}", get_api_token},
      {"DELETE", "/api/v1/companies/{c}/api_tokens/{id}", delete_api_token},

      {"GET", "/api/v1/companies/{c}/audit", list_audit},

      {"POST", "/api/v1/companies/{c}/typing", post_typing},
      {"GET", "/api/v1/companies/{c}/presence", get_presence},
      {"GET", "/api/v1/companies/{c}/snapshot", get_snapshot},
      {"GET", "/api/v1/companies/{c}/events", get_events, answer_kind::events},
      {"GET", "/api/v1/companies/{c}/changes", get_changes},

      {"POST", "/api/v1/widget/{widget_key}/sessions", create_widget_session},
      {"OPTIONS", "/api/v1/widget/{widget_key}/sessions", preflight_widget},
      {"GET", "/api/v1/widget/messages", list_widget_messages},
      {"POST", "/api/v1/widget/messages", create_widget_message},
      {"OPTIONS", "/api/v1/widget/messages", preflight_widget},
      {"POST", "/api/v1/widget/typing", post_widget_typing},
      {"OPTIONS", "/api/v1/widget/typing", preflight_widget},
      {"GET", "/api/v1/widget/events", get_widget_events, answer_kind::events},
      {"OPTIONS", "/api/v1/widget/events", preflight_widget},
  };
}

}  // namespace chatmesh::http
