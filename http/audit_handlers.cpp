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
  return list(s, r, [&r] {
    return [filter = read_filter(r)](persistence::stores& stores, const member& who,
                                     const persistence::page_request& page) {
      if (domain::may_read_audit(who.role()) != domain::verdict::allowed)
        throw forbidden();
      return stores.list_audit(who.company, filter, page);
    };
  });
}

}  // namespace chatmesh::http
