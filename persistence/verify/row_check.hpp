// Compares a company's rows with what its kept events made of them.
#pragma once

#include "persistence/stores/store_set.hpp"
#include "persistence/verify/object_replay.hpp"

namespace chatmesh::persistence {

class row_check {
public:
  row_check(session&, object_replay&, fault_list&);

  // Inside the read transaction of the walk, after its events were replayed. The number of rows.
  std::uint64_t run(const chain_frame&, const chain_walk&);

private:
  template <class Object>
  void check(domain::entity, const Object& row);
  template <class Read>
  void check_pages(domain::entity, Read read);
  void compare(const told_object& row, const told_object& told);
  void check_untold(const told_object& row);

  store_set stores_;
  statement find_owner_;
  object_replay& replay_;
  fault_list& faults_;
  const chain_frame* frame_ = nullptr;
  const chain_walk* walk_ = nullptr;
  std::uint64_t rows_ = 0;
};

}  // namespace chatmesh::persistence
