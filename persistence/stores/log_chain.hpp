// The hash chain that makes a company's change log an audit trail: each row's hash covers its predecessor's hash, its
// own metadata and the hash of its data, so that it can still be checked where the data were pruned.
// docs/operations.md has the recipe in words. The epoch is no part of it: a restore gives a new one.
#pragma once

#include "domain/change.hpp"
#include "persistence/sql/statement.hpp"

#include <string>
#include <string_view>

namespace chatmesh::persistence {

// Hashes are BLAKE2b-256 as 64 hex digits. What the first row of a log follows:
inline constexpr std::string_view chain_start = "0000000000000000000000000000000000000000000000000000000000000000";

std::string content_hash(std::string_view data);

// The hash of the row of `c`. Reads every member of `c` but epoch and data.
std::string chain_hash(std::string_view previous, const domain::change& c, std::string_view content);

// The columns that the chain covers besides the data, the same in both tables that hold links of it, and their reader.
inline constexpr std::string_view chain_columns =
    "company_id, seq, at, entity, action, object_id, author_kind, author_id, author_name, client, authority";
domain::change read_chained(row&);

}  // namespace chatmesh::persistence
