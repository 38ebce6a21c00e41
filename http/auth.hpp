// Who asks: session tokens (Authorization: Bearer wins over the cookie), cross-site rules, membership.
#pragma once

#include "http/handler.hpp"
#include "http/stream_rights.hpp"

#include <string>
#include <string_view>

namespace chatmesh::http {

// A new secret of 256 random bits, URL-safe text.
std::string make_secret();
persistence::secret_hash hash_secret(std::string_view secret);

// The cookie that carries a session token: "chatmesh_session", or with a prefix where the public URL is https.
std::string_view session_cookie_name(const settings&);

// What Authorization carries: nothing without the field, empty for another scheme than Bearer.
std::optional<std::string> bearer_token(const request&);

// The token that the request shows: Authorization wins over the cookie. Nothing for neither. A cookie in a request that
// is not safe (or opens a stream) and comes from another site is problem 403 `cross_site`.
std::optional<std::string> presented_token(const settings&, const request&);
void check_cross_site(const settings&, const request&);

// A signed-in user; an API token is none. Throws problem 401 (no, ended or expired session) or 403 `cross_site`.
struct signed_in {
  persistence::session_info session;
};
asio::awaitable<signed_in> authenticate(services&, request&);

// A member of the company that the path's {c} names, or a program with an API token of it. Throws as above, and 404 for
// a company that is unknown or not theirs: the same answer for both.
struct member {
  persistence::token_principal proof;
  domain::id company;
  std::optional<domain::employee> employee;  // none for an API token
  std::optional<domain::api_token> token;    // none for an employee
  domain::id session;                        // or the API token
  domain::timestamp expires_at;              // timestamp::max(): never
  domain::timestamp now;                     // the database's clock ...
  persistence::log_position position;        // ... and where the company stood, in the transaction that proved it all

  domain::role role() const { return employee ? employee->role : token->role; }
  std::optional<domain::id> employee_id() const { return employee ? std::optional{employee->id} : std::nullopt; }

  // As whose doing a stream tells what this request does.
  domain::author author(std::string client) const;
  stream_right right() const;
};
asio::awaitable<member> authenticate_member(services&, request&);
// The same for a principal that was presented already (see below).
asio::awaitable<member> authenticate_member(services&, request&, persistence::token_principal);

// What `make()` makes of the request. What is wrong with a request is told only to those who may ask.
template <class Make>
asio::awaitable<std::invoke_result_t<Make&>> make_for_member(services& s, request& r, persistence::token_principal who,
                                                             Make make) {
  std::exception_ptr fault;
  try {
    co_return make();
  } catch (const std::exception&) {
    fault = std::current_exception();
  }
  co_await authenticate_member(s, r, who);
  std::rethrow_exception(fault);
}

// Reads for a member, in the transaction that proves them one: `make()` makes the job of the request, which is called
// as job(stores&, const member&) on a reader thread. Throws like authenticate_member() and what the two throw.
template <class Make>
using job_result = std::invoke_result_t<std::invoke_result_t<Make&>&, persistence::stores&, const member&>;
template <class Make>
asio::awaitable<job_result<Make>> read_as_member(services&, request&, Make make);

// The same for a stream: what another of the same token proved a moment ago still counts, as long as nothing was
// committed that may have ended it.
asio::awaitable<stream_right> authenticate_reader(services&, request&);

// The hash of the token that the request shows, and the company that the path's {c} names (nil for an id of another
// form): what a member's write is proven by, inside the writer's transaction. Throws 401 for no token, 403
// `cross_site`.
persistence::token_principal presented_principal(services&, const request&);

// Who a write comes from (Chatmesh-Client), and whose echo a stream does without (`client`): a valid token, or empty;
// an invalid one is 400.
std::string client_token(const request&);
std::string client_of_stream(const request&);

namespace detail {

member prove_member(persistence::stores&, const persistence::token_principal&);
asio::awaitable<void> note_use(services&, member&);  // of the API token, where it is time to

template <class T>
struct member_outcome {
  member who;
  std::optional<T> result;
  std::exception_ptr fault;  // in place of it
};

}  // namespace detail

template <class Make>
asio::awaitable<job_result<Make>> read_as_member(services& s, request& r, Make make) {
  const auto who = presented_principal(s, r);
  auto wanted = co_await make_for_member(s, r, who, std::move(make));
  auto job = [who, wanted = std::move(wanted)](persistence::stores& stores) mutable {
    detail::member_outcome<job_result<Make>> done{detail::prove_member(stores, who), {}, {}};
    try {
      done.result = wanted(stores, std::as_const(done.who));
    } catch (const problem&) {
      done.fault = std::current_exception();
    }
    return done;
  };
  auto done = co_await read(s, std::move(job));
  co_await detail::note_use(s, done.who);
  if (done.fault)
    std::rethrow_exception(done.fault);
  co_return *std::move(done.result);
}

}  // namespace chatmesh::http
