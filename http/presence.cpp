#include "http/presence.hpp"

#include "actors/hub.hpp"
#include "domain/json_writer.hpp"

namespace chatmesh::http {

asio::awaitable<std::vector<domain::id>> online(services& s, domain::id company) {
  auto start = [&s, company](auto resumer) {
    s.hub.presence(company, [resumer](std::vector<domain::id> employees) { resumer.resume(std::move(employees)); });
  };
  co_return co_await detail::suspend<std::vector<domain::id>>(start);
}

std::string presence_text(const std::vector<domain::id>& online) {
  domain::json_writer out;
  out.begin_object();
  out.member("online", online);
  out.end_object();
  return std::move(out).take();
}

}  // namespace chatmesh::http
