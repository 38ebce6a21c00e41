// The stores that the rest of the server reads through, over a session of their own.
#pragma once

#include "persistence/settings.hpp"
#include "persistence/sql/session.hpp"
#include "persistence/stores.hpp"
#include "persistence/stores/store_set.hpp"

namespace chatmesh::persistence {

class sql_stores final : public stores {
public:
  explicit sql_stores(const settings& s) : db_(s), set_(db_) {}

  session& db() { return db_; }

  domain::timestamp now() override { return db_.now(); }

  bool has_company() override;

  std::optional<login> find_login(std::string_view email) override;
  std::optional<session_info> find_session(const secret_hash& token) override;
  std::vector<membership> memberships(const domain::id& user) override;
  std::optional<api_token_info> find_api_token(const secret_hash& token) override;
  std::optional<open_invitation> find_invitation(const secret_hash& token) override;
  secret_key cursor_key() override;
  std::optional<visitor_info> find_visitor(const secret_hash& token) override;
  std::optional<domain::company> find_company_by_widget_key(std::string_view key) override;

  std::optional<domain::employee> find_member(const domain::id& company, const domain::id& user) override;
  std::optional<signed_in_member> find_signed_in(const domain::id& company, const secret_hash& token) override;
  std::optional<domain::company> find_company(const domain::id& company) override;
  std::optional<domain::employee> find_employee(const domain::id& company, const domain::id&) override;
  std::optional<domain::customer> find_customer(const domain::id& company, const domain::id&) override;
  std::optional<domain::note> find_note(const domain::id& company, const domain::id&) override;
  std::optional<domain::message> find_message(const domain::id& company, const domain::id&) override;
  std::optional<domain::api_token> find_api_token(const domain::id& company, const domain::id&) override;

  page<domain::employee> list_employees(const domain::id& company, const page_request&) override;
  page<domain::customer> list_customers(const domain::id& company, const customer_query&, const page_request&) override;
  page<domain::note> list_notes(const domain::id& company, std::optional<domain::id> customer,
                                const page_request&) override;
  page<domain::message> list_messages(const domain::id& company, std::optional<domain::id> customer,
                                      std::optional<domain::id> before, const page_request&) override;
  page<domain::api_token> list_api_tokens(const domain::id& company, const page_request&) override;

  page<domain::read_mark> list_reads(const domain::id& company, const domain::id& employee,
                                     std::optional<domain::id> customer, const page_request&) override;
  std::vector<domain::read_mark> reads_of(const domain::id& company, const domain::id& employee,
                                          const std::vector<domain::id>& customers) override;
  std::optional<stored_image> find_image(const secret_hash& hash) override;
  std::vector<domain::employee> all_employees(const domain::id& company) override;
  std::vector<domain::message> latest_messages(const domain::id& company,
                                               const std::vector<domain::id>& customers) override;
  std::uint64_t count_customers(const domain::id& company) override;

  std::optional<log_position> find_position(const domain::id& company) override;
  log_page read_log(const domain::id& company, std::uint64_t after, std::uint32_t max_events,
                    std::size_t max_bytes) override;
  page<domain::audit_entry> list_audit(const domain::id& company, const audit_filter&, const page_request&) override;
  std::vector<domain::id> ended_sessions(const domain::id& company, std::uint64_t authority) override;
  bool session_is_live(const domain::id& session) override;
  bool api_token_is_live(const domain::id& token) override;
  bool widget_token_is_live(const domain::id& token) override;

private:
  session db_;
  store_set set_;
};

}  // namespace chatmesh::persistence
