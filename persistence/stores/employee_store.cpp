#include "persistence/stores/employee_store.hpp"

#include "persistence/stores/paging.hpp"

namespace chatmesh::persistence {

namespace {

constexpr std::string_view from_live_company =
    "FROM employees e JOIN companies k ON k.id = e.company_id AND k.deleted_at IS NULL ";

sql_text find_employees(std::string_view condition) {
  return select(employee_columns, std::string{from_live_company}.append(condition));
}

}  // namespace

domain::employee read_employee(row& r) {
  domain::employee e;
  e.id = r.id();
  e.company_id = r.id();
  e.user_id = r.optional_id();
  e.name = r.text();
  e.email = r.optional_text();
  e.phone = r.optional_text();
  e.title = r.optional_text();
  e.avatar_url = r.optional_text();
  e.role = r.name(domain::parse_role);
  e.status = r.name(domain::parse_employee_status);
  e.version = r.count();
  e.created_at = r.time();
  e.updated_at = r.time();
  e.last_seq = r.count();
  return e;
}

employee_store::employee_store(session& db)
    : find_(db.handle(), find_employees("WHERE e.company_id = :company AND e.id = :id AND e.status <> 'removed'")),
      find_member_(db.handle(),
                   find_employees("WHERE e.user_id = :user AND e.company_id = :company AND e.status = 'active'")),
      find_signed_in_(db.handle(),
                      select(std::string{employee_columns}.append(", s.id, s.expires_at"),
                             std::string{from_live_company}.append(
                                 "JOIN sessions s ON s.user_id = e.user_id WHERE s.token_hash = :token "
                                 "AND s.expires_at > :now AND e.company_id = :company AND e.status = 'active'"))),
      list_(db.handle(), find_employees("WHERE e.company_id = :company AND e.id < :after AND e.status <> 'removed' "
                                        "ORDER BY e.id DESC LIMIT :rows")),
      list_with_removed_(
          db.handle(),
          find_employees("WHERE e.company_id = :company AND e.id < :after ORDER BY e.id DESC LIMIT :rows")),
      memberships_(db.handle(),
                   find_employees("WHERE e.user_id = :user AND e.status = 'active' ORDER BY e.company_id")),
      other_owners_(db.handle(), select("COUNT(*)", "FROM employees WHERE company_id = :company AND role = 'owner' "
                                                    "AND status = 'active' AND id <> :id")),
      has_email_(db.handle(),
                 select("e.id", "FROM employees e LEFT JOIN users u ON u.id = e.user_id "
                                "LEFT JOIN invitations i ON i.employee_id = e.id "
                                "WHERE e.company_id = :company AND e.status <> 'removed' "
                                "AND (u.email_key = :login_key OR i.email_key = :invitation_key) LIMIT 1")),
      insert_(db.handle(),
              "INSERT INTO employees (id, company_id, user_id, name, email, phone, title, avatar_url, role, "
              "status, version, created_at, updated_at, last_seq) VALUES (:id, :company, :user, :name, :email, "
              ":phone, :title, :avatar, :role, :status, :version, :created, :updated, :seq)"),
      update_(db.handle(), "UPDATE employees SET user_id = :user, name = :name, email = :email, phone = :phone, "
                           "title = :title, avatar_url = :avatar, role = :role, status = :status, version = :version, "
                           "updated_at = :updated, last_seq = :seq WHERE id = :id") {}

std::optional<domain::employee> employee_store::find(const domain::id& company, const domain::id& employee) {
  return find_.one(read_employee, company, employee);
}

std::optional<domain::employee> employee_store::find_member(const domain::id& company, const domain::id& user) {
  return find_member_.one(read_employee, user, company);
}

std::optional<signed_in_member> employee_store::find_signed_in(const domain::id& company, const secret_hash& token,
                                                               domain::timestamp now) {
  const auto read = [now](row& r) {
    signed_in_member found;
    found.employee = read_employee(r);
    found.session = r.id();
    found.expires_at = r.time();
    found.now = now;
    return found;
  };
  return find_signed_in_.one(read, token, now, company);
}

void employee_store::foresee_member(const domain::id& company, const domain::id& user) {
  find_member_.foresee({}, user, company);
}

void employee_store::foresee_signed_in(const domain::id& company, const secret_hash& token, domain::timestamp now) {
  find_signed_in_.foresee({}, token, now, company);
}

page<domain::employee> employee_store::list(const domain::id& company, const page_request& request) {
  return make_page(list_.all(read_employee, company, page_start(request), page_rows(request)), request);
}

page<domain::employee> employee_store::list_with_removed(const domain::id& company, const page_request& request) {
  return make_page(list_with_removed_.all(read_employee, company, page_start(request), page_rows(request)), request);
}

std::vector<domain::employee> employee_store::all(const domain::id& company) {
  return list_.all(read_employee, company, above_all_ids, std::numeric_limits<std::int64_t>::max());
}

std::vector<domain::employee> employee_store::memberships(const domain::id& user) {
  return memberships_.all(read_employee, user);
}

std::uint64_t employee_store::other_owners(const domain::id& company, const domain::id& employee) {
  return other_owners_.one([](row& r) { return r.count(); }, company, employee).value();
}

bool employee_store::has_email(const domain::id& company, const std::string& email_key) {
  return has_email_.one([](row& r) { return r.id(); }, company, email_key, email_key).has_value();
}

void employee_store::insert(const domain::employee& e) {
  insert_.execute(e.id, e.company_id, e.user_id, e.name, e.email, e.phone, e.title, e.avatar_url, to_string(e.role),
                  to_string(e.status), e.version, e.created_at, e.updated_at, e.last_seq);
}

void employee_store::update(const domain::employee& e) {
  update_.execute(e.user_id, e.name, e.email, e.phone, e.title, e.avatar_url, to_string(e.role), to_string(e.status),
                  e.version, e.updated_at, e.last_seq, e.id);
}

}  // namespace chatmesh::persistence
