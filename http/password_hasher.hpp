// Passwords to argon2id hashes and back to yes or no, on one thread of its own: a hash takes tens of milliseconds.
#pragma once

#include "http/handler.hpp"
#include "http/settings.hpp"

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

namespace chatmesh::http {

// Owned by the server; outlives every handler that waits for it. A full queue is problem 503.
class password_hasher {
public:
  // Cost and queue from the settings. Throws std::runtime_error where libsodium does not work.
  explicit password_hasher(const settings&);
  ~password_hasher();  // finishes what waits, joins

  password_hasher(const password_hasher&) = delete;
  password_hasher& operator=(const password_hasher&) = delete;

  // The encoded hash, with its salt and cost.
  asio::awaitable<std::string> hash(std::string password);

  // Whether the hash is this password's. An empty hash stands for an e-mail that no one has: the answer is no, and
  // takes as long as any other, so that a log-in does not tell who has an account.
  asio::awaitable<bool> verify(std::string hash, std::string password);

private:
  // False: the queue is full.
  bool submit(std::function<void()> job);
  void run();
  std::string make_hash(const std::string& password) const;

  const std::size_t memory_bytes_;
  const std::uint32_t passes_;
  const std::size_t queue_limit_;
  const std::string nobody_;  // a hash that no password has, at the same cost

  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::function<void()>> jobs_;  // guarded by mutex_
  bool stopped_ = false;                    // guarded by mutex_
  std::thread thread_;
};

}  // namespace chatmesh::http
