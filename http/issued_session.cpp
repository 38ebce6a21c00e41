#include "http/issued_session.hpp"

namespace chatmesh::http {

namespace {

std::string cookie(const settings& s, std::string_view value, std::chrono::seconds max_age) {
  std::string text{session_cookie_name(s)};
  text.append("=")
      .append(value)
      .append("; HttpOnly; SameSite=Lax; Path=/; Max-Age=")
      .append(std::to_string(max_age.count()));
  if (text.starts_with("__Host-"))  // browsers take such a cookie with Secure only
    text.append("; Secure");
  return text;
}

}  // namespace

domain::json issued_session::to_json() const {
  domain::json out = domain::json::object();
  out["token"] = token;
  out["expires_at"] = domain::to_rfc3339(stored.expires_at);
  return out;
}

issued_session issue_session(const settings& s, domain::timestamp now) {
  issued_session issued;
  issued.token = make_secret();
  issued.stored.id = domain::id::make();
  issued.stored.token = hash_secret(issued.token);
  issued.stored.expires_at = now + s.session_life;
  return issued;
}

std::string session_cookie(const settings& s, std::string_view token) {
  return cookie(s, token, s.session_life);
}

std::string cleared_session_cookie(const settings& s) {
  return cookie(s, {}, std::chrono::seconds{0});
}

}  // namespace chatmesh::http
