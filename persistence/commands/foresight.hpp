// What the commands of a batch are going to look for, as far as their requests tell: so that a database that is a round
// trip away is asked for all of it at once. It decides nothing: what is not foreseen is asked for when it is wanted.
#pragma once

#include "persistence/stores/store_set.hpp"
#include "persistence/write_command.hpp"

#include <span>

namespace chatmesh::persistence {

// Within the transaction, whose companies are locked.
void foresee(store_set&, std::span<const write_request* const> batch, domain::timestamp now);

}  // namespace chatmesh::persistence
