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
  const member who = co_await authenticate_member(s, r);
  auto read_page = [company = who.company, customer = read_id_filter(r, "customer_id")](
                       persistence::stores& stores, const persistence::page_request& page) {
    return stores.list_notes(company, customer, page);
  };
  co_return co_await list(s, r, who.company, std::move(read_page));
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
