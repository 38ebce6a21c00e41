// One company's connections on one io thread, as its relay walks them.
#pragma once

#include "actors/batch.hpp"
#include "domain/cursor.hpp"

#include <caf/actor_addr.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace chatmesh::actors {

class connection;
struct settings;

// Owned by the relay. One thread: that of its connections.
class audience {
public:
  using time_point = std::chrono::steady_clock::time_point;

  static constexpr std::size_t max_waiting = 256;                // frames that wait for their turn ...
  static constexpr std::size_t max_waiting_bytes = 1024 * 1024;  // ... and their bytes; the log has what is left out

  explicit audience(domain::cursor at) : at_(at) {}

  // The company whose events these are. Another actor of the same company begins anew: the members of the one before
  // come back and resume.
  const caf::actor_addr& source() const { return source_; }
  void follow(caf::actor_addr source, domain::cursor at);

  void join(connection&, std::uint64_t head);
  void leave(std::size_t slot);
  void abandon();  // the relay or the company is gone

  std::size_t size() const { return members_.size(); }

  // A frame of the company, in its order. What does not fit is left out: it raises the head, and who is behind pulls.
  void add(const domain::frame_ptr&);
  bool has_waiting() const { return !waiting_.empty(); }
  std::size_t waiting() const { return waiting_.size(); }

  // Hands the current batch to at most `most` connections; the next one is taken where none is current. Answers how
  // many were served.
  std::size_t walk(std::size_t most, time_point now);
  bool walking() const { return !current_.empty(); }

  // Heartbeats for those that have been silent for `interval`; answers when the next one is due.
  time_point beat(time_point now, std::chrono::milliseconds interval);

  // The relay's notes.
  bool queued = false;     // on its list of work, or lingering
  bool lingering = false;  // waits a moment for more
  bool expecting = false;  // it is known that there will be more, and when no more
  time_point next_beat = time_point::max();

private:
  void move(std::size_t to, std::size_t from);
  void take_batch();
  void serve(connection&, time_point now) noexcept;

  caf::actor_addr source_;
  domain::cursor at_;  // the company's head
  std::vector<connection*> members_;
  std::vector<domain::frame_ptr> waiting_;
  std::size_t waiting_bytes_ = 0;
  batch current_;
  std::size_t cursor_ = 0;          // members before it have the current batch
  std::uint64_t current_head_ = 0;  // that is told with it
};

}  // namespace chatmesh::actors
