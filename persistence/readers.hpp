// A pool of read sessions on threads of their own: SQL never runs on an actor's or a socket's thread.
#pragma once

#include "persistence/settings.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>

namespace chatmesh::persistence {

class stores;

class readers {
public:
  // `history_changed` (may be null) is called on a reader's thread, before the jobs that wait there: the database is
  // another one than before or was restored. Must not block.
  explicit readers(const settings&, std::function<void()> history_changed = nullptr);
  ~readers();  // finishes what waits, joins

  readers(const readers&) = delete;
  readers& operator=(const readers&) = delete;

  // Runs the job on a reader thread, inside one read transaction (all reads of one job see the same commit). Any
  // thread. False: the queue is full or the pool is stopped, the job will not run. When the database fails, `failed` is
  // called on the reader thread in place of (or after the failure within) `job`. Neither may block.
  bool submit(std::function<void(stores&)> job, std::function<void()> failed);

  std::size_t depth() const;

  // Why the last transaction failed, in words for an operator; none: it did not. And how many have failed so far.
  std::optional<std::string_view> trouble() const;
  std::uint64_t failures() const;

private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

}  // namespace chatmesh::persistence
