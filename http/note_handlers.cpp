// Notes that members keep on a customer (protocol §2, §3).
#include "http/handlers.hpp"
#include "http/resource.hpp"

namespace chatmesh::http {

namespace {

persistence::command read_create(const domain::json& body) {
  persistence::create_note command;
  command.fields = domain::read_new_note(body, command.faults);
  return command;
}

}  // namespace

asio::awaitable<response> list_notes(services& s, request& r) {
  return list(s, r, [&r] {
    return [customer = read_id_filter(r, "customer_id")](persistence::stores& stores, const member& who,
                                                         const persistence::page_request& page) {
      return stores.list_notes(who.company, customer, page);
    };
  });
}

asio::awaitable<response> create_note(services& s, request& r) {
  return create(s, r, "notes", read_create);
}

asio::awaitable<response> get_note(services& s, request& r) {
  return get_one(s, r, &persistence::stores::find_note);
}

asio::awaitable<response> put_note(services& s, request& r) {
  return replace(s, r, domain::entity::note);
}

asio::awaitable<response> patch_note(services& s, request& r) {
  return patch(s, r, domain::entity::note);
}

asio::awaitable<response> delete_note(services& s, request& r) {
  return remove(s, r, domain::entity::note);
}

}  // namespace chatmesh::http
