// What a relay hands to its connections at once: live events of one company that follow each other, or one ephemeral
// frame.
#pragma once

#include "actors/interfaces.hpp"
#include "domain/frame.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace chatmesh::actors {

// Immutable; shared by all connections of one relay, on its thread.
class batch {
public:
  static constexpr std::size_t max_events = 64;
  static constexpr std::size_t max_bytes = 64 * 1024;  // beyond one event

  batch() = default;

  // Takes from the front of `waiting` what can leave together; at least one frame. Events have to be dense and in
  // order.
  explicit batch(std::vector<domain::frame_ptr>& waiting);

  bool empty() const { return frames_.empty(); }
  bool is_event() const { return joined_->kind == domain::frame_kind::event; }
  std::span<const domain::frame_ptr> frames() const { return frames_; }
  std::uint64_t first() const { return frames_.front()->seq; }
  std::uint64_t last() const { return frames_.back()->seq; }

  // All of it in one buffer, made once for everyone.
  const domain::frame_ptr& joined() const { return joined_; }

  // Whether this reader gets all of it as it is: no echo, no other entity, nothing of others' own, no end of its own.
  bool is_plain_for(const reader&) const;

  // Whether this reader's right ends in here.
  bool ends(const reader&) const;

private:
  void note(const domain::frame&);

  std::vector<domain::frame_ptr> frames_;
  domain::frame_ptr joined_;
  domain::entity_set entities_;
  std::vector<const domain::frame*> authors_;  // one frame for each author with a client
  bool ends_somebody_ = false;
};

}  // namespace chatmesh::actors
