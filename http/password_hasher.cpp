#include "http/password_hasher.hpp"

#include "http/auth.hpp"

#include <sodium.h>

#include <algorithm>
#include <memory>
#include <stdexcept>

#include <pthread.h>

namespace chatmesh::http {

namespace {

// A text that is wiped when its last user is done.
std::shared_ptr<std::string> wiped(std::string text) {
  auto wipe = [](std::string* value) {
    sodium_memzero(value->data(), value->size());
    delete value;
  };
  return {new std::string(std::move(text)), wipe};
}

struct outcome {
  bool ran = false;  // false: the queue was full
  bool ok = false;
  std::string hash;  // empty: out of memory
};

}  // namespace

password_hasher::password_hasher(const settings& s)
    : memory_bytes_(std::max<std::size_t>(s.password_memory_kib * 1024, crypto_pwhash_MEMLIMIT_MIN)),
      passes_(std::max<std::uint32_t>(s.password_passes, crypto_pwhash_OPSLIMIT_MIN)), queue_limit_(s.password_queue),
      nobody_(sodium_init() < 0 ? std::string{} : make_hash(make_secret())) {
  if (nobody_.empty())
    throw std::runtime_error("passwords can't be hashed: libsodium failed, or memory is short");
  thread_ = std::thread([this] { run(); });
}

password_hasher::~password_hasher() {
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

asio::awaitable<std::string> password_hasher::hash(std::string password) {
  auto text = wiped(std::move(password));
  auto start = [this, &text](auto resumer) {
    const bool taken = submit([this, text, resumer] { resumer.resume(outcome{true, true, make_hash(*text)}); });
    if (!taken)
      resumer.resume(outcome{});
  };
  outcome done = co_await detail::suspend<outcome>(start);
  if (!done.ran || done.hash.empty())
    throw unavailable();
  co_return std::move(done.hash);
}

asio::awaitable<bool> password_hasher::verify(std::string hash, std::string password) {
  auto text = wiped(std::move(password));
  const bool known = !hash.empty();
  auto start = [this, &text, &hash, known](auto resumer) {
    const bool taken = submit([text, resumer, known, expected = known ? hash : nobody_] {
      const bool equal = crypto_pwhash_str_verify(expected.c_str(), text->data(), text->size()) == 0;
      resumer.resume(outcome{true, equal && known, {}});
    });
    if (!taken)
      resumer.resume(outcome{});
  };
  const outcome done = co_await detail::suspend<outcome>(start);
  if (!done.ran)
    throw unavailable();
  co_return done.ok;
}

bool password_hasher::submit(std::function<void()> job) {
  {
    const std::lock_guard lock(mutex_);
    if (stopped_ || jobs_.size() >= queue_limit_)
      return false;
    jobs_.push_back(std::move(job));
  }
  wake_.notify_one();
  return true;
}

void password_hasher::run() {
  ::pthread_setname_np(::pthread_self(), "passwords");
  std::unique_lock lock(mutex_);
  while (true) {
    wake_.wait(lock, [this] { return stopped_ || !jobs_.empty(); });
    if (jobs_.empty())
      return;
    auto job = std::move(jobs_.front());
    jobs_.pop_front();
    lock.unlock();
    job();
    job = nullptr;  // wipes the password before waiting
    lock.lock();
  }
}

std::string password_hasher::make_hash(const std::string& password) const {
  char encoded[crypto_pwhash_STRBYTES];
  if (crypto_pwhash_str(encoded, password.data(), password.size(), passes_, memory_bytes_) != 0)
    return {};
  return encoded;
}

}  // namespace chatmesh::http
