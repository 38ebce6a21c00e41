#pragma once

#include "persistence/sql/session.hpp"
#include "persistence/stores.hpp"

namespace chatmesh::persistence {

// What two spellings of one e-mail have in common: ASCII letters in lower case.
std::string email_key(std::string_view email);

class user_store {
public:
  explicit user_store(session&);

  std::optional<domain::user> find(const domain::id& user);
  std::optional<login> find_login(std::string_view email);
  void insert(const login&, domain::timestamp at);

private:
  statement find_, find_login_, insert_;
};

}  // namespace chatmesh::persistence
