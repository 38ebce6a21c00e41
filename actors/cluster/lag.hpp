// What a peer has not taken yet, by company.
#pragma once

#include "domain/id.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <vector>

namespace chatmesh::actors {

struct lag {
  std::uint64_t events = 0;
  std::chrono::steady_clock::time_point since;  // of the oldest
};
struct company_lag {
  domain::id company;
  lag of;
};

// The companies that lag most, and how many do.
struct lag_report {
  std::vector<company_lag> most;  // by events, then by age
  std::size_t companies = 0;
};

class lag_table {
public:
  void add(const domain::id& company, const lag& more);
  void add(const lag_table&);

  std::uint64_t events() const;
  lag_report most(std::size_t companies) const;

private:
  std::unordered_map<domain::id, lag> of_;
};

}  // namespace chatmesh::actors
