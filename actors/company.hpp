// chatmesh.company: the order of one company's events, and who gets them.
//
// Rule of this file: an event is handed out only when it follows the head directly and nothing that ended before it is
// still unknown here. Whatever does not fit is not kept; it only raises `target_`, and the log fills the hole.
#pragma once

#include "actors/environment.hpp"
#include "actors/interfaces.hpp"
#include "actors/page_cache.hpp"
#include "actors/pinned_actor.hpp"
#include "actors/presence.hpp"
#include "actors/typing_gate.hpp"
#include "actors/window.hpp"

#include <caf/typed_event_based_actor.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace chatmesh::actors {

class company final : public pinned_actor<company_actor::base> {
public:
  // `unit`: the io thread of its first stream; a hop less to every relay there.
  company(caf::actor_config&, pinned_unit* unit, environment&, domain::id, directory_actor, std::shared_ptr<standing>);

  const char* name() const override { return "chatmesh.company"; }

protected:
  behavior_type make_behavior() override;
  void on_exit() override;

private:
  using time_point = std::chrono::steady_clock::time_point;

  static constexpr std::chrono::seconds admission_timeout{10};  // of a stream whose log can't be read

  enum class stage : std::uint8_t {
    waiting,  // for the head, or for its admission
    live,
    ended  // said goodbye, or may get nothing ephemeral any more: its membership is over
  };

  // What is known of a stream until it is placed in the sequence.
  struct arrival {
    subscriber from;
    bool asking = false;    // read_admission() is under way
    bool admitted = false;  // its right was read again, together with the log's position
    time_point since;
  };

  struct member_stream {
    connection_actor connection;
    domain::id employee;  // or the API token, or the customer
    domain::id session;   // or the API token, or the widget token
    time_point expires;
    std::unique_ptr<arrival> waiting;  // while its stage is waiting
    std::uint32_t relay = 0;           // into relays_
    stage at = stage::waiting;
    domain::end_reason why{};    // once its stage is ended
    bool counted = false;        // among the employee's streams
    bool joined = false;         // among its relay's connections
    domain::author_kind kind{};  // an API token's or a customer's is nobody's presence
  };

  // An io thread with connections of this company.
  struct share {
    relay_actor relay;
    std::size_t connections = 0;
  };

  // company.cpp: the sequence
  void on_position(const position_read&);
  void on_recheck();
  void on_changed(const changed&);
  void on_moved(const company_head&);
  void on_pull(const pull&);
  void on_page(const page_read&);
  void on_ended(const ended&);
  void on_endings(const endings_read&);
  void append(const domain::frame_ptr&, bool more = false);
  bool is_of_another_history(const log_position&);
  bool is_of_ours(std::uint32_t epoch);
  void aim_at(std::uint64_t seq);
  void learn_authority(std::uint64_t);
  void wait_for_page(page_waiter, page_cache::start);
  void hand_out(const page_read&);
  void read_position();
  void read_page(std::uint64_t start);
  void read_endings();
  void failed();

  // company_streams.cpp: who is there
  void on_subscribe(const subscribe&);
  void on_admission(const admission_read&);
  void on_down(const caf::down_msg&);
  void on_drain(const drain&);
  void begin_anew(const log_position&);
  void place(member_stream&);
  void place_waiting();
  bool needs_admission(const arrival&) const;
  void read_admission(const member_stream&);
  std::size_t streams_of(const member_stream&) const;
  std::uint32_t relay_of(const subscribe&);
  void welcome(member_stream&, std::uint64_t position, bool resumed, std::optional<domain::reset_reason>);
  domain::frame_ptr reset_to(domain::reset_reason, std::uint64_t position) const;
  void end(member_stream&, domain::end_reason, domain::frame_ptr reset = nullptr);
  void end_sessions(const std::vector<domain::id>&);
  member_stream* find(caf::actor_id);

  // company_clock.cpp: what time brings, and what is ephemeral
  void on_tick();
  void on_typing(const type_notice&);
  void on_ask_presence(const ask_presence&);
  void on_peer_presence(const peer_presence&);
  void open_presence(const domain::id& employee);
  void close_presence(const domain::id& employee);
  void tell_peers(const domain::id& employee, bool online);
  void answer_presence();
  bool knows_presence() const;
  void tell_changed_presence();
  void expire();
  void give_up_waiting();
  void retry_reads();
  void retire_if_idle();
  void on_retired(const retired&);
  void tell_event(const domain::frame_ptr&, bool more);
  void tell_all(const domain::frame_ptr&, bool more = false);
  const domain::frame_ptr& full_presence();
  void arm();
  time_point now() const;

  environment& env_;
  domain::id id_;
  directory_actor directory_;

  // the sequence
  bool ready_ = false;  // at_ is known
  log_position at_;     // head: the last event handed out; authority: all that ended up to here is known
  std::shared_ptr<standing> standing_;  // at_, once it is known, for other threads
  std::uint64_t began_at_ = 0;          // the head as it was read first
  std::uint64_t target_ = 0;            // the log reaches at least this far
  std::uint64_t authority_target_ = 0;  // something ended up to here
  std::uint32_t told_epoch_ = 0;        // until at_ is known: of what these two were told; 0 = nothing
  bool reading_position_ = false;
  bool recheck_wanted_ = false;  // the log is to be looked at anew, by a read that begins from now on
  bool reading_endings_ = false;
  actors::window window_;
  page_cache pages_;
  bool repairing_ = false;  // waits for a page itself
  unsigned fruitless_ = 0;  // reads in a row that brought nothing, though it was told of more: one may have been late
  std::vector<page_read> held_pages_;  // until what ended before them is known
  std::vector<std::uint64_t> failed_pages_;
  bool reads_failed_ = false;
  time_point retry_at_;

  // the streams
  std::unordered_map<caf::actor_id, member_stream> streams_;
  std::vector<share> relays_;
  std::unordered_map<domain::id, std::uint32_t> others_;  // counted streams of an API token, of a customer
  std::uint64_t requests_ = 0;                            // subscribes and questions ever seen; the directory compares
  bool draining_ = false;
  bool over_ = false;                       // its history is, and it has told every stream; another actor goes on
  std::shared_ptr<reconnect_slots> slots_;  // where it drains, or is over

  // the clock
  actors::presence presence_;
  domain::frame_ptr full_presence_;
  std::uint64_t full_presence_version_ = 0;
  std::vector<ask_presence> presence_asked_;  // until the other nodes have said who is online there
  std::unordered_set<caf::actor_id> heard_;   // links that have said so
  time_point born_;
  typing_gate typing_;
  time_point last_presence_;
  time_point next_expiry_ = time_point::max();  // not before
  time_point idle_since_;
  bool retiring_ = false;
  std::vector<time_point> armed_;  // timers under way, the earliest last
};

}  // namespace chatmesh::actors
