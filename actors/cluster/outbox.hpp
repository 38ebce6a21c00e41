// What one peer is still to be told: pure bookkeeping behind a link.
//
// Rule of this file: nothing grows with what the peer does not take. What does not fit becomes a head: the peer looks
// at the log.
#pragma once

#include "actors/cluster/lag.hpp"
#include "actors/cluster/wire.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace chatmesh::actors {

class outbox {
public:
  using time_point = std::chrono::steady_clock::time_point;

  static constexpr std::size_t max_parcel_events = 256;
  static constexpr std::size_t max_parcel_bytes = 256 * 1024;
  static constexpr std::size_t max_item_events = 64;         // more of one commit are several items ...
  static constexpr std::size_t max_item_bytes = 128 * 1024;  // ... and so is this much, where it is not one event
  static constexpr std::size_t max_parcel_items = 256;
  static constexpr std::size_t max_parcel_heads = 1024;
  static constexpr std::size_t max_parcel_presences = 64;  // companies
  static constexpr std::size_t max_unacknowledged = 8;     // parcels

  // Whether it can be told with what waits already.
  bool has_room_for(const encoded_item&) const;

  // Committed here, in a company that the peer has subscribers of.
  void tell(item_ptr, time_point now);

  // Who came online or went. What was not sent yet is merged: the peer is told the state, not each step.
  void tell(const domain::id& company, const std::vector<domain::presence_change>&, time_point now);
  // The peer has no subscribers of that company any more.
  void forget(const domain::id& company) { presences_.erase(company); }

  // What may be sent now, encoded; none where nothing waits or the window is full.
  std::optional<std::string> next(time_point now);

  // The peer has taken everything up to that parcel. False: it names one that was never sent.
  bool acknowledged(std::uint64_t number);

  bool is_full() const { return sent_.size() == max_unacknowledged; }

  // Events that were not taken yet, those among them that became heads too, and since when the oldest waits.
  std::uint64_t lag_events() const { return lag_events_; }
  std::optional<time_point> waiting_since() const;
  std::size_t waiting_heads() const { return heads_.size(); }
  // The same by company. Costs time in proportion to what lags.
  lag_report lag_by_company(std::size_t companies) const;

  std::uint64_t times_full() const { return times_full_; }
  std::uint64_t events_told() const { return events_told_; }
  std::uint64_t events_left_out() const { return events_left_out_; }

private:
  struct sent_parcel {
    std::uint64_t number = 0;
    time_point since;  // of its oldest item
    lag_table lags;
  };
  struct waiting_head {
    company_head at;
    lag behind;
  };

  void merge(const encoded_item&, time_point now);
  bool is_empty() const { return waiting_.empty() && heads_.empty() && presences_.empty(); }

  std::vector<item_ptr> waiting_;
  std::size_t waiting_events_ = 0, waiting_bytes_ = 0;  // of waiting_
  lag_table waiting_lags_;                              // of waiting_
  time_point waiting_from_;                             // of the oldest that waits
  std::unordered_map<domain::id, waiting_head> heads_;  // no more than the companies that the peer has
  std::unordered_map<domain::id, std::unordered_map<domain::id, bool>>
      presences_;                 // no more than the companies' members
  std::deque<sent_parcel> sent_;  // unacknowledged, by number
  std::uint64_t lag_events_ = 0;
  std::uint64_t last_sent_ = 0;
  std::uint64_t times_full_ = 0, events_told_ = 0, events_left_out_ = 0;
};

}  // namespace chatmesh::actors
