#pragma once

#include "persistence/sql/session.hpp"
#include "persistence/stores.hpp"

namespace chatmesh::persistence {

// Columns of an employee under the alias `e`, as read_employee() takes them; stores that embed an employee join them.
inline constexpr std::string_view employee_columns =
    "e.id, e.company_id, e.user_id, e.name, e.email, e.phone, e.title, e.avatar_url, e.role, e.status, e.version, "
    "e.created_at, e.updated_at, e.last_seq";
domain::employee read_employee(row&);

class employee_store {
public:
  explicit employee_store(session&);

  std::optional<domain::employee> find(const domain::id& company, const domain::id& employee);  // not removed
  std::optional<domain::employee> find_member(const domain::id& company, const domain::id& user);
  void foresee_member(const domain::id& company, const domain::id& user);
  // Whose live session it is, as a member: one statement for what is asked with every request.
  std::optional<signed_in_member> find_signed_in(const domain::id& company, const secret_hash& token,
                                                 domain::timestamp now);
  void foresee_signed_in(const domain::id& company, const secret_hash& token, domain::timestamp now);
  page<domain::employee> list(const domain::id& company, const page_request&);
  page<domain::employee> list_with_removed(const domain::id& company, const page_request&);
  std::vector<domain::employee> all(const domain::id& company);
  std::vector<domain::employee> memberships(const domain::id& user);  // active, in companies that are not deleted

  // Active owners besides `employee`.
  std::uint64_t other_owners(const domain::id& company, const domain::id& employee);
  // An active or invited employee has that e-mail as login or invitation; `email_key` as email_key() makes it.
  bool has_email(const domain::id& company, const std::string& email_key);

  void insert(const domain::employee&);
  void update(const domain::employee&);

private:
  statement find_, find_member_, find_signed_in_, list_, list_with_removed_, memberships_, other_owners_, has_email_;
  statement insert_, update_;
};

}  // namespace chatmesh::persistence
