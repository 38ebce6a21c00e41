// Which company actors run, for every thread: what was committed goes to them without a hop through the directory.
#pragma once

#include "actors/interfaces.hpp"

#include <mutex>
#include <unordered_map>
#include <vector>

namespace chatmesh::actors {

// Written by the directory alone. A company is entered before it reads its position, so a change that finds nobody here
// is in the database before that read: none falls between the two.
class company_registry {
public:
  void enter(const domain::id& company, company_actor actor) {
    const std::lock_guard guard{mutex_};
    running_.insert_or_assign(company, std::move(actor));
  }
  void leave(const domain::id& company) {
    const std::lock_guard guard{mutex_};
    running_.erase(company);
  }
  void clear() {
    const std::lock_guard guard{mutex_};
    running_.clear();
  }

  // Null where none runs.
  company_actor find(const domain::id& company) const {
    const std::lock_guard guard{mutex_};
    const auto it = running_.find(company);
    return it == running_.end() ? company_actor{} : it->second;
  }

  std::vector<company_actor> all() const {
    const std::lock_guard guard{mutex_};
    std::vector<company_actor> result;
    result.reserve(running_.size());
    for (const auto& [_, company] : running_)
      result.push_back(company);
    return result;
  }

private:
  mutable std::mutex mutex_;
  std::unordered_map<domain::id, company_actor> running_;
};

}  // namespace chatmesh::actors
