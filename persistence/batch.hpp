// Runs one batch of commands as one transaction.
#pragma once

#include "persistence/commands/write_context.hpp"
#include "persistence/health.hpp"
#include "persistence/history.hpp"
#include "persistence/retry_pause.hpp"
#include "persistence/settings.hpp"
#include "persistence/sql/session.hpp"

#include <algorithm>
#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace chatmesh::persistence {

struct command_result {
  write_outcome outcome;
  std::vector<domain::change> changes;
  std::vector<ended_notice> ended;
};

// The writer's session of the database. Belongs to one thread.
class batch_runner {
public:
  // Throws database_error. `told` hears how each transaction ends and outlives the runner.
  batch_runner(const settings&, health& told);

  // One result per request, in their order. A refused command changes nothing and burns no seq; where the database
  // fails, nothing of the batch is written and every outcome is `unavailable`. A batch that meets another transaction
  // (a deadlock, a serialization failure) is run again command by command, and one whose session is lost before COMMIT
  // on another session, both a bounded number of times; where others hold a company's lock for longer than a session
  // waits, that company's commands alone are `unavailable`. Where COMMIT itself fails, the outcome is `unavailable`
  // though it may have been made: the batch's companies are in doubt.
  std::vector<command_result> run(std::span<const write_request* const> batch);

  bool is_in_doubt() const { return !doubtful_.empty(); }

  // Looks for the end of COMMITs without an answer, where some are in doubt and it is time to.
  void settle();

  // After which time settle() may find something.
  std::chrono::milliseconds pause() const { return std::max(pause_.length(), retry_pause::shortest); }

  // Companies that were in doubt: what their log holds now is what became of it.
  std::vector<domain::id> take_settled() { return std::exchange(settled_, {}); }

  // Whether a session since the last call found another database than the one before.
  bool take_history_change() { return std::exchange(history_changed_, false); }

  // Folds the write-ahead log in where it has grown past its limit. Call between batches.
  void limit_wal();

  // How long COMMIT took, the flush and what PostgreSQL still had to do before it; none: none was made since the last
  // call.
  std::optional<std::chrono::steady_clock::duration> take_commit_time() { return std::exchange(commit_time_, {}); }

private:
  struct link {
    explicit link(const settings&);
    std::uint64_t wal_bytes = 0;
    session db;
    history told;
    store_set stores;
  };

  static constexpr int max_attempts = 4;  // of a command that others' transactions get in the way of

  // How a command that is refused after it has written is undone.
  enum class undo : std::uint8_t {
    not_at_all,    // the whole transaction is begun anew, with savepoints
    by_savepoints  // of each command: they copy every page that is written to
  };
  struct needs_savepoints {};

  std::vector<command_result> commit(std::span<const write_request* const> batch);
  std::vector<command_result> attempt(std::span<const write_request* const> batch, undo);
  std::vector<command_result> one_by_one(std::span<const write_request* const> batch);
  std::vector<domain::id> lock(std::span<const write_request* const> batch);
  void settle_held();
  command_result run_one(const write_request&, domain::timestamp now, undo);
  std::optional<command_result> try_one(const write_request&, domain::timestamp now, undo);
  void undo_one(undo, std::uint64_t changes_before);
  bool connect();
  void recover();
  void doubt(const std::vector<command_result>&);

  const settings settings_;
  health& health_;
  bool passing_by_ = false;   // a lock was not given in time: companies that others hold are passed by until none is
  std::optional<link> link_;  // none after a failure from which the session did not recover
  retry_pause pause_;
  std::string history_;  // of the sessions so far
  bool history_changed_ = false;
  bool committing_ = false;
  std::optional<std::chrono::steady_clock::duration> commit_time_;
  std::vector<domain::id> doubtful_, settled_;  // companies, each once
  std::uint64_t next_checkpoint_bytes_;
};

}  // namespace chatmesh::persistence
