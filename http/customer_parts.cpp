#include "http/customer_parts.hpp"

#include "http/resource.hpp"

namespace chatmesh::http {

namespace {

std::vector<domain::id> ids_of(const std::vector<domain::customer>& customers) {
  std::vector<domain::id> ids;
  ids.reserve(customers.size());
  for (const domain::customer& each : customers)
    ids.push_back(each.id);
  return ids;
}

}  // namespace

void add_activity(domain::json_writer& out, const std::vector<domain::customer>& of) {
  out.key("activity");
  out.begin_array();
  for (const domain::customer& each : of)
    out.value(each.last_activity_at);
  out.end_array();
}

void add_latest_messages(domain::json_writer& out, persistence::stores& stores, const domain::id& company,
                         const std::vector<domain::customer>& of) {
  out.member("messages", stores.latest_messages(company, ids_of(of)));
}

void add_reads(domain::json_writer& out, persistence::stores& stores, const domain::id& company,
               const std::optional<domain::id>& reader, const std::vector<domain::customer>& of) {
  out.member("reads", reader ? stores.reads_of(company, *reader, ids_of(of)) : std::vector<domain::read_mark>{});
}

}  // namespace chatmesh::http
