// The people that a company talks to (protocol §2, §3).
#include "domain/utf8.hpp"
#include "http/customer_parts.hpp"
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

persistence::customer_order read_order(const request& r) {
  const auto sort = r.query("sort");
  if (!sort)
    return persistence::customer_order::newest;
  if (*sort == "activity")
    return persistence::customer_order::activity;
  if (*sort == "name")
    return persistence::customer_order::name;
  throw malformed_request("The query parameter 'sort' must be activity or name.");
}

persistence::customer_query read_query(const request& r) {
  persistence::customer_query query;
  if (const auto status = r.query("status")) {
    query.status = domain::parse_customer_status(*status);
    if (!query.status)
      throw malformed_request("The query parameter 'status' must be open, snoozed or closed.");
  }
  if (const auto text = r.query("q"); text && !text->empty()) {
    if (domain::count_code_points(*text) > max_search)
      throw malformed_request("The query parameter 'q' must have at most 256 characters.");
    query.text = std::string{*text};
  }
  if (const auto tag = r.query("tag"))
    query.tag = std::string{*tag};
  query.assigned_employee_id = read_id_filter(r, "assigned_employee_id");
  query.order = read_order(r);
  return query;
}

// What the page is to bring along.
struct inclusion {
  bool messages = false, reads = false;
};

inclusion read_inclusion(const request& r) {
  inclusion wanted;
  std::string_view rest = r.query("include").value_or("");
  while (!rest.empty()) {
    const auto comma = std::min(rest.find(','), rest.size());
    const auto word = rest.substr(0, comma);
    if (word != "messages" && word != "reads")
      throw malformed_request("The query parameter 'include' lists something else than messages and reads.");
    (word == "reads" ? wanted.reads : wanted.messages) = true;
    rest.remove_prefix(std::min(comma + 1, rest.size()));
  }
  return wanted;
}

}  // namespace

asio::awaitable<response> list_customers(services& s, request& r) {
  const auto make = [&r] {
    return [query = read_query(r), include = read_inclusion(r),
            wanted = read_page_request(r)](persistence::stores& stores, const member& who) {
      const auto page = stores.list_customers(who.company, query, wanted);
      domain::json_writer out;
      begin_page(out, page);
      if (query.order == persistence::customer_order::activity)
        add_activity(out, page.items);
      if (include.messages)
        add_latest_messages(out, stores, who.company, page.items);
      if (include.reads)
        add_reads(out, stores, who.company, who.employee_id(), page.items);
      return end_page(std::move(out), domain::to_string(head_cursor(stores, who.company)));
    };
  };
  response answer;
  answer.body = co_await read_as_member(s, r, make);
  co_return answer;
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
