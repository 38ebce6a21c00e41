#include "actors/cluster/lag.hpp"

#include <algorithm>

namespace chatmesh::actors {

void lag_table::add(const domain::id& company, const lag& more) {
  auto& of = of_.try_emplace(company, lag{0, more.since}).first->second;
  of.events += more.events;
  of.since = std::min(of.since, more.since);
}

void lag_table::add(const lag_table& other) {
  for (const auto& [company, of] : other.of_)
    add(company, of);
}

std::uint64_t lag_table::events() const {
  std::uint64_t all = 0;
  for (const auto& [_, of] : of_)
    all += of.events;
  return all;
}

lag_report lag_table::most(std::size_t companies) const {
  lag_report report{{}, of_.size()};
  for (const auto& [company, of] : of_)
    report.most.push_back({company, of});
  const auto lags_more = [](const company_lag& a, const company_lag& b) {
    return a.of.events != b.of.events ? a.of.events > b.of.events : a.of.since < b.of.since;
  };
  const auto last = report.most.begin() + static_cast<std::ptrdiff_t>(std::min(companies, report.most.size()));
  std::partial_sort(report.most.begin(), last, report.most.end(), lags_more);
  report.most.erase(last, report.most.end());
  return report;
}

}  // namespace chatmesh::actors
