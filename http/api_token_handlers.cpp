// Keys of programs (protocol §3). They make no events and have no version.
#include "http/handlers.hpp"
#include "http/resource.hpp"

namespace chatmesh::http {

namespace {

// What the secrets of API tokens begin with, so that one that got where it should not be is recognized.
constexpr std::string_view secret_prefix = "cmt_";

}  // namespace

asio::awaitable<response> list_api_tokens(services& s, request& r) {
  return list(s, r, [] {
    return [](persistence::stores& stores, const member& who, const persistence::page_request& page) {
      return stores.list_api_tokens(who.company, page);
    };
  });
}

asio::awaitable<response> get_api_token(services& s, request& r) {
  const auto make = [&r] {
    return [wanted = r.segment_id("id")](persistence::stores& stores, const member& who) {
      return stores.find_api_token(who.company, wanted);
    };
  };
  const std::optional<domain::api_token> found = co_await read_as_member(s, r, make);
  if (!found)
    throw not_found();
  response answer;
  answer.body = domain::to_text(*found);
  co_return answer;
}

// The secret is in this answer alone: a replay of it carries the token without it.
asio::awaitable<response> create_api_token(services& s, request& r) {
  const std::string secret = std::string{secret_prefix} + make_secret();
  domain::id home;
  auto wanted = co_await prepare_write(s, r, [&](const domain::id& company) {
    home = company;
    persistence::create_api_token command;
    command.fields = domain::read_new_api_token(read_json(r), command.faults);
    command.token = hash_secret(secret);
    return command;
  });
  persistence::written done = co_await write(s, std::move(wanted));
  if (!done.replayed) {
    domain::json body = domain::parse_object(done.body);
    body["token"] = secret;
    done.body = domain::dump(body);
  }
  co_return created_answer(collection_path(home, "api_tokens"), std::move(done));
}

asio::awaitable<response> delete_api_token(services& s, request& r) {
  auto wanted = co_await prepare_write(
      s, r, [&](const domain::id&) { return persistence::revoke_api_token{r.segment_id("id")}; });
  co_return removed_answer(co_await write(s, std::move(wanted)));
}

}  // namespace chatmesh::http
