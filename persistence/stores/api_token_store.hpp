#pragma once

#include "persistence/sql/session.hpp"
#include "persistence/stores.hpp"

#include <vector>

namespace chatmesh::persistence {

// Keys of programs. A secret is known by its hash alone; looking that up by an index tells nothing about the secret.
class api_token_store {
public:
  explicit api_token_store(session&);

  std::optional<api_token_info> find(const secret_hash& token);
  void foresee(const secret_hash& token);  // find()
  std::optional<domain::api_token> find(const domain::id& company, const domain::id& token);
  std::vector<domain::id> made_by(const domain::id& employee);
  bool is_live(const domain::id& token);
  page<domain::api_token> list(const domain::id& company, const page_request&);

  void insert(const domain::api_token&, const domain::employee& signer, const secret_hash& token);
  // Notes the use, unless one is noted that is younger than last_use_precision.
  void touch(const domain::id& token, domain::timestamp now);
  void remove(const domain::id& token);

private:
  statement find_by_hash_, find_, list_, insert_, touch_, remove_;
  statement is_live_, made_by_;
};

}  // namespace chatmesh::persistence
