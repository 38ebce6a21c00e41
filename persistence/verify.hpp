// The check of a whole database: rows, versions and change log agree, and the log's hash chain is whole.
#pragma once

#include "persistence/settings.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace chatmesh::persistence {

struct verify_result {
  std::uint64_t companies = 0;
  std::uint64_t changes = 0;  // links of the chains
  std::uint64_t objects = 0;  // rows that were compared with their events
  std::uint64_t faults = 0;   // all of them, also those that were not printed
};

// What a chain's hashes look like: 64 lower-case hex digits.
bool is_chain_hash(std::string_view text);

// Each hash in `expected` has to be found in some chain. `print` gets a line for each company with its
// head, and one for each fault, of which no more than max_named_faults are printed. Reads alone, in one transaction a
// company, in pages; what the log tells of a company is put together in a temporary file. Throws database_error where
// the database can't be read, or its schema is not this program's.
inline constexpr std::uint64_t max_named_faults = 100;
verify_result verify(const settings&, const std::vector<std::string>& expected,
                     const std::function<void(const std::string&)>& print);

}  // namespace chatmesh::persistence
