// The company itself (protocol §2, §3).
#include "http/handlers.hpp"
#include "http/resource.hpp"

namespace chatmesh::http {

asio::awaitable<response> create_company(services& s, request& r) {
  const signed_in who = co_await authenticate(s, r);
  persistence::write_request wanted;
  wanted.who = persistence::user_principal{who.session.user.id, who.session.session};
  wanted.client = client_token(r);
  wanted.key = read_idempotency(r);
  wanted.command = persistence::create_company{domain::read_company(read_json(r))};
  persistence::written done = co_await write(s, std::move(wanted));

  const domain::json body = domain::parse_object(done.body);
  response answer = written_answer(201, std::move(done));
  answer.headers.emplace_back("Location", "/api/v1/companies/" + body.at("company").at("id").get<std::string>());
  co_return answer;
}

asio::awaitable<response> get_company(services& s, request& r) {
  const auto make = [] {
    return [](persistence::stores& stores, const member& who) { return stores.find_company(who.company); };
  };
  const std::optional<domain::company> found = co_await read_as_member(s, r, make);
  if (!found)
    throw not_found();
  co_return found_answer(r, domain::to_text(*found), domain::etag(*found));
}

asio::awaitable<response> put_company(services& s, request& r) {
  return replace(s, r, domain::entity::company);
}

asio::awaitable<response> patch_company(services& s, request& r) {
  return patch(s, r, domain::entity::company);
}

asio::awaitable<response> delete_company(services& s, request& r) {
  return remove(s, r, domain::entity::company);
}

}  // namespace chatmesh::http
