// Tells what the writers committed, on their threads: first what is known of rights to streams, then the actors, whose
// frames are encoded once for all streams.
#pragma once

#include "actors/hub.hpp"
#include "http/stream_rights.hpp"
#include "http/thread_inbox.hpp"
#include "persistence/writer.hpp"

#include <functional>
#include <utility>

namespace chatmesh::app {

class commit_bridge final : public persistence::commit_listener {
public:
  // Both outlive the writer.
  commit_bridge(actors::hub& hub, http::stream_rights& rights) : hub_(hub), rights_(rights) {}

  void committed(std::vector<domain::change> changes, bool more) override {
    rights_.committed(changes);
    const auto company = changes.front().company_id;
    const auto epoch = changes.front().epoch;
    std::vector<domain::frame_ptr> frames;
    frames.reserve(changes.size());
    for (const auto& change : changes)
      frames.push_back(domain::encode_event(change));
    hub_.changed(company, epoch, std::move(frames), more);
    hub_.tell_peers(changes);
  }

  void ended(domain::id company, std::uint32_t epoch, std::uint64_t authority,
             std::vector<domain::id> sessions) override {
    rights_.ended(company, epoch, authority, sessions);
    hub_.tell_peers(company, epoch, authority, sessions);
    hub_.ended(company, epoch, authority, std::move(sessions));
  }

  void doubted(domain::id company) override {
    rights_.doubted(company);
    hub_.recheck(company);
  }

  void together(const std::function<void()>& tell) override {
    const http::thread_inbox::hold no_ring;
    tell();
  }

  void history_changed() override {
    rights_.forget_all();
    hub_.recheck_all();
  }

private:
  actors::hub& hub_;
  http::stream_rights& rights_;
};

}  // namespace chatmesh::app
