#include "http/auth.hpp"

#include "http/problem.hpp"
#include "http/rate_limiter.hpp"
#include "http/settings.hpp"
#include "http/text.hpp"

#include <boost/beast/core/string.hpp>
#include <sodium.h>

#include <algorithm>

namespace chatmesh::http {

namespace {

constexpr std::size_t max_token_bytes = 512;
constexpr std::size_t max_client_token = 64;

bool is_safe(std::string_view method) {
  return method == "GET" || method == "HEAD" || method == "OPTIONS";
}

// The host part of an origin or public URL: "https://chat.example:8443" -> "chat.example:8443".
std::string_view authority_of(std::string_view url) {
  const auto colon = url.find("://");
  return colon == std::string_view::npos ? std::string_view{} : url.substr(colon + 3);
}

bool is_same_origin(std::string_view origin, const settings& s, const request& r) {
  if (s.public_url.empty()) {
    const auto authority = authority_of(origin);
    return !authority.empty() && boost::beast::iequals(authority, r.header("Host").value_or(""));
  }
  std::string_view own = s.public_url;
  if (const auto path = own.find('/', own.find("://") + 3); path != std::string_view::npos)
    own = own.substr(0, path);
  return boost::beast::iequals(origin, own);
}

// `name` may be given twice: an older cookie of a wider path comes later (RFC 6265bis §5.5), so the first one counts.
std::optional<std::string_view> find_cookie(const request& r, std::string_view name) {
  for (const auto& [field, value] : r.headers) {
    if (!boost::beast::iequals(field, "Cookie"))
      continue;
    for (std::string_view rest = value; !rest.empty();) {
      const auto end = std::min(rest.find(';'), rest.size());
      const auto pair = trim(rest.substr(0, end));
      rest.remove_prefix(std::min(end + 1, rest.size()));
      const auto equals = pair.find('=');
      if (equals != std::string_view::npos && pair.substr(0, equals) == name)
        return pair.substr(equals + 1);
    }
  }
  return std::nullopt;
}

// The hash of the secret that the request shows. Throws problem 401 for none.
persistence::secret_hash require_token(services& s, const request& r) {
  const auto token = presented_token(s.settings, r);
  if (!token || token->empty() || token->size() > max_token_bytes)
    throw unauthenticated();
  const auto hash = hash_secret(*token);
  s.limiter.token(hash);
  return hash;
}

std::string valid_client(std::optional<std::string_view> token) {
  if (!token)
    return {};
  const bool valid = !token->empty() && token->size() <= max_client_token && std::ranges::all_of(*token, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '.' || c == '_' ||
           c == '-';
  });
  if (!valid)
    throw malformed_request("A client token is 1 to 64 of A-Z, a-z, 0-9, `.`, `_` and `-`.");
  return std::string{*token};
}

// A session's user as a member of the company; nothing where it is another token or they are none.
std::optional<member> find_employee(persistence::stores& stores, const persistence::token_principal& who) {
  auto signed_in = stores.find_signed_in(who.company, who.token);
  if (!signed_in)
    return std::nullopt;
  member found;
  found.employee = std::move(signed_in->employee);
  found.session = signed_in->session;
  found.expires_at = signed_in->expires_at;
  found.now = signed_in->now;
  return found;
}

// Throws problem 404 for another company's and for a session, whose user is no member then; 401 for neither.
member find_api_token(persistence::stores& stores, const persistence::token_principal& who) {
  auto info = stores.find_api_token(who.token);
  if (!info)
    throw stores.find_session(who.token) ? not_found() : unauthenticated();
  if (info->company != who.company)
    throw not_found();
  member found;
  found.session = info->token.id;
  found.token = info->token;
  found.token->role = persistence::effective_role(*info);
  found.expires_at = domain::timestamp::max();
  found.now = stores.now();
  return found;
}

}  // namespace

member detail::prove_member(persistence::stores& stores, const persistence::token_principal& who) {
  auto employee = find_employee(stores, who);
  member found = employee ? *std::move(employee) : find_api_token(stores, who);
  const auto position = stores.find_position(who.company);
  if (!position)
    throw not_found();
  found.proof = who;
  found.company = who.company;
  found.position = *position;
  return found;
}

// What is read with a token is not refused because its use can't be noted: the next request tries again.
asio::awaitable<void> detail::note_use(services& s, member& who) {
  const bool is_noted = !who.token || (who.token->last_used_at &&
                                       *who.token->last_used_at > who.now - persistence::last_use_precision);
  if (is_noted)
    co_return;
  persistence::write_request wanted;
  wanted.command = persistence::use_api_token{who.token->id};
  try {
    co_await write(s, std::move(wanted));
    who.token->last_used_at = who.now;
  } catch (const problem&) {  // NOLINT(bugprone-empty-catch): see above
  }
}

