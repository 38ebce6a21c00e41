// The one writer: takes every command that waits, runs them in one transaction (group commit),
// and tells what was committed in commit order.
#pragma once

#include "domain/change.hpp"
#include "persistence/settings.hpp"
#include "persistence/write_command.hpp"

#include <functional>
#include <memory>
#include <vector>

namespace chatmesh::persistence {

// What the rest of the server must learn of a commit. Called on the writer's thread, after COMMIT, before the answers
// of that batch, in commit order; must not block.
class commit_listener {
public:
  virtual ~commit_listener() = default;

  // One command's events, in seq order, all of one company.
  virtual void committed(std::vector<domain::change> changes) = 0;

  // These sessions of that company are over; `authority` is the company's number from now on.
  virtual void ended(domain::id company, std::uint64_t authority, std::vector<domain::id> sessions) = 0;
};

class writer {
public:
  using completion = std::function<void(write_outcome)>;

  // Opens its own session of the database and starts its thread. Throws database_error. The listener outlives the
  // writer.
  writer(const settings&, commit_listener&);

  // Stops taking commands, finishes those that wait, joins.
  ~writer();

  writer(const writer&) = delete;
  writer& operator=(const writer&) = delete;

  // Any thread. `done` is called once, on the writer's thread; must not block. A full queue (settings.writer_queue) or
  // a stopped writer answers `unavailable`, at once and on the caller's thread.
  void submit(write_request, completion done);

  // Commands that wait or run.
  std::size_t depth() const;

private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

}  // namespace chatmesh::persistence
