// Passes on at most one typing notice an author, customer and interval.
#pragma once

#include "domain/id.hpp"

#include <chrono>
#include <map>
#include <utility>

namespace chatmesh::actors {

class typing_gate {
public:
  using clock_time = std::chrono::steady_clock::time_point;

  static constexpr std::size_t max_entries = 4096;  // beyond: notices of new pairs are dropped until old ones expire

  explicit typing_gate(std::chrono::milliseconds interval) : interval_(interval) {}

  bool passes(const domain::id& author, const domain::id& customer, clock_time now) {
    if (last_.size() >= max_entries)
      std::erase_if(last_, [&](const auto& e) { return e.second + interval_ <= now; });
    auto it = last_.find({author, customer});
    if (it == last_.end())
      return last_.size() < max_entries && last_.emplace(std::pair{author, customer}, now).second;
    if (it->second + interval_ > now)
      return false;
    it->second = now;
    return true;
  }

private:
  std::chrono::milliseconds interval_;
  std::map<std::pair<domain::id, domain::id>, clock_time> last_;
};

}  // namespace chatmesh::actors
