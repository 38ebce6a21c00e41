// The actors between nodes: who understands what. Only texts (actors/cluster/wire.hpp) travel; all else stays here.
//
//   peers --> link  ~~~ the network ~~~  link <-- peers
//
// Peers knows the nodes and has a link to each; a link tells its peer what was committed here, and the companies here
// what was committed there.
#pragma once

#include "actors/cluster/cluster_port.hpp"
#include "actors/cluster/lag.hpp"
#include "actors/cluster/wire.hpp"

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/typed_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <iterator>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace chatmesh::actors {

struct drain;
struct tell;
struct tell_presence;
struct want;
struct announce_due;
struct flush_link;
struct report_lag;
struct out_of_patience;
struct nodes_seen;
struct dialled;
struct dial_due;
struct link_up;

// One connection to another node. chatmesh.link
using link_actor = caf::typed_actor<caf::reacts_to<std::string>,    // from the peer
                                    caf::reacts_to<tell>,           // committed here
                                    caf::reacts_to<tell_presence>,  // who is online here
                                    caf::reacts_to<want>,           // a company runs here, or no longer
                                    caf::reacts_to<announce_due>,   // own timer, or at once
                                    caf::reacts_to<flush_link>,     // own: all that came in together goes out together
                                    caf::reacts_to<report_lag>,     // own timer: into link_counts
                                    caf::reacts_to<out_of_patience>,  // own timer: was there no greeting?
                                    caf::reacts_to<drain>>;

// The nodes, and the door that links come in by. chatmesh.peers
using peers_actor = caf::typed_actor<caf::reacts_to<std::string>,  // a greeting: somebody wants a link
                                     caf::reacts_to<want>,         // for all links
                                     caf::reacts_to<nodes_seen>,   // in the database
                                     caf::reacts_to<dialled>,      // the answer of cluster_port::dial
                                     caf::reacts_to<dial_due>,     // own timer
                                     caf::reacts_to<link_up>,      // from a link: it is of use
                                     caf::reacts_to<drain>>;

struct tell {
  item_ptr what;
};
struct tell_presence {
  domain::id company;
  std::vector<domain::presence_change> changes;
};
struct want {
  domain::id company;
  bool begins = false;
};
struct announce_due {};
struct flush_link {};
struct report_lag {};
struct out_of_patience {};
struct nodes_seen {
  std::vector<node_address> nodes;
};
struct dialled {
  domain::id node;
  caf::strong_actor_ptr door;
};
struct dial_due {
  domain::id node;
};
struct link_up {
  domain::id node;
};

// Which links' peers have subscribers of a company, for the threads that commit.
class interest_table {
public:
  void begin(const std::vector<domain::id>& companies, const link_actor& link) {
    const std::lock_guard guard{mutex_};
    for (const auto& each : companies)
      links_[each].insert_or_assign(link.id(), link);
    any_ = !links_.empty();
  }
  void end(const std::vector<domain::id>& companies, caf::actor_id link) {
    const std::lock_guard guard{mutex_};
    for (const auto& each : companies)
      if (const auto it = links_.find(each); it != links_.end() && it->second.erase(link) > 0 && it->second.empty())
        links_.erase(it);
    any_ = !links_.empty();
  }
  void forget(caf::actor_id link) {
    const std::lock_guard guard{mutex_};
    for (auto it = links_.begin(); it != links_.end();)
      it = it->second.erase(link) > 0 && it->second.empty() ? links_.erase(it) : std::next(it);
    any_ = !links_.empty();
  }
  std::vector<link_actor> of(const domain::id& company) const {
    std::vector<link_actor> found;
    if (!any_)
      return found;
    const std::lock_guard guard{mutex_};
    if (const auto it = links_.find(company); it != links_.end())
      for (const auto& [_, link] : it->second)
        found.push_back(link);
    return found;
  }

private:
  mutable std::mutex mutex_;
  std::unordered_map<domain::id, std::unordered_map<caf::actor_id, link_actor>> links_;
  std::atomic<bool> any_{false};  // spares a node alone the lock
};

// What a link reported last of the companies that its peer lags with.
class lag_board {
public:
  void put(lag_report report) {
    const std::lock_guard guard{mutex_};
    report_ = std::move(report);
  }
  lag_report get() const {
    const std::lock_guard guard{mutex_};
    return report_;
  }

private:
  mutable std::mutex mutex_;
  lag_report report_;
};

// What a link counts, for other threads to see.
struct link_counts {
  domain::id node;
  std::string name;
  std::uint32_t wire = 0;
  std::atomic<std::uint64_t> lag_events{0};                          // that the peer has not taken yet
  std::atomic<std::chrono::steady_clock::duration> waiting_since{};  // since the clock's epoch; 0: nothing waits
  std::atomic<std::uint64_t> windows_full{0};
  lag_board lag_by_company{};
};

// Links that are up, and what all that ever were have counted.
class link_board {
public:
  void enter(std::shared_ptr<const link_counts> link) {
    const std::lock_guard guard{mutex_};
    links_.push_back(std::move(link));
  }
  void leave(const std::shared_ptr<const link_counts>& link) {
    const std::lock_guard guard{mutex_};
    std::erase(links_, link);
  }
  std::vector<std::shared_ptr<const link_counts>> all() const {
    const std::lock_guard guard{mutex_};
    return links_;
  }

  std::atomic<std::uint64_t> events_told{0}, events_left_out{0}, events_taken{0}, windows_full{0};

private:
  mutable std::mutex mutex_;
  std::vector<std::shared_ptr<const link_counts>> links_;
};

}  // namespace chatmesh::actors

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(chatmesh::actors::tell)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(chatmesh::actors::tell_presence)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(chatmesh::actors::want)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(chatmesh::actors::announce_due)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(chatmesh::actors::flush_link)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(chatmesh::actors::report_lag)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(chatmesh::actors::out_of_patience)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(chatmesh::actors::nodes_seen)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(chatmesh::actors::dialled)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(chatmesh::actors::dial_due)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(chatmesh::actors::link_up)
