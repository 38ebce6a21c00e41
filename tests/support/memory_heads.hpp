// The head watch's questions, answered from a log in memory.
#pragma once

#include "actors/cluster/head_log.hpp"
#include "tests/support/actor_fixture.hpp"

#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

namespace chatmesh::tests {

// What the database would answer: every company stands where the log in memory does.
class memory_heads final : public actors::head_log {
public:
  explicit memory_heads(const memory_log& log) : log_(log) {}

  std::vector<std::size_t> asked;  // companies, each time
  std::vector<domain::id> told;
  bool hold = false;

  void read_newer(std::vector<actors::company_head> known, callback done) override {
    asked.push_back(known.size());
    const auto at = log_.position();
    std::erase_if(
        known, [&](const auto& k) { return k.epoch == at.epoch && k.head >= at.head && k.authority >= at.authority; });
    for (auto& each : known)
      each = {each.company, at.epoch, at.head, at.authority};
    if (hold)
      held_ = std::move(done);
    else
      done(log_.failing ? std::nullopt : std::optional{std::move(known)});
  }
  void missed(const domain::id& company) override { told.push_back(company); }

  void release() {
    hold = false;
    std::exchange(held_, nullptr)(std::nullopt);
  }

private:
  const memory_log& log_;
  callback held_;
};

}  // namespace chatmesh::tests
