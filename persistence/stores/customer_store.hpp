#pragma once

#include "persistence/sql/session.hpp"
#include "persistence/stores.hpp"

#include <array>

namespace chatmesh::persistence {

// What of a customer changed that an index goes by: naming an indexed column in an UPDATE costs a page of its index,
// whatever its value.
struct customer_changes {
  bool renamed = false;
  bool refiled = false;  // status or assignee; counts as activity
  bool retagged = false;
};

class customer_store {
public:
  explicit customer_store(session&);

  std::optional<domain::customer> find(const domain::id& company, const domain::id& customer);
  void foresee(const domain::id& company, const domain::id& customer);  // find()
  page<domain::customer> list(const domain::id& company, const customer_query&, const page_request&);
  std::vector<domain::customer> assigned_to(const domain::id& employee);  // oldest first
  std::uint64_t count(const domain::id& company);

  void insert(const domain::customer&);
  void update(const domain::customer&, const customer_changes&);
  void touch(const domain::id& customer, domain::timestamp at);  // its last activity, which never goes back
  void remove(const domain::id& customer);                       // with its notes, messages and widget tokens

private:
  static constexpr std::size_t filters = 16, orders = 3;

  statement& list_statement(const customer_query&);
  void insert_tags(const domain::customer&);

  statement find_, assigned_to_, count_, insert_, update_, update_renamed_, refile_, touch_, remove_, insert_tag_;
  statement remove_tags_;
  std::array<std::optional<statement>, filters * orders> list_;  // one per combination of filters, and order
  session& db_;
};

}  // namespace chatmesh::persistence
