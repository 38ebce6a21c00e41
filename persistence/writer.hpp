// The way to write: every command goes to one of a few sessions, which run what waits in one transaction each (group
// commit) and tell what was committed. PostgreSQL has several of them, SQLite one.
#pragma once

#include "domain/change.hpp"
#include "persistence/settings.hpp"
#include "persistence/write_command.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

namespace chatmesh::persistence {

// What the rest of the server must learn of a commit. Called on the writers' threads, several at a time, after COMMIT
// and before the answers of that batch; must not block. A company's commits come in their order, but for those few that
// another session made (a visitor's first request): `seq` tells.
class commit_listener {
public:
  virtual ~commit_listener() = default;

  // Events in seq order, all of one company: of one command, or of several that follow each other. `more`: others who
  // write in that company wait for the next commit.
  virtual void committed(std::vector<domain::change> changes, bool more) = 0;

  // These sessions of that company are over; `authority` is the company's number from now on.
  virtual void ended(domain::id company, std::uint32_t epoch, std::uint64_t authority,
                     std::vector<domain::id> sessions) = 0;

  // A COMMIT had no answer, and the write was answered `unavailable`. By now it has an end, one or the other: whoever
  // keeps up with that company has to look.
  virtual void doubted(domain::id company) = 0;

  // Around what a commit tells and the answers to its writes, all of which `tell` does: whoever hears of it need not be
  // woken for each of them.
  virtual void together(const std::function<void()>& tell) { tell(); }

  // The database is another one than before or was restored: every company has another epoch.
  virtual void history_changed() = 0;
};

class writer {
public:
  using completion = std::function<void(write_outcome)>;

  // Opens its sessions of the database and starts their threads. Throws database_error. The listener outlives the
  // writer.
  writer(const settings&, commit_listener&);

  // Stops taking commands, finishes those that wait, joins.
  ~writer();

  writer(const writer&) = delete;
  writer& operator=(const writer&) = delete;

  // Any thread. `done` is called once, on a writer's thread; must not block. A full queue (settings.writer_queue), one
  // that does not move (settings.writer_patience) and a stopped writer answer `unavailable`, at once and on the
  // caller's thread; and so is a write answered that has waited too long when its turn comes.
  void submit(write_request, completion done);

  // Commands that wait or run.
  std::size_t depth() const;

  // Why the last transaction failed, in words for an operator; none: it did not. And how many have failed so far.
  std::optional<std::string_view> trouble() const;
  std::uint64_t failures() const;

private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

}  // namespace chatmesh::persistence
