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
  domain::json out = domain::json::object();
  out["cursor"] = domain::to_string(head_cursor(stores, company));
  out["company"] = domain::to_json(*found);
  out["me"] = self ? domain::to_json(*self) : domain::json();
  out["employees"] = json_array(stores.all_employees(company));
  out["customers"] = json_array(customers.items);
  add_activity(out, customers.items);
  add_latest_messages(out, stores, company, customers.items);
  add_reads(out, stores, company, me, customers.items);
  out["presence"] = presence_json(online);
  out["truncated"] = customers.next.has_value();
  return domain::dump(out);
}

}  // namespace

asio::awaitable<response> get_snapshot(services& s, request& r) {
  const member who = co_await authenticate_member(s, r);
  std::vector<domain::id> present = co_await online(s, who.company);
  const auto me = who.employee ? std::optional{who.employee->id} : std::nullopt;
  auto job = [company = who.company, me, present = std::move(present)](persistence::stores& stores) {
    return read_snapshot(stores, company, me, present);
  };
  response answer;
  answer.body = co_await read(s, std::move(job));
  co_return answer;
}

}  // namespace chatmesh::http
