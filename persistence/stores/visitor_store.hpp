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
  bool is_live(const domain::id& token);
  void insert(const secret_hash& token, const domain::id& customer, domain::timestamp now,
              domain::timestamp expires_at);
  // Makes room for one more token of that customer; answers which went.
  std::vector<domain::id> remove_surplus(const domain::id& customer);
  std::uint64_t remove_expired(domain::timestamp now, std::uint64_t max_rows);

private:
  statement find_, is_live_, insert_, find_surplus_, remove_, remove_expired_;
};

}  // namespace chatmesh::persistence
