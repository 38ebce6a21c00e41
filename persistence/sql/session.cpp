#include "persistence/sql/session.hpp"

namespace chatmesh::persistence {

namespace {

std::string array_text(const std::vector<domain::id>& ids) {
  std::string list = "{";
  for (const domain::id& each : ids)
    list.append(list.size() > 1 ? "," : "").append(each.to_string());
  return list.append("}");
}

// Waits for what was sent and is to be taken back, whatever became of it.
void let_go(engine& of) noexcept {
  try {
    of.settle();
  } catch (const std::exception&) {  // NOLINT(bugprone-empty-catch): it is no more than what follows undoes
  }
}

}  // namespace

session::session(const settings& s)
    : db_(s), begin_write_(db_, kind().sql.begin_write), begin_read_(db_, kind().sql.begin_read),
      commit_(db_, "COMMIT"), rollback_(db_, "ROLLBACK"), savepoint_(db_, "SAVEPOINT command"),
      release_(db_, "RELEASE SAVEPOINT command"), rollback_to_(db_, "ROLLBACK TO SAVEPOINT command") {
  if (!kind().sql.clock.empty())
    clock_.emplace(db_, select(kind().sql.clock, ""));
  if (!kind().sql.lock_counters.empty())
    lock_counters_.emplace(db_, sql_text{kind().sql.lock_counters, 1});
}

void session::commit() {
  kind().check_before_commit(db_.soci);
  commit_.execute();
}

bool session::rollback() noexcept {
  let_go(*db_.engine);
  try {
    rollback_.execute();
    return true;
  } catch (const std::exception&) {
    return false;
  }
}

void session::rollback_to_savepoint() {
  let_go(*db_.engine);
  rollback_to_.send();
  release_.execute();  // rolling back to a savepoint leaves it open
}

void session::lock_schema() {
  db_.engine->settle();
  kind().lock_schema(db_.soci);
}

bool session::take(const std::string& lock) {
  if (lock.empty())
    return false;
  statement{db_, {lock, 1}}.each([](row&) { return true; });
  return true;
}

bool session::lock_companies(const std::vector<domain::id>& companies) {
  if (!lock_counters_)
    return false;
  if (!companies.empty())
    lock_counters_->each([](row&) { return true; }, array_text(companies));
  return true;
}

void session::lock_companies_first(const std::vector<domain::id>& companies) {
  if (lock_counters_ && !companies.empty())
    lock_counters_->send(array_text(companies));
}

std::vector<domain::id> session::lock_free_companies(const std::vector<domain::id>& companies) {
  if (!lock_counters_ || companies.empty())
    return {};
  const auto read = [](row& r) { return r.id(); };
  const auto list = array_text(companies);
  const auto free = statement{db_, {kind().sql.lock_free_counters, 1}}.all(read, list);
  return statement{db_, {kind().sql.held_counters, 1}}.all(read, list, array_text(free));
}

void session::lock_company_soon(const domain::id& company) {
  if (!kind().sql.limit_lock_wait.empty())
    statement{db_, kind().sql.limit_lock_wait}.execute();
  lock_companies({company});
}

domain::timestamp session::now() {
  return clock_ ? clock_->one([](row& r) { return r.time(); }).value() : domain::now();
}

}  // namespace chatmesh::persistence
