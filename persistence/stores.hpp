// All stores over one session of the database. Not thread-safe: a session belongs to one thread at a time.
// Statements are prepared once and kept. Times are the database's clock.
#pragma once

#include "domain/change.hpp"
#include "domain/cursor.hpp"
#include "domain/entities.hpp"
#include "persistence/write_command.hpp"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace chatmesh::persistence {

// A page of a list in a stable order (newest id first unless said otherwise). `next` continues it; none = the end.
struct page_request {
  std::uint32_t limit = 100;         // 1-500
  std::optional<std::string> after;  // a page's `next`, decoded by the store; an unreadable one throws malformed
};
template <class T>
struct page {
  std::vector<T> items;
  std::optional<std::string> next;
};

struct login {
  domain::user user;
  std::string password_hash;
};

struct session_info {
  domain::id session;
  domain::user user;
  domain::timestamp expires_at;
  domain::timestamp now;  // the database's clock in the same transaction
};

// Whose live session it is, as an active member of the company that was asked for.
struct signed_in_member {
  domain::employee employee;
  domain::id session;
  domain::timestamp expires_at;
  domain::timestamp now;  // the database's clock in the same transaction
};

struct membership {
  domain::company company;
  domain::employee employee;
};

struct api_token_info {
  domain::api_token token;
  domain::id company;
  domain::employee signer;  // who made it, and signs what is written with it
};

// What a token may: never more than who made it may now.
inline domain::role effective_role(const api_token_info& info) {
  return std::min(info.token.role, info.signer.role);
}

struct stored_image {
  std::string content_type;
  std::string base64;
};

struct visitor_info {  // whom a widget token names
  domain::id token;
  domain::id company;
  domain::id customer;
  domain::timestamp expires_at = {};
};

// Where a company's sequence stands.
struct log_position {
  std::uint32_t epoch = 0;
  std::uint64_t head = 0;
  std::uint64_t oldest = 0;  // lowest seq kept; head + 1 when none is
  std::uint64_t authority = 0;
};

struct log_page {
  log_position at;                      // read in the same transaction
  std::vector<domain::change> changes;  // seq > after, ascending, dense; empty where `after` < oldest - 1
};

struct audit_filter {
  std::optional<domain::entity> entity;
  std::optional<domain::id> object;
};

enum class customer_order : std::uint8_t {
  newest,    // by id, newest first
  activity,  // latest active first: when it was made, given another status or assignee, or a message was written
  name       // by domain::sort_key() of the name, then by id
};

// Which customers, and in which order.
struct customer_query {
  std::optional<domain::customer_status> status;
  std::optional<std::string> tag;
  std::optional<domain::id> assigned_employee_id;
  std::optional<std::string> text = {};  // in name, e-mail, phone or organization, whatever the case
  customer_order order = customer_order::newest;
};

// Everything GET needs. A company that was deleted, and what belongs to it, is not found by any of these.
class stores {
public:
  virtual ~stores() = default;

  virtual domain::timestamp now() = 0;

  // False in a database that holds no company: a new one, or one whose companies are all erased.
  virtual bool has_company() = 0;

  // -- users, sessions, invitations
  virtual std::optional<login> find_login(std::string_view email) = 0;
  virtual std::optional<session_info> find_session(const secret_hash& token) = 0;      // none when ended or expired
  virtual std::vector<membership> memberships(const domain::id& user) = 0;             // active ones
  virtual std::optional<api_token_info> find_api_token(const secret_hash& token) = 0;  // none when revoked
  // The login that an open invitation's e-mail already has, if the invitation is open.
  struct open_invitation {
    domain::id company, employee;
    std::string email;
    std::optional<login> existing;
  };
  virtual std::optional<open_invitation> find_invitation(const secret_hash& token) = 0;
  virtual secret_key cursor_key() = 0;  // that seals the cursors of widget streams
  virtual std::optional<visitor_info> find_visitor(const secret_hash& token) = 0;
  virtual std::optional<domain::company> find_company_by_widget_key(std::string_view key) = 0;

  // -- one object
  virtual std::optional<domain::employee> find_member(const domain::id& company, const domain::id& user) = 0;  // active
  virtual std::optional<signed_in_member> find_signed_in(const domain::id& company, const secret_hash& token) = 0;
  virtual std::optional<domain::company> find_company(const domain::id& company) = 0;
  virtual std::optional<domain::employee> find_employee(const domain::id& company,
                                                        const domain::id&) = 0;  // not removed
  virtual std::optional<domain::customer> find_customer(const domain::id& company, const domain::id&) = 0;
  virtual std::optional<domain::note> find_note(const domain::id& company, const domain::id&) = 0;
  virtual std::optional<domain::message> find_message(const domain::id& company, const domain::id&) = 0;

  virtual std::optional<domain::api_token> find_api_token(const domain::id& company, const domain::id&) = 0;
  virtual std::optional<stored_image> find_image(const secret_hash& hash) = 0;  // of whichever company

  // -- lists
  virtual page<domain::employee> list_employees(const domain::id& company, const page_request&) = 0;
  virtual page<domain::customer> list_customers(const domain::id& company, const customer_query&,
                                                const page_request&) = 0;
  virtual page<domain::note> list_notes(const domain::id& company, std::optional<domain::id> customer,
                                        const page_request&) = 0;
  // `before`: only messages older than that message.
  virtual page<domain::message> list_messages(const domain::id& company, std::optional<domain::id> customer,
                                              std::optional<domain::id> before, const page_request&) = 0;

  // An employee's own, by customer, newest customer first; all of them or one customer's.
  virtual page<domain::read_mark> list_reads(const domain::id& company, const domain::id& employee,
                                             std::optional<domain::id> customer, const page_request&) = 0;
  // Those of an employee that there are for these customers.
  virtual std::vector<domain::read_mark> reads_of(const domain::id& company, const domain::id& employee,
                                                  const std::vector<domain::id>& customers) = 0;

  virtual page<domain::api_token> list_api_tokens(const domain::id& company, const page_request&) = 0;

  // -- snapshot (protocol §5)
  virtual std::vector<domain::employee> all_employees(const domain::id& company) = 0;
  // The latest message of each of those customers that has one.
  virtual std::vector<domain::message> latest_messages(const domain::id& company,
                                                       const std::vector<domain::id>& customers) = 0;
  virtual std::uint64_t count_customers(const domain::id& company) = 0;

  // -- change log
  virtual std::optional<log_position> find_position(const domain::id& company) = 0;  // also of a deleted company
  virtual log_page read_log(const domain::id& company, std::uint64_t after, std::uint32_t max_events,
                            std::size_t max_bytes) = 0;
  // The audit trail, newest first. A page may have fewer entries than its limit, or none, and still a `next`.
  virtual page<domain::audit_entry> list_audit(const domain::id& company, const audit_filter&, const page_request&) = 0;
  // Sessions, API tokens and widget tokens of that company that ended at an authority above `authority`.
  virtual std::vector<domain::id> ended_sessions(const domain::id& company, std::uint64_t authority) = 0;
  virtual bool session_is_live(const domain::id& session) = 0;
  virtual bool api_token_is_live(const domain::id& token) = 0;
  virtual bool widget_token_is_live(const domain::id& token) = 0;
};

}  // namespace chatmesh::persistence
