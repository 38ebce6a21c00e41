// Tells the actors what the writers committed: on their threads, encoded once for all streams.
#pragma once

#include "actors/hub.hpp"
#include "persistence/writer.hpp"

#include <utility>

namespace chatmesh::app {

class commit_bridge final : public persistence::commit_listener {
public:
  // The hub outlives the writer.
  explicit commit_bridge(actors::hub& hub) : hub_(hub) {}

  void committed(std::vector<domain::change> changes) override {
    const auto company = changes.front().company_id;
    std::vector<domain::frame_ptr> frames;
    frames.reserve(changes.size());
    for (const auto& change : changes)
      frames.push_back(domain::encode_event(change));
    hub_.changed(company, std::move(frames));
  }

  void ended(domain::id company, std::uint64_t authority, std::vector<domain::id> sessions) override {
    hub_.ended(company, authority, std::move(sessions));
  }

  void doubted(domain::id company) override { hub_.recheck(company); }
  void history_changed() override { hub_.recheck_all(); }

private:
  actors::hub& hub_;
};

}  // namespace chatmesh::app
