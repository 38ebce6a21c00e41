#include "http/presence.hpp"

#include "actors/hub.hpp"

namespace chatmesh::http {

asio::awaitable<std::vector<domain::id>> online(services& s, domain::id company) {
  auto start = [&s, company](auto resumer) {
    s.hub.presence(company, [resumer](std::vector<domain::id> employees) { resumer.resume(std::move(employees)); });
  };
  co_return co_await detail::suspend<std::vector<domain::id>>(start);
}

domain::json presence_json(const std::vector<domain::id>& online) {
  domain::json out = domain::json::object();
  domain::json& ids = out["online"] = domain::json::array();
  for (const domain::id& employee : online)
    ids.push_back(employee.to_string());
  return out;
}

}  // namespace chatmesh::http
