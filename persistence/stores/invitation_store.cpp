#include "persistence/stores/invitation_store.hpp"

#include "persistence/stores/user_store.hpp"

namespace chatmesh::persistence {

invitation_store::invitation_store(session& db)
    : find_open_(db.handle(), select("e.company_id, e.id, i.email",
                                     "FROM invitations i JOIN employees e ON e.id = i.employee_id "
                                     "AND e.status = 'invited' JOIN companies k ON k.id = e.company_id "
                                     "AND k.deleted_at IS NULL WHERE i.token_hash = :token AND i.expires_at > :now")),
      insert_(db.handle(),
              "INSERT INTO invitations (token_hash, employee_id, email, email_key, created_at, expires_at) "
              "VALUES (:token, :employee, :email, :key, :created, :expires)"),
      remove_of_(db.handle(), "DELETE FROM invitations WHERE employee_id = :employee") {}

std::optional<invitation> invitation_store::find_open(const secret_hash& token, domain::timestamp now) {
  const auto read = [](row& r) {
    invitation i;
    i.company = r.id();
    i.employee = r.id();
    i.email = r.text();
    return i;
  };
  return find_open_.one(read, token, now);
}

void invitation_store::insert(const new_invitation& i, const domain::id& employee, const std::string& email,
                              domain::timestamp now) {
  insert_.execute(i.token, employee, email, email_key(email), now, i.expires_at);
}

void invitation_store::remove_of(const domain::id& employee) {
  remove_of_.execute(employee);
}

}  // namespace chatmesh::persistence
