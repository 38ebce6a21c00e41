// Several nodes of one database: one migrates, for however long, and nobody fails for it.
#include "database_fixture.hpp"
#include "persistence/history.hpp"
#include "persistence/schema/migrations.hpp"
#include "tests/support/postgresql_server.hpp"
#include "tests/support/wait.hpp"

namespace {

using namespace chatmesh;
using namespace chatmesh::persistence;
using namespace chatmesh::persistence::test;
using chatmesh::test::eventually;

std::string value_of(session& db, const std::string& name) {
  statement show{db.handle(), select("current_setting(:name)", "")};
  return show.one([](row& r) { return r.text(); }, name).value();
}

class PostgresqlMigrations : public ::testing::Test {
protected:
  PostgresqlMigrations() { config.busy_timeout = std::chrono::milliseconds{1}; }

  std::string sql(const std::string& text) { return chatmesh::test::postgresql_execute(place.url(), text); }

  // Another node in the midst of a migration, until it commits.
  void migrate_elsewhere(session& other) {
    statement{other.handle(), "SET idle_in_transaction_session_timeout = 0"}.execute();
    other.begin_write();
    other.lock_schema();
  }

  temporary_folder folder;
  chatmesh::test::test_database place{folder.path()};
  settings config{.database = parse_database_url(place.url())};
};

TEST_F(PostgresqlMigrations, ANodeThatStartsWaitsLongerThanForALock) {
  session other{config};
  migrate_elsewhere(other);
  auto start = std::async(std::launch::async, [this] { prepare_database(config); });
  const auto has_ended = [&] { return start.wait_for(std::chrono::seconds{0}) == std::future_status::ready; };
  eventually("the start waits for many times the limit of a lock", [&] {
    return has_ended() ||
           sql("SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'advisory' "
               "AND clock_timestamp() - query_start > interval '100 milliseconds'") == "1";
  });
  EXPECT_FALSE(has_ended());
  other.commit();
  EXPECT_NO_THROW(start.get());
  EXPECT_EQ(sql("SELECT MAX(version) FROM schema_version"), std::to_string(migrations().back().version));
}

TEST_F(PostgresqlMigrations, AStepTakesItsTimeAndWaitsForNobody) {
  static std::vector<std::string> seen;
  seen.clear();
  const auto look = [](session& db) { seen = {value_of(db, "statement_timeout"), value_of(db, "lock_timeout")}; };
  std::vector<migration> steps{migrations().begin(), migrations().end()};
  steps.push_back({steps.back().version + 1, "a long one", {}, look});
  session db{config};
  migrate(db, steps);
  EXPECT_EQ(seen, (std::vector<std::string>{"0", "1ms"}));
  EXPECT_EQ(value_of(db, "statement_timeout"), "30s");
  EXPECT_EQ(value_of(db, "lock_timeout"), "1ms");
}

// Running nodes replace their sessions meanwhile.
TEST_F(PostgresqlMigrations, AHistoryIsCheckedWhileAnotherNodeMigrates) {
  prepare_database(config);
  session other{config}, replaced{config};
  migrate_elsewhere(other);
  EXPECT_FALSE(check_history(replaced).is_renewed);
  sql("UPDATE histories SET identity = 'another'");
  EXPECT_TRUE(check_history(replaced).is_renewed);
  other.commit();
}

}  // namespace
