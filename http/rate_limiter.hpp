// How often one may ask: a token bucket for each address and kind of attempt (sign-ups, log-ins ...), one for each
// session or API token (everything; images), and one for each customer of the widget (messages).
#pragma once

#include "http/handler.hpp"
#include "http/settings.hpp"
#include "persistence/write_command.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <list>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

namespace chatmesh::http {

// Any thread. Bounded: above a maximum the bucket of that kind that was used longest ago is forgotten. Addresses and
// tokens are kept apart: anyone can make up as many tokens as it takes to push out everything beside them, and would so
// begin anew with the attempts of their address.
class rate_limiter {
public:
  using clock = std::chrono::steady_clock;
  static constexpr std::size_t max_address_buckets = 100'000;
  static constexpr std::size_t max_token_buckets = 100'000;

  explicit rate_limiter(const settings&, std::function<clock::time_point()> now = clock::now);

  // What one does without a session. Each has a bucket of its own: an office that signs up does not lock itself out.
  enum class attempt : char { sign_up = 's', log_in = 'l', accept = 'a', widget = 'w' };

  // One attempt, by the address that it comes from. Throws problem 429 with Retry-After.
  void auth(const request&, attempt);

  // One message of a customer, who may be anybody: counted for that customer and for the address. Throws as above.
  void message(const request&, const domain::id& customer);

  // One request of that session or token. Throws as above.
  void token(const persistence::secret_hash&);

  // One image that is uploaded with that session or API token: each is kept for a while. Throws as above.
  void image(const domain::id& session);

  std::size_t address_buckets() const;
  std::size_t token_buckets() const;

private:
  struct bucket {
    std::string key;
    double tokens;
    clock::time_point at;  // when `tokens` was right
  };
  struct rate {
    double per_second;
    double burst;
  };

  // Latest first; the keys of the map live in the buckets.
  struct lru {
    std::size_t limit;
    std::list<bucket> by_use = {};
    std::unordered_map<std::string_view, std::list<bucket>::iterator> by_key = {};
  };

  static rate a_minute(std::uint32_t count);
  void take(lru&, std::string key, rate);
  static bucket& use(lru&, std::string key, rate, clock::time_point now);

  const bool on_;
  const rate auth_;
  const rate token_;
  const rate customer_messages_;
  const rate address_messages_;
  const rate images_;
  const std::function<clock::time_point()> now_;

  mutable std::mutex mutex_;
  lru addresses_{max_address_buckets};  // guarded by mutex_
  lru tokens_{max_token_buckets};       // guarded by mutex_
  lru customers_{max_token_buckets};    // guarded by mutex_
};

}  // namespace chatmesh::http
