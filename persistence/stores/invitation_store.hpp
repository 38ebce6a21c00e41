#pragma once

#include "persistence/sql/session.hpp"
#include "persistence/stores.hpp"

namespace chatmesh::persistence {

struct invitation {
  domain::id company, employee;
  std::string email;
};

class invitation_store {
public:
  explicit invitation_store(session&);

  // Not expired, of an employee that is still invited, in a company that is not deleted.
  std::optional<invitation> find_open(const secret_hash& token, domain::timestamp now);

  void insert(const new_invitation&, const domain::id& employee, const std::string& email, domain::timestamp now);
  void remove_of(const domain::id& employee);

private:
  statement find_open_, insert_, remove_of_;
};

}  // namespace chatmesh::persistence
