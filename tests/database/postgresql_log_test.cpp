// What the log costs on PostgreSQL: pruning holds up neither users nor other nodes, and a page is what was asked for.
#include "database_fixture.hpp"
#include "postgresql_proxy.hpp"
#include "tests/support/postgresql_server.hpp"

namespace {

using namespace chatmesh;
using namespace chatmesh::persistence;
using namespace chatmesh::persistence::test;

class PostgresqlLog : public database_test {
protected:
  static constexpr int messages = 100;

  PostgresqlLog() {
    for (int i = 0; i < messages; ++i)
      add_message(ann, customer, "m");
  }

  // From here on by a line that counts.
  void use(const postgresql_proxy&) {
    config.database = parse_database_url(chatmesh::test::postgresql_url(folder.path(), place.name()));
    restart_writer();
    reads = open_stores(config);
  }

  std::uint64_t prune(std::uint64_t keep) {
    return write(anonymous{}, prune_log{keep, std::chrono::hours{1}, 500, std::chrono::hours{100}}).removed;
  }

  void make_old() { tamper("UPDATE change_log SET at = :at", reads->now() - std::chrono::hours{10}); }

  person ann = sign_up_as("Ann", "ann@example.org");
  domain::id customer = add_customer(ann, "Cleo");
};

TEST_F(PostgresqlLog, PruningTakesFewRoundTripsHoweverManyRowsGo) {
  make_old();
  postgresql_proxy line{folder.path(), place.server()};
  use(line);
  EXPECT_EQ(prune(messages), 3U);  // prepares the statements
  const int before = line.turns();
  EXPECT_EQ(prune(2), messages - 2U);
  EXPECT_LE(line.turns() - before, 30);
  stop_writer();  // its line goes first
  reads.reset();
}

TEST_F(PostgresqlLog, OneNodePrunesAtATime) {
  make_old();
  {
    session other{config};
    statement{other.handle(), "SET idle_in_transaction_session_timeout = 0"}.execute();
    other.begin_write();
    statement claim{other.handle(), {other.kind().sql.claim_pruning, 1}};
    EXPECT_EQ(claim.one([](row& r) { return r.number(); }), 1);
    EXPECT_EQ(prune(10), 0U);
    other.commit();
  }
  EXPECT_EQ(prune(10), messages + 3U - 10);
}

TEST_F(PostgresqlLog, APageFetchesLittleMoreThanItHolds) {
  constexpr std::size_t event_bytes = 100'000;
  tamper("UPDATE change_log SET data = REPEAT('x', :bytes)", event_bytes);
  postgresql_proxy line{folder.path(), place.server()};
  use(line);
  const auto bytes_of = [&](auto read) {
    const auto before = line.answered();
    read();
    return line.answered() - before;
  };
  EXPECT_LE(bytes_of([&] { EXPECT_EQ(reads->read_log(ann.company, 0, 500, 2 * event_bytes).changes.size(), 2U); }),
            40 * event_bytes);
  std::size_t entries = 0;
  EXPECT_LE(bytes_of([&] { entries = reads->list_audit(ann.company, {}, {500, {}}).items.size(); }), 75 * event_bytes);
  EXPECT_GE(entries, 41U) << "4 MiB";
  stop_writer();
  reads.reset();
}

// The steps of a page are whole.
TEST_F(PostgresqlLog, APageOfManyStepsHasEachEventOnce) {
  const auto page = reads->read_log(ann.company, 1, 90, 1'000'000);
  ASSERT_EQ(page.changes.size(), 90U);
  for (std::size_t i = 0; i < page.changes.size(); ++i)
    EXPECT_EQ(page.changes[i].seq, i + 2);
  const auto audit = reads->list_audit(ann.company, {domain::entity::message, {}}, {80, {}});
  ASSERT_EQ(audit.items.size(), 80U);
  for (std::size_t i = 0; i < audit.items.size(); ++i)
    EXPECT_EQ(audit.items[i].change.seq, messages + 3 - i);
}

}  // namespace
