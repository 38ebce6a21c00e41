// Logins, sessions and invitations (protocol §3). Answers that hold a secret ignore Idempotency-Key.
#include "domain/codec.hpp"
#include "http/auth.hpp"
#include "http/handlers.hpp"
#include "http/input.hpp"
#include "http/issued_session.hpp"
#include "http/password_hasher.hpp"
#include "http/problem.hpp"
#include "http/rate_limiter.hpp"

namespace chatmesh::http {

namespace {

// What every request that begins a session must pass: the rate limit of its address and, where it comes with an old
// session's cookie, the cross-site rule.
void admit(services& s, const request& r, rate_limiter::attempt what) {
  s.limiter.auth(r, what);
  static_cast<void>(presented_token(s.settings, r));
}

asio::awaitable<domain::timestamp> database_now(services& s) {
  auto job = [](persistence::stores& stores) { return stores.now(); };
  co_return co_await read(s, job);
}

// Begins the session: does the write, and answers 201 with the session beside what was written.
asio::awaitable<response> begin_session(services& s, persistence::write_request wanted, issued_session issued) {
  const persistence::written done = co_await write(s, std::move(wanted));
  domain::json body = domain::parse_object(done.body);
  body["session"] = issued.to_json();
  response answer;
  answer.status = 201;
  answer.body = domain::dump(body);
  answer.headers.emplace_back("Set-Cookie", session_cookie(s.settings, issued.token));
  if (done.cursor)
    answer.headers.emplace_back("Chatmesh-Cursor", domain::to_string(*done.cursor));
  co_return answer;
}

// That whoever accepts an invitation for an e-mail that has a user already is this user: by the present password, else
// by the session that the request carries. Answers who the writer shall take the request for; throws problem 401.
asio::awaitable<persistence::principal> prove_invited(services& s, request& r, const persistence::login& invited,
                                                      const domain::optional_text& password) {
  if (password && co_await s.hasher.verify(invited.password_hash, *password))
    co_return persistence::anonymous{};
  const signed_in who = co_await authenticate(s, r);
  if (who.session.user.id != invited.user.id)
    throw unauthenticated();
  co_return persistence::user_principal{who.session.user.id, who.session.session};
}

}  // namespace

asio::awaitable<response> sign_up(services& s, request& r) {
  admit(s, r, rate_limiter::attempt::sign_up);
  domain::signup_body body = domain::read_signup(read_json(r));
  issued_session issued = issue_session(s.settings, co_await database_now(s));

  persistence::sign_up command;
  command.company = std::move(body.company);
  command.name = std::move(body.name);
  command.email = std::move(body.email);
  command.password_hash = co_await s.hasher.hash(std::move(body.password));
  command.session = issued.stored;

  persistence::write_request wanted;
  wanted.client = client_token(r);
  wanted.command = std::move(command);
  co_return co_await begin_session(s, std::move(wanted), std::move(issued));
}

// An unknown e-mail and a wrong password get the same answer after the same time.
asio::awaitable<response> create_session(services& s, request& r) {
  admit(s, r, rate_limiter::attempt::log_in);
  domain::login_body body = domain::read_login(read_json(r));
  struct found_login {
    std::optional<persistence::login> login;
    domain::timestamp now;
  };
  auto job = [email = std::move(body.email)](persistence::stores& stores) {
    return found_login{stores.find_login(email), stores.now()};
  };
  const found_login found = co_await read(s, std::move(job));
  std::string hash = found.login ? found.login->password_hash : std::string{};
  const bool proven = co_await s.hasher.verify(std::move(hash), std::move(body.password));
  if (!found.login || !proven)
    throw unauthenticated();

  issued_session issued = issue_session(s.settings, found.now);
  persistence::write_request wanted;
  wanted.command = persistence::open_session{found.login->user.id, issued.stored};
  co_return co_await begin_session(s, std::move(wanted), std::move(issued));
}

asio::awaitable<response> get_session(services& s, request& r) {
  const signed_in who = co_await authenticate(s, r);
  auto job = [user = who.session.user.id](persistence::stores& stores) { return stores.memberships(user); };
  const std::vector<persistence::membership> found = co_await read(s, std::move(job));

  domain::json body = domain::json::object();
  body["user"] = domain::to_json(who.session.user);
  domain::json& memberships = body["memberships"] = domain::json::array();
  for (const persistence::membership& each : found) {
    domain::json membership = domain::json::object();
    membership["company"] = domain::to_json(each.company);
    membership["employee"] = domain::to_json(each.employee);
    memberships.push_back(std::move(membership));
  }
  body["session"]["expires_at"] = domain::to_rfc3339(who.session.expires_at);
  response answer;
  answer.body = domain::dump(body);
  co_return answer;
}

asio::awaitable<response> delete_session(services& s, request& r) {
  const signed_in who = co_await authenticate(s, r);
  persistence::write_request wanted;
  wanted.who = persistence::user_principal{who.session.user.id, who.session.session};
  wanted.command = persistence::close_session{};
  co_await write(s, std::move(wanted));
  response answer;
  answer.status = 204;
  answer.content_type.clear();
  answer.headers.emplace_back("Set-Cookie", cleared_session_cookie(s.settings));
  co_return answer;
}

asio::awaitable<response> accept_invitation(services& s, request& r) {
  admit(s, r, rate_limiter::attempt::accept);
  persistence::accept_invitation command;
  command.token = hash_secret(r.segment("token"));
  auto job = [token = command.token](persistence::stores& stores) { return stores.find_invitation(token); };
  const std::optional<persistence::stores::open_invitation> invitation = co_await read(s, std::move(job));
  if (!invitation)
    throw not_found();
  domain::accept_body body = domain::read_accept(read_json(r), !invitation->existing);

  persistence::write_request wanted;
  if (invitation->existing) {
    wanted.who = co_await prove_invited(s, r, *invitation->existing, body.password);
    command.proven_user = invitation->existing->user.id;
  } else {
    command.name = std::move(body.name);
    command.password_hash = co_await s.hasher.hash(std::move(*body.password));
  }
  issued_session issued = issue_session(s.settings, co_await database_now(s));
  command.session = issued.stored;
  wanted.client = client_token(r);
  wanted.command = std::move(command);
  co_return co_await begin_session(s, std::move(wanted), std::move(issued));
}

}  // namespace chatmesh::http
