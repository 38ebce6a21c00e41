// Faults in an order that a seed repeats.
#pragma once

#include "tests/cluster/faults.hpp"
#include "tests/support/random.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace chatmesh::test {

// A kind of fault that a cluster survives more than once; where it strikes is chance.
struct fault_kind {
  const char* name;
  cluster::fault (*make)(cluster&, random_engine&);
};

// Of one name, or all that can be made here where that is empty. Throws std::invalid_argument where there is none.
std::vector<fault_kind> fault_kinds(const std::string& name = {});

// Rounds: each kind once, in another order each time.
class fault_schedule {
public:
  // Both outlive it.
  fault_schedule(cluster&, random_engine&, std::vector<fault_kind>);

  cluster::fault next();
  std::size_t rounds() const { return rounds_; }  // that have begun

private:
  cluster& cluster_;
  random_engine& random_;
  std::vector<fault_kind> kinds_;
  std::size_t next_;
  std::size_t rounds_ = 0;
};

}  // namespace chatmesh::test
