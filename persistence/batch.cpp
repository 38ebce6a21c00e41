#include "persistence/batch.hpp"

#include "persistence/commands/foresight.hpp"
#include "persistence/commands/handlers.hpp"
#include "persistence/write_route.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <iterator>
#include <utility>

namespace chatmesh::persistence {

namespace {

command_result refused_result(refusal why, domain::faults faults = {}) {
  return {refused{why, std::move(faults), {}, {}}, {}, {}};
}

constexpr std::uint64_t mib = 1024 * 1024;

}  // namespace

batch_runner::link::link(const settings& s) : db(s), told(check_history(db)), stores(db) {
  db.kind().watch_wal(db.handle().soci, wal_bytes);
}

batch_runner::batch_runner(const settings& s, health& told)
    : settings_(s), health_(told), link_(std::in_place, s), history_(link_->told.identity),
      next_checkpoint_bytes_(s.wal_limit_mib * mib) {}

// False: not yet again. Throws what opening a session throws.
bool batch_runner::connect() {
  if (link_)
    return true;
  if (!pause_.is_over(retry_pause::clock::now()))
    return false;
  try {
    link_.emplace(settings_);
  } catch (const std::exception& e) {
    pause_.failed(retry_pause::clock::now());  // the attempt itself may have taken seconds
    health_.failed(e);
    throw;
  }
  pause_.succeeded();
  history_changed_ = history_changed_ || link_->told.is_renewed || link_->told.identity != history_;
  history_ = link_->told.identity;
  return true;
}

std::vector<command_result> batch_runner::run(std::span<const write_request* const> batch) {
  const bool locks_companies = !dialect_of(settings_.database.kind).sql.lock_counters.empty();
  bool waited = false;
  for (int left = max_attempts;;) {
    try {
      if (!connect())
        break;
      auto results = commit(batch);
      health_.served();
      return results;
    } catch (const std::exception& e) {
      recover();
      const failure why = failure_of(e);
      if (why == failure::conflict && batch.size() > 1)
        return one_by_one(batch);
      const bool lost_commit = std::exchange(committing_, false);
      const bool is_worth_it = why == failure::conflict || (why == failure::connection && !lost_commit);
      if (is_worth_it && --left > 0)
        continue;
      if (why == failure::busy && locks_companies && !std::exchange(waited, true)) {
        passing_by_ = true;  // the others' companies go on
        continue;
      }
      health_.failed(e);
      break;
    }
  }
  return std::vector<command_result>(batch.size(), refused_result(refusal::unavailable));
}

std::vector<command_result> batch_runner::one_by_one(std::span<const write_request* const> batch) {
  std::vector<command_result> results;
  results.reserve(batch.size());
  for (const write_request* const each : batch)
    results.push_back(std::move(run({&each, 1}).front()));
  return results;
}

// Commands look before they write, so that hardly one is refused with something to undo.
std::vector<command_result> batch_runner::commit(std::span<const write_request* const> batch) {
  try {
    return attempt(batch, undo::not_at_all);
  } catch (const needs_savepoints&) {
    if (!link_->db.rollback())
      throw database_error("the session is lost");
    return attempt(batch, undo::by_savepoints);
  }
}

std::vector<command_result> batch_runner::attempt(std::span<const write_request* const> batch, undo how) {
  std::vector<command_result> results;
  results.reserve(batch.size());
  link_->db.begin_write();
  link_->stores.log.begin();
  link_->stores.log.wait_for_locks(!passing_by_);
  const auto held = lock(batch);
  const domain::timestamp now = link_->db.now();
  if (link_->db.kind().is_remote() && how == undo::not_at_all && held.empty())
    foresee(link_->stores, batch, now);
  for (const write_request* each : batch) {
    const auto company = held.empty() ? std::nullopt : route_of(*each).company;
    const bool passed_by = company && std::ranges::find(held, *company) != held.end();
    results.push_back(passed_by ? refused_result(refusal::unavailable) : run_one(*each, now, how));
  }
  passing_by_ = passing_by_ || link_->stores.log.has_met_held();
  link_->stores.log.store_counters();
  committing_ = true;
  const auto begun = std::chrono::steady_clock::now();
  try {
    link_->db.commit();
    commit_time_ = std::chrono::steady_clock::now() - begun;
  } catch (const std::exception& e) {
    const failure why = failure_of(e);
    committing_ = why != failure::conflict && why != failure::constraint;  // then it was not made
    if (committing_)
      doubt(results);
    else if (why == failure::constraint && how == undo::not_at_all)
      throw needs_savepoints{};  // of a change that was sent and not waited for
    throw;
  }
  committing_ = false;
  return results;
}

void batch_runner::doubt(const std::vector<command_result>& results) {
  const auto add = [this](const domain::id& company) {
    if (std::ranges::find(doubtful_, company) == doubtful_.end())
      doubtful_.push_back(company);
  };
  for (const command_result& each : results) {
    if (!each.changes.empty())
      add(each.changes.front().company_id);
    for (const ended_notice& end : each.ended)
      add(end.company);
  }
}

// A session that is lost may live on for a while on the server's side, and its COMMIT with it; it holds its companies'
// locks until the end. So who gets these locks knows that the end has come.
void batch_runner::settle() {
  if (doubtful_.empty() || !pause_.is_over(retry_pause::clock::now()))
    return;
  try {
    connect();
    link_->db.begin_write();
    auto held = link_->db.lock_free_companies(doubtful_);
    link_->db.commit();
    std::ranges::copy_if(doubtful_, std::back_inserter(settled_),
                         [&](const domain::id& each) { return std::ranges::find(held, each) == held.end(); });
    doubtful_ = std::move(held);
    if (!doubtful_.empty())
      settle_held();
    pause_.succeeded();
  } catch (const std::exception& e) {
    spdlog::warn("what became of a commit is not known yet: {}", describe(e));
    recover();
    pause_.failed(retry_pause::clock::now());
  }
}

// Others may hold it all the time, one after the other: so one is waited for, no longer than the lane's other companies
// can bear, and another one the next time.
void batch_runner::settle_held() {
  std::rotate(doubtful_.begin(), doubtful_.begin() + 1, doubtful_.end());
  link_->db.begin_write();
  link_->db.lock_company_soon(doubtful_.back());
  link_->db.commit();
  settled_.push_back(doubtful_.back());
  doubtful_.pop_back();
}

// What several transactions would wait for is taken first and in one order by all of them. Answers the companies that
// others hold, where those are passed by.
std::vector<domain::id> batch_runner::lock(std::span<const write_request* const> batch) {
  bool accounts = false;
  std::vector<domain::id> companies;
  for (const write_request* each : batch) {
    const write_route route = route_of(*each);
    accounts = accounts || route.accounts;
    if (route.company)
      companies.push_back(*route.company);
  }
  if (accounts)
    link_->db.lock_accounts();
  if (!passing_by_) {
    link_->db.lock_companies_first(companies);
    return {};
  }
  auto held = link_->db.lock_free_companies(companies);
  passing_by_ = !held.empty();
  return held;
}

// A constraint may have met a row that another transaction has committed since the command looked: then it sees that
// row now, and says what it is to say. Throws only where the whole transaction is in doubt.
command_result batch_runner::run_one(const write_request& request, domain::timestamp now, undo how) {
  for (int left = max_attempts; left > 0; --left) {
    if (auto result = try_one(request, now, how))
      return *std::move(result);
  }
  return refused_result(refusal::unavailable);
}

// None: a constraint refused it.
std::optional<command_result> batch_runner::try_one(const write_request& request, domain::timestamp now, undo how) {
  const auto changes = link_->db.handle().changes;
  const auto undone = [&](command_result result) {
    undo_one(how, changes);
    return result;
  };
  if (how == undo::by_savepoints)
    link_->db.savepoint();
  try {
    write_context context{link_->stores, request, now};
    written answer = std::visit([&](const auto& asked) { return persistence::run(context, asked); }, request.command);
    if (how == undo::by_savepoints) {
      link_->stores.log.store_counters();
      link_->db.release_savepoint();  // waits for all that the command has sent
    }
    return command_result{std::move(answer), context.take_changes(), context.take_ended()};
  } catch (refused_write& e) {
    return undone({std::move(e.answer), {}, {}});
  } catch (domain::invalid& e) {
    return undone(refused_result(refusal::invalid, std::move(e.list)));
  } catch (const company_held&) {
    return undone(refused_result(refusal::unavailable));
  } catch (const soci::soci_error& e) {
    if (failure_of(e) != failure::constraint)
      throw;
    if (how == undo::not_at_all)
      throw needs_savepoints{};
    spdlog::error("a write was refused by the database: {}", describe(e));
    undo_one(how, changes);
    return {};
  } catch (const domain::json::exception& e) {  // whose text may quote what is stored
    spdlog::error("a write failed: a stored value has an unexpected form (JSON error {})", e.id);
    return undone(refused_result(refusal::unavailable));
  } catch (const std::exception& e) {
    spdlog::error("a write failed: {}", e.what());
    return undone(refused_result(refusal::unavailable));
  }
}

void batch_runner::undo_one(undo how, std::uint64_t changes_before) {
  if (how == undo::by_savepoints) {
    link_->db.rollback_to_savepoint();
    link_->stores.log.begin();
  } else if (link_->db.handle().changes != changes_before)
    throw needs_savepoints{};
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
    folded = link_->db.kind().checkpoint(link_->db.handle().soci, settings_);
  } catch (const soci::soci_error& e) {
    spdlog::warn("the write-ahead log can't be folded in: {}", describe(e));
  }
  // A reader that held it up must not hold up every batch from now on: try again when the log has grown by a quarter.
  next_checkpoint_bytes_ = folded ? limit : link_->wal_bytes + limit / 4;
  if (folded)
    link_->wal_bytes = 0;
}

}  // namespace chatmesh::persistence
