#include "http/rate_limiter.hpp"

#include "http/problem.hpp"

#include <algorithm>

namespace chatmesh::http {

namespace {

constexpr char message_kind = 'm';  // beside those of rate_limiter::attempt

// An IPv6 customer owns a /64 at least: its 64 lower bits say nothing about who asks.
std::string address_key(const asio::ip::address& address) {
  std::string key;
  if (address.is_v4()) {
    const auto bytes = address.to_v4().to_bytes();
    return key.append(bytes.begin(), bytes.end());
  }
  const auto v6 = address.to_v6();
  if (v6.is_v4_mapped())
    return address_key(asio::ip::make_address_v4(asio::ip::v4_mapped, v6));
  const auto bytes = v6.to_bytes();
  return key.append(bytes.begin(), bytes.begin() + 8);
}

}  // namespace

rate_limiter::rate_limiter(const settings& s, std::function<clock::time_point()> now)
    : on_(s.rate_limits), auth_(a_minute(s.auth_per_minute)), token_{static_cast<double>(s.requests_per_second),
                                                                     static_cast<double>(s.requests_per_second)},
      customer_messages_(a_minute(s.customer_messages_per_minute)),
      address_messages_(a_minute(s.address_messages_per_minute)), images_(a_minute(s.images_per_minute)),
      now_(std::move(now)) {}

void rate_limiter::auth(const request& r, attempt what) {
  if (on_)
    take(addresses_, address_key(r.remote).append(1, static_cast<char>(what)), auth_);
}

void rate_limiter::message(const request& r, const domain::id& customer) {
  if (!on_)
    return;
  take(customers_, customer.to_string(), customer_messages_);
  take(addresses_, address_key(r.remote).append(1, message_kind), address_messages_);
}

void rate_limiter::token(const persistence::secret_hash& hash) {
  if (on_)
    take(tokens_, std::string{hash.begin(), hash.end()}, token_);
}

void rate_limiter::image(const domain::id& session) {
  if (on_)
    take(tokens_, session.to_string(), images_);
}

std::size_t rate_limiter::address_buckets() const {
  const std::lock_guard lock(mutex_);
  return addresses_.by_use.size();
}

std::size_t rate_limiter::token_buckets() const {
  const std::lock_guard lock(mutex_);
  return tokens_.by_use.size();
}

rate_limiter::rate rate_limiter::a_minute(std::uint32_t count) {
  return {count / 60.0, static_cast<double>(count)};
}

// The bucket of that key, now the latest; a new one is full.
rate_limiter::bucket& rate_limiter::use(lru& kept, std::string key, rate r, clock::time_point now) {
  if (const auto found = kept.by_key.find(key); found != kept.by_key.end()) {
    kept.by_use.splice(kept.by_use.begin(), kept.by_use, found->second);
    return kept.by_use.front();
  }
  kept.by_use.push_front({std::move(key), r.burst, now});
  kept.by_key.emplace(kept.by_use.front().key, kept.by_use.begin());
  if (kept.by_use.size() > kept.limit) {
    kept.by_key.erase(kept.by_use.back().key);
    kept.by_use.pop_back();
  }
  return kept.by_use.front();
}

void rate_limiter::take(lru& kept, std::string key, rate r) {
  const auto now = now_();
  const std::lock_guard lock(mutex_);
  auto& used = use(kept, std::move(key), r, now);
  used.tokens = std::min(r.burst, used.tokens + r.per_second * std::chrono::duration<double>(now - used.at).count());
  used.at = now;
  if (used.tokens >= 1) {
    used.tokens -= 1;
    return;
  }
  const std::chrono::duration<double> wait{(1 - used.tokens) / r.per_second};
  problem refused{429, "rate_limited", "Too many requests; try again later."};
  refused.headers.push_back(retry_after(std::chrono::duration_cast<std::chrono::milliseconds>(wait)));
  throw refused;
}

}  // namespace chatmesh::http
