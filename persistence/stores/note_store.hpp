#pragma once

#include "persistence/sql/session.hpp"
#include "persistence/stores.hpp"

namespace chatmesh::persistence {

class note_store {
public:
  explicit note_store(session&);

  std::optional<domain::note> find(const domain::id& company, const domain::id& note);
  void foresee(const domain::id& company, const domain::id& note);  // find()
  page<domain::note> list(const domain::id& company, std::optional<domain::id> customer, const page_request&);

  void insert(const domain::note&);
  void update(const domain::note&);
  void remove(const domain::id& note);

private:
  statement find_, list_, list_of_customer_, insert_, update_, remove_;
};

}  // namespace chatmesh::persistence
