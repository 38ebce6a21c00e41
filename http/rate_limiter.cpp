#include "http/rate_limiter.hpp"

#include "http/problem.hpp"

#include <algorithm>

namespace chatmesh::http {

namespace {

// An IPv6 customer owns a /64 at least: its 64 lower bits say nothing about who asks.
std::string address_key(const asio::ip::address& address) {
  std::string key{"a"};
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
    : on_(s.rate_limits), auth_{s.auth_per_minute / 60.0, static_cast<double>(s.auth_per_minute)},
      token_{static_cast<double>(s.requests_per_second), static_cast<double>(s.requests_per_second)},
      now_(std::move(now)) {}

void rate_limiter::auth(const request& r, attempt what) {
  if (on_)
    take(address_key(r.remote).append(1, static_cast<char>(what)), auth_);
}

void rate_limiter::token(const persistence::secret_hash& hash) {
  if (on_)
    take(std::string{"t"}.append(hash.begin(), hash.end()), token_);
}

std::size_t rate_limiter::buckets() const {
  const std::lock_guard lock(mutex_);
  return by_use_.size();
}

void rate_limiter::take(std::string key, rate r) {
  const auto now = now_();
  const std::lock_guard lock(mutex_);
  if (const auto found = by_key_.find(key); found != by_key_.end()) {
    by_use_.splice(by_use_.begin(), by_use_, found->second);
  } else {
    by_use_.push_front({std::move(key), r.burst, now});
    by_key_.emplace(by_use_.front().key, by_use_.begin());
    if (by_use_.size() > max_buckets) {
      by_key_.erase(by_use_.back().key);
      by_use_.pop_back();
    }
  }
  auto& used = by_use_.front();
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
