#include "persistence/stores/api_token_store.hpp"

#include "persistence/stores/employee_store.hpp"
#include "persistence/stores/paging.hpp"

namespace chatmesh::persistence {

namespace {

constexpr std::string_view columns = "t.id, t.name, t.role, t.created_at, t.last_used_at";
constexpr std::string_view from = "FROM api_tokens t JOIN companies k ON k.id = t.company_id AND k.deleted_at IS NULL ";

sql_text find_tokens(std::string_view condition) {
  return select(columns, std::string{from}.append(condition));
}

domain::api_token read_token(row& r) {
  domain::api_token t;
  t.id = r.id();
  t.name = r.text();
  t.role = r.name(domain::parse_role);
  t.created_at = r.time();
  t.last_used_at = r.optional_time();
  return t;
}

}  // namespace

api_token_store::api_token_store(session& db)
    : find_by_hash_(db.handle(), select(std::string{columns}.append(", t.company_id, ").append(employee_columns),
                                        std::string{from}.append("JOIN employees e ON e.id = t.employee_id "
                                                                 "AND e.status <> 'removed' "
                                                                 "WHERE t.token_hash = :token"))),
      find_(db.handle(), find_tokens("WHERE t.company_id = :company AND t.id = :id")),
      list_(db.handle(), find_tokens("WHERE t.company_id = :company AND t.id < :after ORDER BY t.id DESC LIMIT :rows")),
      insert_(db.handle(), "INSERT INTO api_tokens (id, company_id, employee_id, name, role, token_hash, created_at) "
                           "VALUES (:id, :company, :employee, :name, :role, :token, :created)"),
      touch_(db.handle(), "UPDATE api_tokens SET last_used_at = :now WHERE id = :id "
                          "AND (last_used_at IS NULL OR last_used_at <= :before)"),
      remove_(db.handle(), "DELETE FROM api_tokens WHERE id = :id"),
      is_live_(db.handle(), find_tokens("WHERE t.id = :id")),
      made_by_(db.handle(), select("t.id", "FROM api_tokens t WHERE t.employee_id = :employee ORDER BY t.id")) {}

std::optional<api_token_info> api_token_store::find(const secret_hash& token) {
  const auto read = [](row& r) {
    api_token_info info;
    info.token = read_token(r);
    info.company = r.id();
    info.signer = read_employee(r);
    return info;
  };
  return find_by_hash_.one(read, token);
}

void api_token_store::foresee(const secret_hash& token) {
  find_by_hash_.foresee({}, token);
}

std::optional<domain::api_token> api_token_store::find(const domain::id& company, const domain::id& token) {
  return find_.one(read_token, company, token);
}

std::vector<domain::id> api_token_store::made_by(const domain::id& employee) {
  return made_by_.all([](row& r) { return r.id(); }, employee);
}

bool api_token_store::is_live(const domain::id& token) {
  return is_live_.one(read_token, token).has_value();
}

page<domain::api_token> api_token_store::list(const domain::id& company, const page_request& request) {
  return make_page(list_.all(read_token, company, page_start(request), page_rows(request)), request);
}

void api_token_store::insert(const domain::api_token& t, const domain::employee& signer, const secret_hash& token) {
  insert_.execute(t.id, signer.company_id, signer.id, t.name, to_string(t.role), token, t.created_at);
}

void api_token_store::touch(const domain::id& token, domain::timestamp now) {
  touch_.execute(now, token, now - last_use_precision);
}

void api_token_store::remove(const domain::id& token) {
  remove_.execute(token);
}

}  // namespace chatmesh::persistence
