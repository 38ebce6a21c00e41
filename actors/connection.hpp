// chatmesh.connection: one peer's position in its company's sequence. It owns no queue of events.
//
// Rule of this file: an event is written only if it follows the position directly and the stream is idle. Everything
// else raises `head_`, and the connection pulls when its peer can take more. Resume, slow readers and holes are that
// one rule.
#pragma once

#include "actors/audience.hpp"
#include "actors/environment.hpp"
#include "actors/interfaces.hpp"
#include "actors/pinned_actor.hpp"
#include "actors/stream.hpp"

#include <chrono>
#include <cstddef>
#include <memory>
#include <vector>

namespace chatmesh::actors {

class connection final : public pinned_actor<connection_actor::base>, private stream::listener {
public:
  using time_point = std::chrono::steady_clock::time_point;

  // `unit` is the stream's io thread, `relay` the one of that thread.
  connection(caf::actor_config&, pinned_unit* unit, environment&, directory_actor, relay_actor, subscriber,
             std::shared_ptr<stream>);

  const char* name() const override { return "chatmesh.connection"; }

  // Writes once an activation, after the mailbox was worked off: many events leave in one call. Sound because the actor
  // is pinned to its stream's thread.
  resume_result resume(caf::execution_unit*, std::size_t max_throughput) override;

  // ---- plain calls, on the own thread only: by the relay and its audience

  bool is_over() const { return !stream_; }
  void attached(audience&, std::size_t slot);
  void moved(std::size_t slot) { slot_ = slot; }
  // The last call failed: the peer comes back and resumes.
  void fail() { on_closed(); }
  // The relay is gone: likewise.
  void abandon();

  // deliver() comes soon: the processor brings what it looks at meanwhile.
  void fetch() {
    __builtin_prefetch(&stream_);
    __builtin_prefetch(&written_);
    __builtin_prefetch(&who_);
    __builtin_prefetch(&mailbox());
  }
  void fetch_stream() const {
    const auto* at = reinterpret_cast<const std::byte*>(stream_.get());
    __builtin_prefetch(at);
    __builtin_prefetch(at + 64);
  }

  // Live events. `head`: the company has at least this. What does not follow the position directly is left for a pull.
  // With mail unread it is left as well: the mail may say that this stream's right ended before these events.
  void deliver(const batch&, std::uint64_t head, time_point now);

  // Something ephemeral; dropped where the peer is busy.
  void tell(const domain::frame_ptr&, time_point now);

  // Sends the heartbeat if nothing was written for `interval`; answers when the next one is due. `head` as in
  // deliver().
  time_point beat(const domain::frame_ptr&, std::uint64_t head, time_point now, std::chrono::milliseconds interval);

protected:
  behavior_type make_behavior() override;
  void on_exit() override;

private:
  enum class phase : std::uint8_t { subscribing, live, ending, closing };

  static constexpr std::chrono::seconds goodbye_timeout{5};  // for a peer that takes nothing
  static constexpr std::size_t max_missed = 16;              // presence frames; more are replaced by a full one

  // What is needed until the company takes the connection.
  struct arrival {
    subscriber from;
    directory_actor directory;
    relay_actor relay;
  };

  void on_writable() override;
  void on_closed() override;

  void on_subscribed(const subscribed&);
  void on_told(const told&);
  void on_pulled(const pulled&);
  void on_end(const end_stream&);
  void on_flush_skip();
  void give_up_later(bool for_event);
  void on_give_up(const give_up&);

  void accept(const domain::frame_ptr&);
  void miss(const domain::frame_ptr& presence);
  void put_skip();
  void put_skip_before(std::uint64_t seq);
  void flush(time_point now);
  void advance();

  // What every delivery looks at stands together.
  std::shared_ptr<stream> stream_;
  std::unique_ptr<end_stream> farewell_;  // waits for its event, then for the stream
  std::uint64_t position_ = 0;            // the last event that was written or skipped
  std::uint64_t head_ = 0;                // the company has at least this
  std::uint64_t told_ = 0;                // the same, as far as the company can answer a pull for it by now
  std::uint64_t skip_from_ = 0;           // first event of the skip that is not told yet; 0 = none
  time_point written_;                    // when there was last something for the peer
  std::uint32_t epoch_ = 0;
  phase phase_ = phase::subscribing;
  bool pulling_ = false;
  bool skip_timer_ = false;
  bool presence_lost_ = false;  // more of it than is kept
  bool muted_ = false;          // its right ends at an event that it has yet to reach: nothing ephemeral any more
  reader who_;

  // An idle stream keeps no room in these.
  std::vector<domain::frame_ptr> out_;                      // of this activation
  std::unique_ptr<std::vector<domain::frame_ptr>> missed_;  // presence that came while the peer was busy
  environment& env_;
  company_actor company_;
  audience* audience_ = nullptr;
  std::size_t slot_ = 0;
  std::unique_ptr<arrival> arrival_;

  // Whose mail this thread is working off: all its connections share one behavior, which acts on this one. One of its
  // own would be a fifth of an idle connection's memory.
  // NOLINTNEXTLINE(readability-identifier-naming): a private member, which the check takes for a variable
  static thread_local connection* running_;
};

}  // namespace chatmesh::actors
