// chatmesh.link: one connection to another node. It carries what was committed on either side to the other, and which
// companies each side has streams of.
//
// Rule of this file: a link is trusted to be quick and never to be complete. Whatever it leaves out, or takes along
// when it ends, the log has; the companies find the hole, or the head watch does.
#pragma once

#include "actors/cluster/links.hpp"
#include "actors/cluster/outbox.hpp"
#include "actors/environment.hpp"
#include "actors/interfaces.hpp"

#include <caf/actor.hpp>

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace chatmesh::actors {

// What all links of a node share.
struct link_setup {
  environment& env;
  cluster_port& port;
  greeting ours;
  std::function<void(std::vector<domain::id>)> look;  // asks the log where those companies stand
};

class link final : public link_actor::base {
public:
  // `other`: the door of that node, which is asked for a link; or the link of a node that asks here.
  link(caf::actor_config&, const link_setup&, peers_actor, caf::strong_actor_ptr other, node_address peer);

  const char* name() const override { return "chatmesh.link"; }

  static constexpr std::chrono::seconds patience{5};  // for the peer's greeting
  static constexpr std::size_t max_ids = 1024;        // of one announcement
  // An announcement costs every node several messages: companies that begin by the hundred share one.
  static constexpr std::chrono::milliseconds announce_interval{20};
  static constexpr std::chrono::seconds report_interval{1};
  static constexpr std::size_t max_reported = 20;  // companies, those that lag most

protected:
  behavior_type make_behavior() override;
  void on_exit() override;

private:
  void on_bytes(const std::string&);
  void begin(const greeting& theirs);
  void announce_all();
  void announce_soon();
  void announce_wanted();
  void announce(std::vector<domain::id> begins, std::vector<domain::id> ends);

  void take(const greeting&);
  void take(const interest&);
  void take(const noted&);
  void take(const parcel&);
  void take(const receipt&);
  void take(const unknown_message&) {}
  void pass_on(const change_list&);
  void pass_on(const endings&);
  void pass_on(const company_head&);
  void pass_on(const presences&);
  void pass_on(const typing_notice&);

  void on_tell(const tell&);
  void flush();
  void flush_soon();
  void say(std::string bytes);
  void count();
  void report();
  void fail(std::string_view reason);

  const link_setup& setup_;
  environment& env_;
  peers_actor owner_;
  caf::actor peer_;  // the door until it has answered
  const node_address who_;
  std::uint32_t wire_ = 0;  // 0: not up yet
  bool flushing_ = false;   // flush_link is on its way

  std::unordered_map<domain::id, bool> wanted_;               // to be announced
  bool announcing_ = false;                                   // announce_due is on its way
  std::chrono::steady_clock::time_point next_announcement_;   // not before
  std::map<std::uint64_t, std::vector<domain::id>> unnoted_;  // announced; not noted by the peer yet
  std::uint64_t announced_ = 0;

  outbox out_;
  std::uint64_t taken_ = 0, receipted_ = 0;  // parcels of the peer
  std::shared_ptr<link_counts> counts_;
};

}  // namespace chatmesh::actors
