// What goes with a list of customers, where conversations are shown: read in the list's own transaction.
#pragma once

#include "domain/entities.hpp"
#include "persistence/stores.hpp"

#include <optional>
#include <vector>

namespace chatmesh::http {

// `activity`: when each of them was active last, in their order.
void add_activity(domain::json_writer& out, const std::vector<domain::customer>& of);

// `messages`: the latest of each of them that has one.
void add_latest_messages(domain::json_writer& out, persistence::stores&, const domain::id& company,
                         const std::vector<domain::customer>& of);

// `reads`: the marks for each of them that the employee has; `reader` is none for an API token, which has none.
void add_reads(domain::json_writer& out, persistence::stores&, const domain::id& company,
               const std::optional<domain::id>& reader, const std::vector<domain::customer>& of);

}  // namespace chatmesh::http
