// The people that a company talks to (protocol §2, §3).
#include "domain/utf8.hpp"
#include "http/handlers.hpp"
#include "http/resource.hpp"

namespace chatmesh::http {

namespace {

constexpr std::size_t max_search = 256;  // longer than what is searched; a scan's cost goes with it

persistence::command read_create(const domain::json& body) {
  persistence::create_customer command;
  command.fields = domain::read_customer(body, command.faults);
  return command;
}

persistence::customer_filter read_filter(const request& r) {
  persistence::customer_filter filter;
  if (const auto status = r.query("status")) {
    filter.status = domain::parse_customer_status(*status);
    if (!filter.status)
      throw malformed_request("The query parameter 'status' must be open, snoozed or closed.");
  }
  if (const auto text = r.query("q"); text && !text->empty()) {
    if (domain::count_code_points(*text) > max_search)
      throw malformed_request("The query parameter 'q' must have at most 256 characters.");
    filter.text = std::string{*text};
  }
  if (const auto tag = r.query("tag"))
    filter.tag = std::string{*tag};
  filter.assigned_employee_id = read_id_filter(r, "assigned_employee_id");
  return filter;
}

}  // namespace

asio::awaitable<response> list_customers(services& s, request& r) {
  const member who = co_await authenticate_member(s, r);
  auto read_page = [company = who.company, filter = read_filter(r)](persistence::stores& stores,
                                                                    const persistence::page_request& page) {
    return stores.list_customers(company, filter, page);
  };
  co_return co_await list(s, r, who.company, std::move(read_page));
}

asio::awaitable<response> create_customer(services& s, request& r) {
  return create(s, r, "customers", read_create);
}

asio::awaitable<response> get_customer(services& s, request& r) {
  return get_one(s, r, &persistence::stores::find_customer);
}

asio::awaitable<response> put_customer(services& s, request& r) {
  return replace(s, r, domain::entity::customer);
}

asio::awaitable<response> patch_customer(services& s, request& r) {
  return patch(s, r, domain::entity::customer);
}

asio::awaitable<response> delete_customer(services& s, request& r) {
  return remove(s, r, domain::entity::customer);
}

}  // namespace chatmesh::http
