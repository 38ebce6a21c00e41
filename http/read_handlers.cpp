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
  return list(s, r, [&r] {
    return [customer = read_id_filter(r, "customer_id")](persistence::stores& stores, const member& who,
                                                         const persistence::page_request& page) {
      if (!who.employee)
        throw no_employee();
      return stores.list_reads(who.company, who.employee->id, customer, page);
    };
  });
}

}  // namespace chatmesh::http
