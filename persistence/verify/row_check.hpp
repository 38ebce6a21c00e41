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
  // Whose last event, if any, has left its hash alone.
  struct untold_row {
    told_object made;
    std::string text;                // as GET shows it
    std::uint64_t employee_seq = 0;  // of the last event of the employee inside
  };

  template <class Object>
  void check(domain::entity, const Object& row);
  template <class Read>
  void check_pages(domain::entity, Read read);
  void compare(const told_object& row, const told_object& told);
  void check_untold(const untold_row&);
  void check_pruned(const untold_row&);

  store_set stores_;
  statement find_pruned_;
  object_replay& replay_;
  fault_list& faults_;
  const chain_frame* frame_ = nullptr;
  const chain_walk* walk_ = nullptr;
  std::uint64_t rows_ = 0;
};

}  // namespace chatmesh::persistence
