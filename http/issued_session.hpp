// A session that is about to begin: what the client gets of it and what is stored.
#pragma once

#include "domain/entities.hpp"
#include "http/auth.hpp"
#include "http/settings.hpp"

namespace chatmesh::http {

struct issued_session {
  std::string token;  // the secret: goes into the answer and nowhere else
  persistence::new_session stored;

  // {token, expires_at}, as the protocol has it.
  domain::json to_json() const;
};

// `now`: the database's clock, which expiry follows.
issued_session issue_session(const settings&, domain::timestamp now);

// Set-Cookie that keeps the token in a browser, or takes it away again. Under TLS (an https public URL) the cookie is
// `__Host-chatmesh_session` with Secure.
std::string session_cookie(const settings&, std::string_view token);
std::string cleared_session_cookie(const settings&);

}  // namespace chatmesh::http
