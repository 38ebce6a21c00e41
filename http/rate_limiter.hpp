// How often one may ask: a token bucket for each address and kind of attempt (sign-ups, log-ins ...), and one for each
// session or API token (everything).
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
#include <unordered_map>

namespace chatmesh::http {

// Any thread. Bounded: above max_buckets the one that was used longest ago is forgotten.
class rate_limiter {
public:
  using clock = std::chrono::steady_clock;
  static constexpr std::size_t max_buckets = 100'000;

  explicit rate_limiter(const settings&, std::function<clock::time_point()> now = clock::now);

  // What one does without a session. Each has a bucket of its own: an office that signs up does not lock itself out.
  enum class attempt : char { sign_up = 's', log_in = 'l', accept = 'a', widget = 'w' };

  // One attempt, by the address that it comes from. Throws problem 429 with Retry-After.
  void auth(const request&, attempt);

  // One request of that session or token. Throws as above.
  void token(const persistence::secret_hash&);

  std::size_t buckets() const;

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

  void take(std::string key, rate);

  const bool on_;
  const rate auth_;
  const rate token_;
  const std::function<clock::time_point()> now_;

  mutable std::mutex mutex_;
  std::list<bucket> by_use_;  // guarded by mutex_: latest first
  std::unordered_map<std::string_view, std::list<bucket>::iterator>
      by_key_;  // guarded by mutex_; keys live in the buckets
};

}  // namespace chatmesh::http
