// The port through which links reach other nodes, and tell what comes from there; app joins it to the network.
#pragma once

#include "domain/change.hpp"

#include <caf/actor_control_block.hpp>

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>

namespace chatmesh::actors {

// Another start of a process on the same database.
struct node_address {
  domain::id node;
  std::string name;
  std::string address;  // host:port; empty: it takes no links
};

// Any thread; no call blocks.
class cluster_port {
public:
  virtual ~cluster_port() = default;

  // The actor that takes links at that address; `done` comes once, on any thread; null: nobody was reached.
  virtual void dial(const std::string& address, std::function<void(caf::strong_actor_ptr)> done) = 0;

  // What another node committed, before the company's actor gets it.
  virtual void committed(std::span<const domain::change>) = 0;
  virtual void ended(const domain::id& company, std::uint32_t epoch, std::uint64_t authority,
                     std::span<const domain::id> sessions) = 0;

  // For the log.
  virtual void link_begun(const std::string& peer, std::uint32_t wire) = 0;
  virtual void link_ended(const std::string& peer, std::string_view reason) = 0;
};

}  // namespace chatmesh::actors
