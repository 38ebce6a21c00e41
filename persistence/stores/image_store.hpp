#pragma once

#include "persistence/sql/session.hpp"
#include "persistence/stores.hpp"

namespace chatmesh::persistence {

// Avatars that were uploaded. One that its employee no longer has is released and goes after a while; but one that a
// message was signed with stays, since that message shows it for as long as it is there.
class image_store {
public:
  explicit image_store(session&);

  // Somebody's, in a company that is there.
  std::optional<stored_image> find(const secret_hash& hash);

  // Nothing where that employee has it already.
  void insert(const domain::id& company, const domain::id& employee, const new_image&);

  // The employee has the image that the address names, or none of its own: all others are released.
  void keep_only(const domain::id& employee, const domain::optional_text& url, domain::timestamp at);

  // A message was written by an employee with that avatar.
  void sign(const domain::id& employee, const domain::optional_text& url);

  std::uint64_t remove_released(domain::timestamp before, std::uint64_t max_rows);

private:
  statement find_, insert_, claim_, release_, sign_, remove_;
};

}  // namespace chatmesh::persistence
