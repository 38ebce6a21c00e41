#pragma once

#include "persistence/sql/session.hpp"
#include "persistence/stores.hpp"

namespace chatmesh::persistence {

class company_store {
public:
  explicit company_store(session&);

  // Of companies that are not deleted.
  std::optional<domain::company> find(const domain::id& company);
  std::optional<domain::company> find_by_widget_key(std::string_view key);

  // Deleted ones count as long as they are not erased.
  bool exists_any();

  void insert(const domain::company&);
  void update(const domain::company&);
  void mark_deleted(const domain::id& company, domain::timestamp at);

  // Some company that was marked before `before`, the longest gone first.
  std::optional<domain::id> find_deleted(domain::timestamp before);

private:
  statement find_, find_by_widget_key_, insert_, update_, mark_deleted_, find_deleted_, find_any_;
};

}  // namespace chatmesh::persistence
