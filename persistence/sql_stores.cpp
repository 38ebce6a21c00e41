#include "persistence/sql_stores.hpp"

namespace chatmesh::persistence {

bool sql_stores::has_company() {
  return set_.companies.exists_any();
}

std::optional<login> sql_stores::find_login(std::string_view email) {
  return set_.users.find_login(email);
}

std::optional<session_info> sql_stores::find_session(const secret_hash& token) {
  return set_.sessions.find(token, now());
}

std::vector<membership> sql_stores::memberships(const domain::id& user) {
  std::vector<membership> result;
  for (domain::employee& employee : set_.employees.memberships(user)) {
    if (auto company = set_.companies.find(employee.company_id))
      result.push_back({std::move(*company), std::move(employee)});
  }
  return result;
}

std::optional<stores::open_invitation> sql_stores::find_invitation(const secret_hash& token) {
  const auto found = set_.invitations.find_open(token, now());
  if (!found)
    return {};
  return open_invitation{found->company, found->employee, found->email, set_.users.find_login(found->email)};
}

std::optional<visitor_info> sql_stores::find_visitor(const secret_hash& token) {
  return set_.visitors.find(token, now());
}

std::optional<domain::company> sql_stores::find_company_by_widget_key(std::string_view key) {
  return set_.companies.find_by_widget_key(key);
}

std::optional<domain::employee> sql_stores::find_member(const domain::id& company, const domain::id& user) {
  return set_.employees.find_member(company, user);
}

std::optional<signed_in_member> sql_stores::find_signed_in(const domain::id& company, const secret_hash& token) {
  return set_.employees.find_signed_in(company, token, now());
}

std::optional<domain::company> sql_stores::find_company(const domain::id& company) {
  return set_.companies.find(company);
}

std::optional<domain::employee> sql_stores::find_employee(const domain::id& company, const domain::id& employee) {
  return set_.employees.find(company, employee);
}

std::optional<domain::customer> sql_stores::find_customer(const domain::id& company, const domain::id& customer) {
  return set_.customers.find(company, customer);
}

std::optional<domain::note> sql_stores::find_note(const domain::id& company, const domain::id& note) {
  return set_.notes.find(company, note);
}

std::optional<domain::message> sql_stores::find_message(const domain::id& company, const domain::id& message) {
  return set_.messages.find(company, message);
}

page<domain::employee> sql_stores::list_employees(const domain::id& company, const page_request& request) {
  return set_.employees.list(company, request);
}

page<domain::customer> sql_stores::list_customers(const domain::id& company, const customer_query& query,
                                                  const page_request& request) {
  return set_.customers.list(company, query, request);
}

page<domain::note> sql_stores::list_notes(const domain::id& company, std::optional<domain::id> customer,
                                          const page_request& request) {
  return set_.notes.list(company, customer, request);
}

page<domain::message> sql_stores::list_messages(const domain::id& company, std::optional<domain::id> customer,
                                                std::optional<domain::id> before, const page_request& request) {
  return set_.messages.list(company, customer, before, request);
}

page<domain::read_mark> sql_stores::list_reads(const domain::id& company, const domain::id& employee,
                                               std::optional<domain::id> customer, const page_request& request) {
  return set_.reads.list(company, employee, customer, request);
}

std::vector<domain::read_mark> sql_stores::reads_of(const domain::id& company, const domain::id& employee,
                                                    const std::vector<domain::id>& customers) {
  std::vector<domain::read_mark> result;
  for (const domain::id& customer : customers) {
    if (auto mark = set_.reads.find(company, employee, customer))
      result.push_back(*std::move(mark));
  }
  return result;
}

std::optional<stored_image> sql_stores::find_image(const secret_hash& hash) {
  return set_.images.find(hash);
}

std::vector<domain::employee> sql_stores::all_employees(const domain::id& company) {
  return set_.employees.all(company);
}

std::vector<domain::message> sql_stores::latest_messages(const domain::id& company,
                                                         const std::vector<domain::id>& customers) {
  std::vector<domain::message> result;
  for (const domain::id& customer : customers) {
    if (auto message = set_.messages.latest(company, customer))
      result.push_back(std::move(*message));
  }
  return result;
}

std::uint64_t sql_stores::count_customers(const domain::id& company) {
  return set_.customers.count(company);
}

std::optional<log_position> sql_stores::find_position(const domain::id& company) {
  return set_.log.find_position(company);
}

log_page sql_stores::read_log(const domain::id& company, std::uint64_t after, std::uint32_t max_events,
                              std::size_t max_bytes) {
  return set_.log.read(company, after, max_events, max_bytes);
}

page<domain::audit_entry> sql_stores::list_audit(const domain::id& company, const audit_filter& filter,
                                                 const page_request& request) {
  return set_.audit.list(company, filter, request);
}

std::vector<domain::id> sql_stores::ended_sessions(const domain::id& company, std::uint64_t authority) {
  return set_.log.ended_sessions(company, authority);
}

std::optional<api_token_info> sql_stores::find_api_token(const secret_hash& token) {
  return set_.api_tokens.find(token);
}

std::optional<domain::api_token> sql_stores::find_api_token(const domain::id& company, const domain::id& token) {
  return set_.api_tokens.find(company, token);
}

page<domain::api_token> sql_stores::list_api_tokens(const domain::id& company, const page_request& request) {
  return set_.api_tokens.list(company, request);
}

secret_key sql_stores::cursor_key() {
  return set_.secrets.cursor_key();
}

bool sql_stores::api_token_is_live(const domain::id& token) {
  return set_.api_tokens.is_live(token);
}

bool sql_stores::widget_token_is_live(const domain::id& token) {
  return set_.visitors.is_live(token);
}

bool sql_stores::session_is_live(const domain::id& session) {
  return set_.sessions.is_live(session, now());
}

}  // namespace chatmesh::persistence
