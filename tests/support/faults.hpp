// What a reader of request bodies has to say against one, in a form that reads well in an assertion.
#pragma once

#include "domain/fault.hpp"

#include <string>
#include <utility>
#include <vector>

namespace chatmesh::test {

using fault_list = std::vector<std::string>;

// Runs `read` and answers its faults as "<pointer> <code>", in their order; empty where there is none.
template <typename Read>
fault_list faults_of(Read read) {
  fault_list list;
  try {
    read();
  } catch (const domain::invalid& e) {
    for (const auto& f : e.list)
      list.push_back(f.pointer + " " + f.code);
    if (list.empty())
      list.push_back("invalid without a fault");
  }
  return list;
}

// Runs one of the readers that gather faults, `read(faults&)`, and throws what it found as the other readers do.
template <typename Read>
auto or_throw(Read read) {
  domain::faults found;
  auto fields = read(found);
  if (!found.empty())
    throw domain::invalid(std::move(found));
  return fields;
}

}  // namespace chatmesh::test
