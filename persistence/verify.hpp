// The check of a whole database: rows, versions and change log agree, and the log's hash chain is whole.
#pragma once

#include "domain/id.hpp"
#include "persistence/settings.hpp"

#include <cstdint>
#include <functional>
#include <optional>
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

// The head of a company's chain, as a verification has printed it once.
struct expected_head {
  std::optional<domain::id> company;  // none: a hash alone, of whatever company
  std::uint64_t seq = 0;
  std::string hash;         // 64 lower-case hex digits
  bool is_deleted = false;  // the company was, by then
};

// <company>:<seq>:<hash>[:deleted], or <hash>; none for anything else.
std::optional<expected_head> parse_expected_head(std::string_view text);
std::string to_text(const expected_head&);

// Each of `expected` has to be found: in its own company's chain, as it was or with its deletion told. A hash alone may
// be in the chain of any company that is not erased. `print` gets a line for each company with its head, for where a
// hash alone was found, and for each fault, of which no more than max_named_faults are printed. Reads alone, in one
// transaction a company, in pages; what the log tells of a company is put together in a temporary file. Throws
// database_error where the database can't be read, or its schema is not this program's.
inline constexpr std::uint64_t max_named_faults = 100;
verify_result verify(const settings&, const std::vector<expected_head>& expected,
                     const std::function<void(const std::string&)>& print);

}  // namespace chatmesh::persistence
