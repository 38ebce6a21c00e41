#include "persistence/stores/visitor_store.hpp"

namespace chatmesh::persistence {

visitor_store::visitor_store(session& db)
    : find_(db.handle(), select("c.company_id, c.id, w.expires_at",
                                "FROM widget_tokens w JOIN customers c ON c.id = w.customer_id "
                                "JOIN companies k ON k.id = c.company_id AND k.deleted_at IS NULL "
                                "WHERE w.token_hash = :token AND w.expires_at > :now")),
      insert_(db.handle(), "INSERT INTO widget_tokens (token_hash, customer_id, created_at, expires_at) "
                           "VALUES (:token, :customer, :created, :expires)"),
      remove_surplus_(db.handle(),
                      "DELETE FROM widget_tokens WHERE token_hash IN (SELECT token_hash FROM widget_tokens "
                      "WHERE customer_id = :customer ORDER BY created_at DESC, token_hash "
                      "LIMIT :rows OFFSET :kept)"),
      remove_expired_(db.handle(), "DELETE FROM widget_tokens WHERE token_hash IN "
                                   "(SELECT token_hash FROM widget_tokens WHERE expires_at <= :now LIMIT :rows)") {}

std::optional<visitor_info> visitor_store::find(const secret_hash& token, domain::timestamp now) {
  const auto read = [](row& r) {
    visitor_info v;
    v.company = r.id();
    v.customer = r.id();
    v.expires_at = r.time();
    return v;
  };
  return find_.one(read, token, now);
}

void visitor_store::insert(const secret_hash& token, const domain::id& customer, domain::timestamp now,
                           domain::timestamp expires_at) {
  // Makes room first, so that the new one is never what goes.
  remove_surplus_.execute(customer, max_widget_tokens, max_widget_tokens - 1);
  insert_.execute(token, customer, now, expires_at);
}

std::uint64_t visitor_store::remove_expired(domain::timestamp now, std::uint64_t max_rows) {
  return remove_expired_.execute(now, max_rows);
}

}  // namespace chatmesh::persistence