std::string make_secret() {
  std::array<std::uint8_t, 32> bytes;
  randombytes_buf(bytes.data(), bytes.size());
  constexpr int variant = sodium_base64_VARIANT_URLSAFE_NO_PADDING;
  std::string text(sodium_base64_encoded_len(bytes.size(), variant), '\0');
  sodium_bin2base64(text.data(), text.size(), bytes.data(), bytes.size(), variant);
  text.pop_back();  // the terminating zero
  sodium_memzero(bytes.data(), bytes.size());
  return text;
}

persistence::secret_hash hash_secret(std::string_view secret) {
  persistence::secret_hash result{};
  crypto_generichash(result.data(), result.size(), reinterpret_cast<const unsigned char*>(secret.data()), secret.size(),
                     nullptr, 0);
  return result;
}

std::string_view session_cookie_name(const settings& s) {
  return s.public_url.starts_with("https://") ? "__Host-chatmesh_session" : "chatmesh_session";
}

std::optional<std::string> bearer_token(const request& r) {
  const auto authorization = r.header("Authorization");
  if (!authorization)
    return std::nullopt;
  constexpr std::string_view scheme = "Bearer ";
  if (!boost::beast::iequals(authorization->substr(0, scheme.size()), scheme))
    return std::string{};
  return std::string{trim(authorization->substr(scheme.size()))};
}

void check_cross_site(const settings& s, const request& r) {
  if (is_safe(r.method) && !r.path.ends_with("/events"))
    return;
  bool allowed = true;
  if (const auto site = r.header("Sec-Fetch-Site")) {
    allowed = *site == "same-origin" || *site == "none";
  } else if (const auto origin = r.header("Origin")) {
    allowed = is_same_origin(*origin, s, r);
  }
  if (!allowed)
    throw problem{403, "cross_site", "A cookie does not count in a request from another site."};
}

std::optional<std::string> presented_token(const settings& s, const request& r) {
  if (auto bearer = bearer_token(r))
    return bearer;
  const auto cookie = find_cookie(r, session_cookie_name(s));
  if (!cookie)
    return std::nullopt;
  check_cross_site(s, r);
  return std::string{*cookie};
}

domain::author member::author(std::string client) const {
  if (token)
    return {domain::author_kind::token, token->id, token->name, std::move(client)};
  return {domain::author_kind::employee, employee->id, employee->name, std::move(client)};
}

// A token's use is noted once in last_use_precision: until then nothing needs to be done for it.
stream_right member::right() const {
  stream_right result;
  result.reader = token ? token->id : employee->id;
  result.kind = token ? domain::author_kind::token : domain::author_kind::employee;
  result.session = session;
  result.expires_at = expires_at;
  result.as_of = now;
  result.at = position;
  result.good = stream_rights::lifetime;
  if (token)
    result.good = token->last_used_at.value_or(domain::timestamp{}) + persistence::last_use_precision - now;
  return result;
}

persistence::token_principal presented_principal(services& s, const request& r) {
  const auto token = require_token(s, r);
  // An id of another form is unknown like any other, but only to those who are signed in.
  return {domain::id::parse(r.segment("c")).value_or(domain::id{}), token};
}

asio::awaitable<signed_in> authenticate(services& s, request& r) {
  const auto hash = require_token(s, r);
  auto find = [hash](persistence::stores& stores) { return stores.find_session(hash); };
  auto session = co_await read(s, find);
  if (!session)
    throw unauthenticated();
  co_return signed_in{std::move(*session)};
}

asio::awaitable<member> authenticate_member(services& s, request& r) {
  return authenticate_member(s, r, presented_principal(s, r));
}

asio::awaitable<member> authenticate_member(services& s, request&, persistence::token_principal who) {
  member found = co_await read(s, [who](persistence::stores& stores) { return detail::prove_member(stores, who); });
  co_await detail::note_use(s, found);
  co_return found;
}

asio::awaitable<stream_right> authenticate_reader(services& s, request& r) {
  const auto who = presented_principal(s, r);
  if (auto known = s.rights.find(who))
    co_return *std::move(known);
  const auto asked = s.rights.ask();
  const member found = co_await authenticate_member(s, r, who);
  auto right = found.right();
  s.rights.keep(asked, who, right);
  co_return right;
}

std::string client_token(const request& r) {
  return valid_client(r.header("Chatmesh-Client"));
}

std::string client_of_stream(const request& r) {
  return valid_client(r.query("client"));
}

}  // namespace chatmesh::http
