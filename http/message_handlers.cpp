// Messages between a company and its customers, from a member's side: what a member writes is outbound (protocol §2,
// §3).
#include "http/handlers.hpp"
#include "http/resource.hpp"

namespace chatmesh::http {

namespace {

persistence::command read_create(const domain::json& body) {
  persistence::create_message command;
  command.fields = domain::read_new_message(body, command.faults);
  return command;
}

}  // namespace

asio::awaitable<response> list_messages(services& s, request& r) {
  return list(s, r, [&r] {
    return [customer = read_id_filter(r, "customer_id"), before = read_id_filter(r, "before")](
               persistence::stores& stores, const member& who, const persistence::page_request& page) {
      return stores.list_messages(who.company, customer, before, page);
    };
  });
}

asio::awaitable<response> create_message(services& s, request& r) {
  return create(s, r, "messages", read_create);
}

asio::awaitable<response> get_message(services& s, request& r) {
  return get_one(s, r, &persistence::stores::find_message);
}

asio::awaitable<response> put_message(services& s, request& r) {
  return replace(s, r, domain::entity::message);
}

asio::awaitable<response> patch_message(services& s, request& r) {
  return patch(s, r, domain::entity::message);
}

asio::awaitable<response> delete_message(services& s, request& r) {
  return remove(s, r, domain::entity::message);
}

}  // namespace chatmesh::http
