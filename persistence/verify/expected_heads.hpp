// The heads that were kept elsewhere and have to be found again.
#pragma once

#include "domain/id.hpp"
#include "persistence/verify/fault_list.hpp"

#include <map>
#include <string>
#include <unordered_map>
#include <vector>

namespace chatmesh::persistence {

// What a company is while its links are read. A checkpoint that nothing else stands for could be anybody's: it proves
// no more than the deletion that was known.
enum class standing : std::uint8_t {
  unknown,  // its tables contradict each other: it proves nothing
  alive,
  deleted,  // and its chain is still there
  erased    // or about to be: its checkpoint is what stays
};

class expected_heads {
public:
  // `print` outlives it, and gets a line for each hash alone that is found: where that was is the reader's to judge.
  expected_heads(const std::vector<expected_head>&, const std::function<void(const std::string&)>& print);

  // Of which company the next links are.
  void begin(const domain::id& company, standing);

  // A link or checkpoint of it. What it meets is expected no longer.
  void see(std::uint64_t seq, const std::string& hash);

  // What is left is a fault each.
  void tell_missing(fault_list&) const;

private:
  bool is_met(const expected_head&, std::uint64_t seq) const;

  const std::function<void(const std::string&)>& print_;
  std::multimap<std::string, expected_head> open_;             // by hash
  std::unordered_map<domain::id, std::string> why_not_found_;  // of each company that is named
  domain::id company_;
  standing standing_ = standing::unknown;
};

}  // namespace chatmesh::persistence
