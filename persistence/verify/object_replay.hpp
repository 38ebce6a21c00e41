// What a company's kept events make of its objects, put together in a temporary file so that memory stays bounded.
#pragma once

#include "persistence/sql/new_file.hpp"
#include "persistence/verify/chain_check.hpp"

namespace chatmesh::persistence {

// An object as the log tells it, or as its row does, without the employees that are embedded: those are objects of
// their own.
struct told_object {
  domain::entity entity{};
  domain::id id;
  std::optional<domain::id> customer;  // whom it goes with
  std::uint64_t version = 0;
  std::uint64_t seq = 0;  // of its last event; 0: it was only seen inside of others
  std::string text;
  bool gone = false;
};

class object_replay {
public:
  explicit object_replay(fault_list&);

  // Forgets everything.
  void begin();
  void end();

  // An event whose data are gone, before those that are there.
  void note_pruned(const domain::id& object, std::uint64_t seq);
  std::uint64_t find_pruned(const domain::id& object);  // the last of these; 0 = none

  // The first whose data are there.
  void keep_from(std::uint64_t seq) { kept_ = seq; }

  void apply(const kept_link&);

  std::optional<told_object> find(const domain::id&);

  // A row was found for it; what has none is told in the end.
  void see(const domain::id&);
  void see_all(domain::entity);  // their rows can't be read
  void tell_unseen();

private:
  void learn_employee(const domain::json& employee, std::uint64_t seq);
  void check_step(const kept_link&, const told_object& next, const std::optional<told_object>& known);
  void put(const told_object&);

  fault_list& faults_;
  std::uint64_t kept_ = 0;
  new_file place_;  // gone when this is
  session file_;
  statement begin_, commit_, clear_, clear_pruned_, note_pruned_, find_pruned_;
  statement put_, find_, end_customer_, see_, see_all_, unseen_;
};

// "customer 0198…"
std::string name_of(domain::entity, const domain::id&);

// The complete object of an event or a row, and the employee inside.
told_object read_told(domain::entity, const domain::json& object);
const domain::json* embedded_employee(domain::entity, const domain::json& object);

}  // namespace chatmesh::persistence
