#pragma once

#include "persistence/sql/session.hpp"
#include "persistence/stores.hpp"

namespace chatmesh::persistence {

// How far employees have read.
class read_store {
public:
  explicit read_store(session&);

  std::optional<domain::read_mark> find(const domain::id& company, const domain::id& employee,
                                        const domain::id& customer);
  void foresee(const domain::id& company, const domain::id& employee, const domain::id& customer);  // find()
  // By customer, newest customer first; all of them or one's.
  page<domain::read_mark> list(const domain::id& company, const domain::id& employee,
                               std::optional<domain::id> customer, const page_request&);
  page<domain::read_mark> list_all(const domain::id& company, const page_request&);  // everybody's

  void insert(const domain::read_mark&);
  void update(const domain::read_mark&);

private:
  statement find_, list_, list_all_, insert_, update_;
};

}  // namespace chatmesh::persistence
