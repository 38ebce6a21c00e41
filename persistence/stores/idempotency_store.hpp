#pragma once

#include "persistence/sql/session.hpp"
#include "persistence/write_command.hpp"

#include <chrono>

namespace chatmesh::persistence {

inline constexpr std::chrono::hours idempotency_life{24};

// First answers of requests that carried an Idempotency-Key, per author.
class idempotency_store {
public:
  explicit idempotency_store(session&);

  struct answer {
    bool same_request = false;
    written first;
  };
  std::optional<answer> find(const domain::id& author, const idempotency&, domain::timestamp now);
  void foresee(const domain::id& author, const idempotency&, domain::timestamp now);  // find()
  void insert(const domain::id& author, const idempotency&, const written&, domain::timestamp now);
  std::uint64_t remove_old(domain::timestamp now, std::uint64_t max_rows);

private:
  statement find_, insert_, remove_old_;
};

}  // namespace chatmesh::persistence
