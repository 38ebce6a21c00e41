// All that a client shows first, read in one transaction: the stream goes on from its cursor (protocol §5).
#include "domain/codec.hpp"
#include "http/auth.hpp"
#include "http/customer_parts.hpp"
#include "http/handlers.hpp"
#include "http/presence.hpp"
#include "http/resource.hpp"

namespace chatmesh::http {

namespace {

constexpr std::uint32_t max_customers = 200;

// On a reader thread, with the encoding: a snapshot may be large, and the io thread has streams to serve.
// `me`: none for an API token.
std::string read_snapshot(persistence::stores& stores, const domain::id& company, const std::optional<domain::id>& me,
                          const std::vector<domain::id>& online) {
  const auto found = stores.find_company(company);
  const auto self = me ? stores.find_employee(company, *me) : std::nullopt;
  if (!found || (me && !self))
    throw not_found();
  persistence::customer_query latest;
  latest.order = persistence::customer_order::activity;
  const auto customers = stores.list_customers(company, latest, {max_customers, {}});
  domain::json_writer out;
  out.begin_object();
  out.member("cursor", domain::to_string(head_cursor(stores, company)));
  out.member("company", *found);
  out.member("me", self);
  out.member("employees", stores.all_employees(company));
  out.member("customers", customers.items);
  add_activity(out, customers.items);
  add_latest_messages(out, stores, company, customers.items);
  add_reads(out, stores, company, me, customers.items);
  out.key("presence");
  out.raw(presence_text(online));
  out.member("truncated", customers.next.has_value());
  out.end_object();
  return std::move(out).take();
}

}  // namespace

asio::awaitable<response> get_snapshot(services& s, request& r) {
  const member who = co_await authenticate_member(s, r);
  std::vector<domain::id> present = co_await online(s, who.company);
  auto job = [company = who.company, me = who.employee_id(), present = std::move(present)](
                 persistence::stores& stores) { return read_snapshot(stores, company, me, present); };
  response answer;
  answer.body = co_await read(s, std::move(job));
  co_return answer;
}

}  // namespace chatmesh::http
