#include "actors/presence.hpp"

#include <algorithm>

namespace chatmesh::actors {

presence::member& presence::come(const domain::id& employee) {
  auto [it, first] = members_.try_emplace(employee);
  if (first) {
    changed_[employee] = true;
    ++version_;
  }
  return it->second;
}

void presence::opened(const domain::id& employee) {
  ++come(employee).streams;
}

void presence::closed(const domain::id& employee, clock_time now) {
  const auto it = members_.find(employee);
  if (it != members_.end() && it->second.streams > 0 && --it->second.streams == 0)
    it->second.gone_at = now;
}

void presence::opened_elsewhere(std::uint64_t source, const domain::id& employee) {
  if (elsewhere_[source].insert(employee).second)
    ++come(employee).elsewhere;
}

void presence::closed_elsewhere(std::uint64_t source, const domain::id& employee, clock_time now) {
  const auto of = elsewhere_.find(source);
  if (of == elsewhere_.end() || of->second.erase(employee) == 0)
    return;
  auto& known = members_.at(employee);
  --known.elsewhere;
  known.gone_at = now;
}

void presence::lost(std::uint64_t source, clock_time now) {
  const auto of = elsewhere_.find(source);
  if (of == elsewhere_.end())
    return;
  for (const auto& employee : std::unordered_set{of->second})
    closed_elsewhere(source, employee, now);
  elsewhere_.erase(of);
}

void presence::removed(const domain::id& employee) {
  for (auto& [_, employees] : elsewhere_)
    employees.erase(employee);
  if (members_.erase(employee) > 0)
    went_offline(employee);
}

// One who came and went within one frame: nobody was told of the coming.
void presence::went_offline(const domain::id& employee) {
  ++version_;
  if (!changed_.erase(employee))
    changed_[employee] = false;
}

std::vector<domain::id> presence::online() const {
  std::vector<domain::id> result;
  result.reserve(members_.size());
  for (const auto& [employee, _] : members_)
    result.push_back(employee);
  std::sort(result.begin(), result.end());
  return result;
}

std::vector<domain::presence_change> presence::take_changes(clock_time now) {
  for (auto it = members_.begin(); it != members_.end();) {
    if (it->second.is_gone() && it->second.gone_at + grace_ <= now) {
      went_offline(it->first);
      it = members_.erase(it);
    } else {
      ++it;
    }
  }
  std::vector<domain::presence_change> result;
  result.reserve(changed_.size());
  for (const auto& [employee, online] : changed_)
    result.push_back({employee, online});
  changed_.clear();
  return result;
}

std::optional<presence::clock_time> presence::next_due() const {
  std::optional<clock_time> due;
  for (const auto& [_, m] : members_)
    if (m.is_gone() && (!due || m.gone_at + grace_ < *due))
      due = m.gone_at + grace_;
  return due;
}

std::uint64_t presence::streams(const domain::id& employee) const {
  auto it = members_.find(employee);
  return it == members_.end() ? 0 : it->second.streams;
}

std::vector<domain::id> presence::here() const {
  std::vector<domain::id> result;
  for (const auto& [employee, m] : members_)
    if (m.streams > 0)
      result.push_back(employee);
  return result;
}

}  // namespace chatmesh::actors
