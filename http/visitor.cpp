#include "http/visitor.hpp"

#include "http/auth.hpp"
#include "http/cors.hpp"
#include "http/problem.hpp"
#include "http/rate_limiter.hpp"

namespace chatmesh::http {

asio::awaitable<visitor> authenticate_visitor(services& s, request& r) {
  std::optional<visitor> found;
  if (const auto token = bearer_token(r)) {
    const persistence::secret_hash hash = hash_secret(*token);
    auto job = [hash](persistence::stores& stores) -> std::optional<visitor> {
      const auto named = stores.find_visitor(hash);
      if (!named)
        return std::nullopt;
      auto company = stores.find_company(named->company);
      auto customer = stores.find_customer(named->company, named->customer);
      const auto position = stores.find_position(named->company);
      if (!company || !customer || !position)
        return std::nullopt;
      return visitor{*std::move(company), *std::move(customer), named->token,
                     named->expires_at,   stores.now(),         *position};
    };
    found = co_await read(s, std::move(job));
    if (found) {
      allow_origin(r, found->company.widget_origins);
      s.limiter.token(hash);
    }
  }
  if (!found) {
    allow_any_origin(r);
    throw unauthenticated();
  }
  co_return std::move(*found);
}

}  // namespace chatmesh::http
