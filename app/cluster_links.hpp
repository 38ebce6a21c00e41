// CAF's network below the links between nodes: listens, dials, and passes on what arrives to what http remembers.
#pragma once

#include "actors/cluster/cluster_port.hpp"
#include "config/configuration.hpp"
#include "http/stream_rights.hpp"

#include <caf/actor.hpp>
#include <caf/actor_system.hpp>

#include <functional>
#include <map>
#include <mutex>
#include <string>

namespace chatmesh::app {

class cluster_links final : public actors::cluster_port {
public:
  // Before the actor system is made: what it needs to have a network, where links are asked for. Throws
  // std::runtime_error where the certificates are of no use.
  static void prepare(config::configuration&);

  // All outlive it; the actors that use it end before.
  cluster_links(caf::actor_system&, const config::cluster_settings&, http::stream_rights&);

  // Takes links at `door` from here on; answers where other nodes reach it. Throws std::runtime_error where the address
  // can't be had.
  std::string open(const caf::strong_actor_ptr& door);

  void dial(const std::string& address, std::function<void(caf::strong_actor_ptr)> done) override;
  void committed(std::span<const domain::change> changes) override { rights_.committed(changes); }
  void ended(const domain::id& company, std::uint32_t epoch, std::uint64_t authority,
             std::span<const domain::id> sessions) override {
    rights_.ended(company, epoch, authority, sessions);
  }
  void link_begun(const std::string& peer, std::uint32_t wire) override;
  void link_ended(const std::string& peer, std::string_view reason) override;

private:
  bool secure() const { return !settings_.certificate.empty(); }

  caf::actor_system& system_;
  const config::cluster_settings settings_;
  http::stream_rights& rights_;
  caf::actor basp_;
  caf::strong_actor_ptr door_;
  std::mutex mutex_;
  std::map<std::string, std::string> told_;  // guarded by mutex_: why a node's link ended last; told once
};

}  // namespace chatmesh::app
