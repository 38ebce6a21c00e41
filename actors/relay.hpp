// chatmesh.relay: the last hop of a fan-out, on the io thread where it ends. A company sends one message an event and
// thread; the relay walks that company's connections there and calls each directly, in slices, so that the thread's
// sockets get their turn between two.
//
// It watches the companies for all of its connections: each of them would leave its mark on a company that outlives it.
//
// Rule of this file: order comes from positions, never from the mailbox. Relay and connections are not ordered with
// each other; a frame that is not a connection's next one is left for its pull.
#pragma once

#include "actors/audience.hpp"
#include "actors/environment.hpp"
#include "actors/interfaces.hpp"
#include "actors/pinned_actor.hpp"

#include <deque>
#include <unordered_map>

namespace chatmesh::actors {

class relay final : public pinned_actor<relay_actor::base> {
public:
  // Ends with the directory, which ends after every company and connection.
  relay(caf::actor_config&, pinned_unit*, environment&, const directory_actor&);

  const char* name() const override { return "chatmesh.relay"; }

  // One message an activation: else the slices of a long walk would follow each other without a turn for the sockets,
  // and requests would wait for all of it.
  resume_result resume(caf::execution_unit* from, std::size_t) override { return pinned_actor::resume(from, 1); }

protected:
  behavior_type make_behavior() override;
  void on_exit() override;

private:
  static constexpr std::size_t slice = 64;          // connections served before the sockets get their turn
  static constexpr std::size_t min_to_linger = 64;  // connections for which gathering pays
  static constexpr int lingers_for_expected = 3;    // those are in a commit, which takes longer than a moment
  static constexpr int beats = 64;                  // a heartbeat is late by at most this part of its interval

  using map = std::unordered_map<domain::id, audience>;
  using entry = map::value_type;

  void on_join(const join&);
  void on_down(const caf::down_msg&);
  void on_spread(const spread&);
  void queue_up(entry&);
  bool gathers(const audience&) const;
  void linger(entry&, int times);
  void pump();
  void finish(entry&);
  map::iterator forget(map::iterator);
  void on_beat();
  void arm_beat();

  environment& env_;
  caf::actor_addr directory_;
  map audiences_;
  std::deque<entry*> work_;  // entries that have something to hand out
  bool pumping_ = false;     // a `go_on` is in the mailbox
  bool beating_ = false;     // a `beat` is on its way
};

}  // namespace chatmesh::actors
