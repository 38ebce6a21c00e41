#pragma once

#include "persistence/sql/session.hpp"
#include "persistence/stores.hpp"

namespace chatmesh::persistence {

// Sign-ins of users.
class session_store {
public:
  explicit session_store(session&);

  std::optional<session_info> find(const secret_hash& token, domain::timestamp now);  // live
  bool is_live(const domain::id& session, domain::timestamp now);
  bool is_live(const domain::id& session, const domain::id& user, domain::timestamp now);

  void foresee_live(const domain::id& session, const domain::id& user, domain::timestamp now);  // is_live()

  void insert(const new_session&, const domain::id& user, domain::timestamp now);
  void remove(const domain::id& session);
  std::uint64_t remove_expired(domain::timestamp now, std::uint64_t max_rows);

private:
  statement find_, is_live_, is_live_of_user_, insert_, remove_, remove_expired_;
};

}  // namespace chatmesh::persistence
