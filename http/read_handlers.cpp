// How far an employee has read each customer's messages: its own business.
#include "http/handlers.hpp"
#include "http/resource.hpp"

namespace chatmesh::http {

asio::awaitable<response> put_read(services& s, request& r) {
  auto wanted = co_await prepare_write(s, r, [&](const domain::id&) {
    persistence::mark_read command;
    command.customer = r.segment_id("id");
    command.message = domain::read_read_mark(read_json(r), command.faults);
    return command;
  });
  co_return written_answer(200, co_await write(s, std::move(wanted)));
}

asio::awaitable<response> list_reads(services& s, request& r) {
  const member who = co_await authenticate_member(s, r);
  if (!who.employee)
    throw no_employee();
  auto read_page = [company = who.company, self = who.employee->id, customer = read_id_filter(r, "customer_id")](
                       persistence::stores& stores, const persistence::page_request& page) {
    return stores.list_reads(company, self, customer, page);
  };
  co_return co_await list(s, r, who.company, std::move(read_page));
}

}  // namespace chatmesh::http
