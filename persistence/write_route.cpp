#include "persistence/write_route.hpp"

#include <functional>

namespace chatmesh::persistence {

namespace {

constexpr write_route of_accounts{{}, true, 0};

// Of those who belong to no company: the command tells.
struct by_command {
  write_route operator()(const open_session& c) const { return {{}, false, c.user.hash()}; }
  write_route operator()(const use_api_token& c) const { return {{}, false, c.id.hash()}; }
  write_route operator()(const open_widget_session& c) const {
    return {{}, false, std::hash<std::string>{}(c.widget_key)};  // locks its company once it has found it
  }
  write_route operator()(const prune_log&) const { return {}; }
  write_route operator()(const probe_database&) const { return {}; }
  write_route operator()(const auto&) const { return of_accounts; }
};

}  // namespace

write_route route_of(const write_request& r) {
  const auto of = [](const domain::id& company) { return write_route{company, false, company.hash()}; };
  if (const auto* member = std::get_if<member_principal>(&r.who))
    return of(member->company);
  if (const auto* token = std::get_if<token_principal>(&r.who))
    return of(token->company);
  if (const auto* visitor = std::get_if<visitor_principal>(&r.who))
    return of(visitor->company);
  return std::visit(by_command{}, r.command);
}

}  // namespace chatmesh::persistence
