// What a write concerns, as far as its request tells: whom it has to wait for, and which writer runs it.
#pragma once

#include "persistence/write_command.hpp"

#include <cstddef>
#include <optional>

namespace chatmesh::persistence {

struct write_route {
  std::optional<domain::id> company;  // whose rows it reads and changes
  bool accounts = false;              // it concerns logins or several companies: one after the other, everywhere
  std::size_t number = 0;             // equal for writes that are to keep their order
};

write_route route_of(const write_request&);

}  // namespace chatmesh::persistence
