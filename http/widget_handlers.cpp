// The customer's side of a conversation (protocol §3): a customer sees its own messages only, and places in the
// company's sequence only sealed, so these answers carry no Chatmesh-Cursor.
#include "actors/hub.hpp"
#include "http/cors.hpp"
#include "http/handlers.hpp"
#include "http/rate_limiter.hpp"
#include "http/resource.hpp"
#include "http/sealed_cursor.hpp"
#include "http/settings.hpp"
#include "http/visitor.hpp"

namespace chatmesh::http {

// Without a valid customer_token a new customer is made, whatever e-mail is given.
asio::awaitable<response> create_widget_session(services& s, request& r) {
  struct lookup {
    std::optional<domain::company> company;
    domain::timestamp now;
  };
  auto job = [key = std::string{r.segment("widget_key")}](persistence::stores& stores) {
    return lookup{stores.find_company_by_widget_key(key), stores.now()};
  };
  const lookup found = co_await read(s, std::move(job));
  if (!found.company)
    throw not_found();
  allow_origin(r, found.company->widget_origins);
  s.limiter.auth(r, rate_limiter::attempt::widget);

  domain::widget_session_body body = domain::read_widget_session(read_json(r));
  const std::string token = make_secret();
  persistence::open_widget_session command;
  command.widget_key = found.company->widget_key;
  command.name = std::move(body.name);
  command.email = std::move(body.email);
  if (body.customer_token)
    command.customer_token = hash_secret(*body.customer_token);
  command.new_token = hash_secret(token);
  command.expires_at = found.now + s.settings.widget_life;
  persistence::write_request wanted;
  wanted.command = std::move(command);
  const persistence::written done = co_await write(s, std::move(wanted));

  domain::json answered = domain::parse_object(done.body);
  answered["company"] = {{"name", found.company->name}};
  answered["token"] = token;
  response answer;
  answer.status = 201;
  answer.body = domain::dump(answered);
  co_return answer;
}

asio::awaitable<response> list_widget_messages(services& s, request& r) {
  const visitor who = co_await authenticate_visitor(s, r);
  auto job = [principal = who.principal(), wanted = read_page_request(r),
              before = read_id_filter(r, "before")](persistence::stores& stores) {
    const cursor_seal seal{stores.cursor_key(), principal.customer};
    domain::json_writer out;
    begin_page(out, stores.list_messages(principal.company, principal.customer, before, wanted));
    return end_page(std::move(out), seal.seal(head_cursor(stores, principal.company)));
  };
  response answer;
  answer.body = co_await read(s, std::move(job));
  co_return answer;
}

asio::awaitable<response> create_widget_message(services& s, request& r) {
  const visitor who = co_await authenticate_visitor(s, r);
  s.limiter.message(r, who.customer.id);
  persistence::create_message command;
  command.fields.customer_id = who.customer.id;
  command.fields.body = domain::read_inbound_message(read_json(r));
  persistence::write_request wanted;
  wanted.who = who.principal();
  wanted.client = client_token(r);
  wanted.key = read_idempotency(r);
  wanted.command = std::move(command);
  persistence::written done = co_await write(s, std::move(wanted));
  done.cursor.reset();
  co_return written_answer(201, std::move(done));
}

asio::awaitable<response> post_widget_typing(services& s, request& r) {
  const visitor who = co_await authenticate_visitor(s, r);
  domain::typing notice;
  notice.customer_id = who.customer.id;
  notice.by.kind = domain::author_kind::customer;
  notice.by.id = who.customer.id;
  notice.by.name = who.customer.name;
  s.hub.typing(who.company.id, std::move(notice));
  response answer;
  answer.status = 204;
  answer.content_type.clear();
  co_return answer;
}

// A preflight carries no token. Where the path names no company it promises nothing: the request itself needs the token
// of a customer, and only pages of that company's origins may read its answer.
asio::awaitable<response> preflight_widget(services& s, request& r) {
  const std::string key{r.segment("widget_key")};
  if (key.empty()) {
    allow_any_origin(r);
    co_return preflight_answer(r.methods, r.header("Origin").has_value());
  }
  auto job = [key](persistence::stores& stores) { return stores.find_company_by_widget_key(key); };
  const std::optional<domain::company> found = co_await read(s, std::move(job));
  const bool allowed = allow_origin(r, found ? found->widget_origins : std::vector<std::string>{});
  co_return preflight_answer(r.methods, allowed);
}

}  // namespace chatmesh::http
