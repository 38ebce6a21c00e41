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

}  // namespace
