#include "persistence/stores/user_store.hpp"

#include <algorithm>

namespace chatmesh::persistence {

namespace {

domain::user read_user(row& r) {
  domain::user u;
  u.id = r.id();
  u.name = r.text();
  u.email = r.text();
  return u;
}

login read_login(row& r) {
  login l;
  l.user = read_user(r);
  l.password_hash = r.text();
  return l;
}

}  // namespace

std::string email_key(std::string_view email) {
  std::string key{email};
  std::transform(key.begin(), key.end(), key.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return key;
}

user_store::user_store(session& db)
    : find_(db.handle(), select("id, name, email", "FROM users WHERE id = :id")),
      find_login_(db.handle(), select("id, name, email, password_hash", "FROM users WHERE email_key = :key")),
      insert_(db.handle(), "INSERT INTO users (id, name, email, email_key, password_hash, created_at) "
                           "VALUES (:id, :name, :email, :key, :password, :at)") {}

std::optional<domain::user> user_store::find(const domain::id& user) {
  return find_.one(read_user, user);
}

std::optional<login> user_store::find_login(std::string_view email) {
  return find_login_.one(read_login, email_key(email));
}

void user_store::insert(const login& l, domain::timestamp at) {
  insert_.execute(l.user.id, l.user.name, l.user.email, email_key(l.user.email), l.password_hash, at);
}

}  // namespace chatmesh::persistence
