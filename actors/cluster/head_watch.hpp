// chatmesh.head_watch: the net under all that nodes tell each other. Once an interval it asks, in one query, which of
// the companies that run here stand further on in the log than this node knows, and tells those.
//
// Rule of this file: no company is told anything where nothing has happened.
#pragma once

#include "actors/cluster/head_log.hpp"
#include "actors/environment.hpp"
#include "actors/interfaces.hpp"

#include <chrono>
#include <cstddef>
#include <optional>
#include <vector>

namespace chatmesh::actors {

struct compare {};  // own timer: another round
struct check {      // those companies, now
  std::vector<domain::id> companies;
};
struct newer_read {
  std::optional<std::vector<company_head>> found;
};
struct look_again {                  // own timer
  std::vector<company_head> behind;  // a moment ago
};

using head_watch_actor = caf::typed_actor<caf::reacts_to<compare>, caf::reacts_to<check>, caf::reacts_to<newer_read>,
                                          caf::reacts_to<look_again>, caf::reacts_to<drain>>;

class head_watch final : public head_watch_actor::base {
public:
  // `log` outlives it.
  head_watch(caf::actor_config&, environment&, head_log& log, std::chrono::milliseconds interval);

  const char* name() const override { return "chatmesh.head_watch"; }

  static constexpr std::size_t max_asked = 10'000;       // companies of one query; more take several, in turn
  static constexpr std::chrono::milliseconds grace{50};  // what is known by then was on its way

protected:
  behavior_type make_behavior() override;

private:
  using time_point = std::chrono::steady_clock::time_point;

  void on_compare();
  void on_check(const check&);
  void on_read(const newer_read&);
  void on_look_again(const look_again&);
  void ask();
  void end_round();
  void go_on();
  void schedule();
  void keep_behind(std::vector<company_head>&) const;

  environment& env_;
  head_log& log_;
  const std::chrono::milliseconds interval_;
  std::vector<company_head> round_;  // what this node knows; asked about from next_ on
  std::size_t next_ = 0;
  bool asking_ = false;             // one question at a time
  bool due_ = false;                // a round of all companies is to follow ...
  bool all_ = false;                // ... or is under way
  std::vector<domain::id> wanted_;  // companies of the next question
  time_point began_;
};

}  // namespace chatmesh::actors

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(chatmesh::actors::compare)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(chatmesh::actors::check)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(chatmesh::actors::newer_read)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(chatmesh::actors::look_again)
