#pragma once

#include "persistence/sql/session.hpp"
#include "persistence/stores.hpp"

#include <array>

namespace chatmesh::persistence {

class customer_store {
public:
  explicit customer_store(session&);

  std::optional<domain::customer> find(const domain::id& company, const domain::id& customer);
  page<domain::customer> list(const domain::id& company, const customer_filter&, const page_request&);
  std::vector<domain::customer> by_activity(const domain::id& company, std::uint32_t limit);
  std::vector<domain::customer> assigned_to(const domain::id& employee);  // oldest first
  std::uint64_t count(const domain::id& company);

  void insert(const domain::customer&);
  // Everything but the tags' index: see set_tags().
  void update(const domain::customer&, bool refiled);  // whether status or assignee changed
  void set_tags(const domain::customer&);
  void touch(const domain::id& customer, domain::timestamp at);  // its last activity
  void remove(const domain::id& customer);                       // with its notes, messages and widget tokens

private:
  void insert_tags(const domain::customer&);

  statement find_, by_activity_, assigned_to_, count_, insert_, update_, refile_, touch_, remove_, insert_tag_,
      remove_tags_;
  std::array<std::optional<statement>, 16> list_;  // one per combination of filters
  session& db_;
};

}  // namespace chatmesh::persistence
