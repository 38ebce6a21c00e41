#pragma once

#include "persistence/sql/session.hpp"
#include "persistence/stores.hpp"

namespace chatmesh::persistence {

class message_store {
public:
  explicit message_store(session&);

  std::optional<domain::message> find(const domain::id& company, const domain::id& message);
  void foresee(const domain::id& company, const domain::id& message);  // find()
  page<domain::message> list(const domain::id& company, std::optional<domain::id> customer,
                             std::optional<domain::id> before, const page_request&);
  std::optional<domain::message> latest(const domain::id& company, const domain::id& customer);

  void insert(const domain::message&);
  void update(const domain::message&);
  void remove(const domain::id& message);

private:
  statement find_, list_, list_of_customer_, insert_, update_, remove_;
};

}  // namespace chatmesh::persistence
