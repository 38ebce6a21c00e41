// Who may read a company's sequence, as it was proven a moment ago: whoever opens another stream with the same token
// costs no reader then. docs/DESIGN.md, "Authority", says why nothing is let through by it.
#pragma once

#include "domain/change.hpp"
#include "domain/entities.hpp"
#include "persistence/stores.hpp"
#include "persistence/write_command.hpp"

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>

namespace chatmesh::http {

// What one transaction proved.
struct stream_right {
  domain::id reader;  // the employee, or the API token
  domain::author_kind kind{};
  domain::id session;                // or the API token
  domain::timestamp expires_at;      // timestamp::max(): never
  domain::timestamp as_of;           // the database's clock ...
  persistence::log_position at;      // ... and where the company stood
  std::chrono::milliseconds good{};  // for so long nothing else has to be done for it
};

// A right is kept as proven at the company's head H and authority A, and is moved along as the writer tells what it
// committed: only by exactly the next number, and only where that neither ends it nor may have. So what find() answers
// is what the database would have answered at that head. Anything else (a number left out, another node's, say, or
// another epoch) forgets what is known of the company. Any thread.
class stream_rights {
public:
  using clock = std::chrono::steady_clock;

  static constexpr std::size_t max_rights = 50'000;             // beyond, the oldest proof is forgotten
  static constexpr std::chrono::milliseconds lifetime{60'000};  // since the proof

  explicit stream_rights(std::function<clock::time_point()> now = clock::now) : now_(std::move(now)) {}

  // Nothing: it has to be proven.
  std::optional<stream_right> find(const persistence::token_principal&);

  // Before the database is asked; goes with the answer to keep().
  struct question {
    clock::time_point at;
    std::uint64_t unseen = 0;
  };
  question ask() const;
  void keep(const question&, const persistence::token_principal&, const stream_right&);

  // After COMMIT and before the answers: changes of one company, and what ended without an event. Where they come in
  // another order than they were made, `seq` and `authority` tell.
  void committed(std::span<const domain::change>);
  void ended(const domain::id& company, std::uint32_t epoch, std::uint64_t authority,
             std::span<const domain::id> sessions);

  // More may have been committed than was told.
  void doubted(const domain::id& company);
  void forget_all();

  std::size_t size() const;

private:
  struct hash_of_secret {
    std::size_t operator()(const persistence::secret_hash&) const noexcept;
  };
  struct kept {
    stream_right right;
    clock::time_point proven;
  };
  struct known_company {
    std::uint32_t epoch = 0;
    std::uint64_t head = 0;
    std::uint64_t authority = 0;
    std::unordered_map<persistence::secret_hash, kept, hash_of_secret> rights;
  };
  using map = std::unordered_map<domain::id, known_company>;

  void apply(const domain::change&);
  void forget_oldest(clock::time_point now);
  void forget(map::iterator);
  template <class Condition>
  void forget_where(map::iterator, Condition);

  const std::function<clock::time_point()> now_;
  mutable std::mutex mutex_;
  map companies_;
  std::deque<std::pair<persistence::token_principal, clock::time_point>> by_age_;  // with some that are gone already
  std::size_t size_ = 0;                                                           // rights of all companies
  std::uint64_t unseen_ = 0;  // commits of companies that are not in the map
};

}  // namespace chatmesh::http
