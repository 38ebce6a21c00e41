#pragma once

#include "persistence/sql/session.hpp"
#include "persistence/stores.hpp"

namespace chatmesh::persistence {

inline constexpr std::uint32_t max_widget_tokens = 16;  // of one customer; the oldest go

// Tokens by which the widget's visitors prove which customer they are.
class visitor_store {
public:
  explicit visitor_store(session&);

  std::optional<visitor_info> find(const secret_hash& token, domain::timestamp now);
  void insert(const secret_hash& token, const domain::id& customer, domain::timestamp now,
              domain::timestamp expires_at);
  std::uint64_t remove_expired(domain::timestamp now, std::uint64_t max_rows);

private:
  statement find_, insert_, remove_surplus_, remove_expired_;
};

}  // namespace chatmesh::persistence
