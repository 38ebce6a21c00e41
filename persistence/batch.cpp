#include "persistence/batch.hpp"

#include "persistence/commands/handlers.hpp"
#include "persistence/sql/sqlite.hpp"

#include <spdlog/spdlog.h>

namespace chatmesh::persistence {

namespace {

command_result refused_result(refusal why, domain::faults faults = {}) {
  return {refused{why, std::move(faults), {}, {}}, {}, {}};
}

constexpr std::uint64_t mib = 1024 * 1024;

}  // namespace

batch_runner::link::link(const settings& s) : db(s), stores(db) {
  sqlite::watch_wal(db.handle(), wal_bytes);
}

batch_runner::batch_runner(const settings& s)
    : settings_(s), link_(std::in_place, s), next_checkpoint_bytes_(s.wal_limit_mib * mib) {}

std::vector<command_result> batch_runner::run(std::span<const write_request* const> batch) {
  try {
    if (!link_)
      link_.emplace(settings_);
    return commit(batch);
  } catch (const std::exception& e) {
    spdlog::error("a batch of {} writes failed, nothing of it is kept: {}", batch.size(), sqlite::describe(e));
    recover();
    return std::vector<command_result>(batch.size(), refused_result(refusal::unavailable));
  }
}

// Commands look before they write, so that hardly one is refused with something to undo.
std::vector<command_result> batch_runner::commit(std::span<const write_request* const> batch) {
  try {
    return attempt(batch, undo::not_at_all);
  } catch (const needs_savepoints&) {
    if (!link_->db.rollback())
      link_.emplace(settings_);
    return attempt(batch, undo::by_savepoints);
  }
}

std::vector<command_result> batch_runner::attempt(std::span<const write_request* const> batch, undo how) {
  std::vector<command_result> results;
  results.reserve(batch.size());
  link_->db.begin_write();
  const domain::timestamp now = link_->db.now();
  for (const write_request* each : batch)
    results.push_back(run_one(*each, now, how));
  link_->db.commit();
  return results;
}

// Throws only where the whole transaction is in doubt.
command_result batch_runner::run_one(const write_request& request, domain::timestamp now, undo how) {
  const auto changes = sqlite::changes(link_->db.handle());
  const auto undone = [&](command_result result) {
    if (how == undo::by_savepoints)
      link_->db.rollback_to_savepoint();
    else if (sqlite::changes(link_->db.handle()) != changes)
      throw needs_savepoints{};
    return result;
  };
  if (how == undo::by_savepoints)
    link_->db.savepoint();
  try {
    write_context context{link_->stores, request, now};
    written answer = std::visit([&](const auto& asked) { return persistence::run(context, asked); }, request.command);
    if (how == undo::by_savepoints)
      link_->db.release_savepoint();
    return {std::move(answer), context.take_changes(), context.take_ended()};
  } catch (refused_write& e) {
    return undone({std::move(e.answer), {}, {}});
  } catch (domain::invalid& e) {
    return undone(refused_result(refusal::invalid, std::move(e.list)));
  } catch (const soci::soci_error& e) {
    if (!sqlite::harms_only_its_statement(e))
      throw;
    spdlog::error("a write was refused by the database: {}", sqlite::describe(e));
    return undone(refused_result(refusal::unavailable));
  } catch (const std::exception& e) {
    spdlog::error("a write failed: {}", e.what());
    return undone(refused_result(refusal::unavailable));
  }
}

// SQLite may have ended the transaction by itself; a session that can't roll back is made anew by the next batch.
void batch_runner::recover() {
  if (link_ && !link_->db.rollback())
    link_.reset();
}

void batch_runner::limit_wal() {
  if (!link_ || link_->wal_bytes < next_checkpoint_bytes_)
    return;
  const std::uint64_t limit = settings_.wal_limit_mib * mib;
  bool folded = false;
  try {
    folded = sqlite::checkpoint(link_->db.handle(), settings_);
  } catch (const soci::soci_error& e) {
    spdlog::warn("the write-ahead log can't be folded in: {}", sqlite::describe(e));
  }
  // A reader that held it up must not hold up every batch from now on: try again when the log has grown by a quarter.
  next_checkpoint_bytes_ = folded ? limit : link_->wal_bytes + limit / 4;
  if (folded)
    link_->wal_bytes = 0;
}

}  // namespace chatmesh::persistence
