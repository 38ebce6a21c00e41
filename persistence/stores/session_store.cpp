#include "persistence/stores/session_store.hpp"

namespace chatmesh::persistence {

session_store::session_store(session& db)
    : find_(db.handle(),
            select("s.id, s.expires_at, u.id, u.name, u.email", "FROM sessions s JOIN users u ON u.id = s.user_id "
                                                                "WHERE s.token_hash = :token AND s.expires_at > :now")),
      is_live_(db.handle(), select("id", "FROM sessions WHERE id = :id AND expires_at > :now")),
      is_live_of_user_(db.handle(),
                       select("id", "FROM sessions WHERE id = :id AND user_id = :user AND expires_at > :now")),
      insert_(db.handle(), "INSERT INTO sessions (id, token_hash, user_id, created_at, expires_at) "
                           "VALUES (:id, :token, :user, :created, :expires)"),
      remove_(db.handle(), "DELETE FROM sessions WHERE id = :id"),
      remove_expired_(db.handle(), "DELETE FROM sessions WHERE id IN "
                                   "(SELECT id FROM sessions WHERE expires_at <= :now LIMIT :rows)") {}

std::optional<session_info> session_store::find(const secret_hash& token, domain::timestamp now) {
  const auto read = [now](row& r) {
    session_info info;
    info.session = r.id();
    info.expires_at = r.time();
    info.user.id = r.id();
    info.user.name = r.text();
    info.user.email = r.text();
    info.now = now;
    return info;
  };
  return find_.one(read, token, now);
}

bool session_store::is_live(const domain::id& session, domain::timestamp now) {
  return is_live_.one([](row& r) { return r.id(); }, session, now).has_value();
}

bool session_store::is_live(const domain::id& session, const domain::id& user, domain::timestamp now) {
  return is_live_of_user_.one([](row& r) { return r.id(); }, session, user, now).has_value();
}

void session_store::foresee_live(const domain::id& session, const domain::id& user, domain::timestamp now) {
  is_live_of_user_.foresee({}, session, user, now);
}

void session_store::insert(const new_session& s, const domain::id& user, domain::timestamp now) {
  insert_.execute(s.id, s.token, user, now, s.expires_at);
}

void session_store::remove(const domain::id& session) {
  remove_.execute(session);
}

std::uint64_t session_store::remove_expired(domain::timestamp now, std::uint64_t max_rows) {
  return remove_expired_.execute(now, max_rows);
}

}  // namespace chatmesh::persistence
