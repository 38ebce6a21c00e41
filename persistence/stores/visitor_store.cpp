#include "persistence/stores/visitor_store.hpp"

namespace chatmesh::persistence {

namespace {

constexpr const char* of_live_companies = "FROM widget_tokens w JOIN customers c ON c.id = w.customer_id "
                                          "JOIN companies k ON k.id = c.company_id AND k.deleted_at IS NULL ";

sql_text find_tokens(std::string_view columns, std::string_view condition) {
  return select(columns, std::string{of_live_companies}.append(condition));
}

}  // namespace

visitor_store::visitor_store(session& db)
    : find_(db.handle(), find_tokens("w.id, c.company_id, c.id, w.expires_at",
                                     "WHERE w.token_hash = :token AND w.expires_at > :now")),
      is_live_(db.handle(), find_tokens("w.id", "WHERE w.id = :token")),
      insert_(db.handle(), "INSERT INTO widget_tokens (id, token_hash, customer_id, created_at, expires_at) "
                           "VALUES (:id, :token, :customer, :created, :expires)"),
      find_surplus_(db.handle(), select("id", "FROM widget_tokens WHERE customer_id = :customer "
                                              "ORDER BY created_at DESC, id DESC LIMIT :rows OFFSET :kept")),
      remove_(db.handle(), "DELETE FROM widget_tokens WHERE id = :id"),
      remove_expired_(db.handle(), "DELETE FROM widget_tokens WHERE token_hash IN "
                                   "(SELECT token_hash FROM widget_tokens WHERE expires_at <= :now LIMIT :rows)") {}

std::optional<visitor_info> visitor_store::find(const secret_hash& token, domain::timestamp now) {
  const auto read = [](row& r) {
    visitor_info v;
    v.token = r.id();
    v.company = r.id();
    v.customer = r.id();
    v.expires_at = r.time();
    return v;
  };
  return find_.one(read, token, now);
}

bool visitor_store::is_live(const domain::id& token) {
  return is_live_.one([](row& r) { return r.id(); }, token).has_value();
}

void visitor_store::insert(const secret_hash& token, const domain::id& customer, domain::timestamp now,
                           domain::timestamp expires_at) {
  insert_.execute(domain::id::make(), token, customer, now, expires_at);
}

std::vector<domain::id> visitor_store::remove_surplus(const domain::id& customer) {
  const auto read = [](row& r) { return r.id(); };
  auto surplus = find_surplus_.all(read, customer, max_widget_tokens, max_widget_tokens - 1);
  for (const domain::id& each : surplus)
    remove_.execute(each);
  return surplus;
}

std::uint64_t visitor_store::remove_expired(domain::timestamp now, std::uint64_t max_rows) {
  return remove_expired_.execute(now, max_rows);
}

}  // namespace chatmesh::persistence
