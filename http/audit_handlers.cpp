// Who did what, and when (docs/operations.md, "Audit trail").
#include "domain/policy.hpp"
#include "http/handlers.hpp"
#include "http/resource.hpp"

namespace chatmesh::http {

namespace {

persistence::audit_filter read_filter(const request& r) {
  persistence::audit_filter filter;
  if (const auto entity = r.query("entity")) {
    filter.entity = domain::parse_entity(*entity);
    if (!filter.entity || *filter.entity == domain::entity::read)
      throw malformed_request("The query parameter 'entity' must be company, employee, customer, note or message.");
  }
  filter.object = read_id_filter(r, "object_id");
  return filter;
}

}  // namespace

asio::awaitable<response> list_audit(services& s, request& r) {
  const member who = co_await authenticate_member(s, r);
  const auto filter = read_filter(r);
  static_cast<void>(read_page_request(r));  // what is wrong with the request comes before the right to it
  if (domain::may_read_audit(who.role()) != domain::verdict::allowed)
    throw forbidden();
  auto read_page = [company = who.company, filter](persistence::stores& stores, const persistence::page_request& page) {
    return stores.list_audit(company, filter, page);
  };
  co_return co_await list(s, r, who.company, std::move(read_page));
}

}  // namespace chatmesh::http
