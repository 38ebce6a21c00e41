// The way from every other thread to the actors.
#pragma once

#include "actors/cluster/cluster_port.hpp"
#include "actors/cluster/head_log.hpp"
#include "actors/cluster/links.hpp"
#include "actors/interfaces.hpp"
#include "actors/pinned_unit.hpp"
#include "actors/reconnect_slots.hpp"
#include "actors/settings.hpp"
#include "actors/stream.hpp"

#include <caf/actor_system.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace chatmesh::actors {

// Owns the directory actor. All functions but the constructor and close() may be called from any thread and return at
// once; messages from one thread arrive in the order of the calls.
class hub {
public:
  // `log` outlives the hub.
  hub(caf::actor_system&, const settings&, event_log& log);
  ~hub();

  hub(const hub&) = delete;
  hub& operator=(const hub&) = delete;

  // What a writer committed; a company's events in commit order, or else later than the log has them.
  void changed(domain::id company, std::uint32_t epoch, std::vector<domain::frame_ptr> frames, bool more = false);
  void ended(domain::id company, std::uint32_t epoch, std::uint64_t authority, std::vector<domain::id> sessions);

  // The same for the other nodes that have streams of the company.
  void tell_peers(std::span<const domain::change>);
  void tell_peers(const domain::id& company, std::uint32_t epoch, std::uint64_t authority,
                  const std::vector<domain::id>& sessions);

  // The log may hold more than was told, or another history: the company looks, or every one that runs here.
  void recheck(domain::id company);
  void recheck_all();

  // From here on companies that run here are compared with the log once an interval, since other nodes write too. Once;
  // `heads` outlives every actor.
  void watch_heads(head_log& heads, std::chrono::milliseconds interval);

  // This node among others: `ours` is its id, which no other start of a process has. Answers the door that others'
  // cluster_port::dial is to reach. Links speak no newer wire than `newest`. Once, behind watch_heads() and before the
  // first stream; `port` outlives every actor.
  caf::strong_actor_ptr join(cluster_port& port, domain::id ours, std::string name, std::uint32_t newest = newest_wire);

  // The nodes that live, with this one or without.
  void nodes_seen(std::vector<node_address>);

  void typing(domain::id company, domain::typing notice);

  // Employees with a stream, sorted; `answer` is called once, here or on an actor's thread.
  void presence(domain::id company, std::function<void(std::vector<domain::id>)> answer);

  // On the io thread of `unit` only, where the stream lives too: makes the connection actor and lets it subscribe.
  void open(pinned_unit& unit, subscriber, std::shared_ptr<stream>);

  // Any thread. The goodbye of a stream that is refused before it has an actor; counted like those that were ended.
  domain::frame_ptr refuse(domain::end_reason);

  // Connection and company actors alive now (for metrics and tests).
  std::uint64_t connections() const;
  std::uint64_t companies() const;

  // Streams that the server ended for this reason since its start.
  std::uint64_t ends(domain::end_reason) const;

  // Queries for what other nodes committed, and companies that learned of something by one.
  std::uint64_t head_checks() const;
  std::uint64_t found_behind() const;

  // Times that a company filled a hole from the log, which nobody had told it of; and what links to other nodes count.
  std::uint64_t holes() const;
  const link_board& links() const;

  // The orderly end: no new streams; each open one gets `goodbye draining` with a slot of its own, as that pace has
  // room; then every actor ends. The caller keeps the io threads running until the actor system has no actors left.
  void close(const reconnect_pace&);

private:
  struct impl;

  template <class Message>
  void pass_on(const domain::id& company, Message);
  template <class Encode>
  void tell_links(const domain::id& company, Encode);

  std::unique_ptr<impl> impl_;
};

}  // namespace chatmesh::actors
