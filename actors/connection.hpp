// chatmesh.connection: one peer's position in its company's sequence. It owns no queue of events.
//
// Rule of this file: an event is written only if it follows the position directly and the stream is idle. Everything
// else raises `head_`, and the connection pulls when its peer can take more. Resume, slow readers and holes are that
// one rule.
#pragma once

#include "actors/company.hpp"
#include "actors/interfaces.hpp"
#include "actors/pinned_actor.hpp"
#include "actors/stream.hpp"

#include <memory>
#include <vector>

namespace chatmesh::actors {

class connection final : public pinned_actor<connection_actor::base> {
public:
  // `unit` is the stream's io thread; none in deterministic tests.
  connection(caf::actor_config&, pinned_unit* unit, environment&, directory_actor, subscriber, std::unique_ptr<stream>);

  const char* name() const override { return "chatmesh.connection"; }

  // Writes once an activation, after the mailbox was worked off: many events leave in one call. Sound because the actor
  // is pinned to its stream's thread.
  resume_result resume(caf::execution_unit*, std::size_t max_throughput) override;

protected:
  behavior_type make_behavior() override;
  void on_exit() override;

private:
  enum class phase : std::uint8_t { subscribing, live, ending, closing };

  static constexpr std::chrono::seconds goodbye_timeout{5};  // for a peer that takes nothing

  void on_subscribed(const subscribed&);
  void on_delivered(const delivered&);
  void on_told(const told&);
  void on_pulled(const pulled&);
  void on_end(const end_stream&);

  void accept(const domain::frame_ptr&);
  bool wants(const domain::frame&) const;
  void put_skip();
  void put_skip_before(std::uint64_t seq);
  void flush();
  void advance();

  environment& env_;
  directory_actor directory_;
  subscriber who_;
  std::unique_ptr<stream> stream_;
  company_actor company_;

  phase phase_ = phase::subscribing;
  std::uint32_t epoch_ = 0;
  std::uint64_t position_ = 0;   // the last event that was written or skipped
  std::uint64_t head_ = 0;       // the company has at least this
  std::uint64_t skip_from_ = 0;  // first event of the skip that is not told yet; 0 = none
  bool busy_ = false;            // the stream keeps something back
  bool pulling_ = false;
  bool skip_timer_ = false;
  bool presence_missed_ = false;
  std::vector<domain::frame_ptr> out_;  // of this activation
  domain::frame_ptr goodbye_;           // waits for a busy stream
};

}  // namespace chatmesh::actors
