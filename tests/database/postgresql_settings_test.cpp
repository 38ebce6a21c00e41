// What a PostgreSQL server, database or role is set to, and what that may do to writes that were acknowledged.
#include "database_fixture.hpp"
#include "tests/support/postgresql_server.hpp"

namespace {

using namespace chatmesh;
using namespace chatmesh::persistence;
using namespace chatmesh::persistence::test;

class PostgresqlSettings : public database_test {
protected:
  static std::string synchronous_commit_of(const settings& of) {
    session db{of};
    return statement{db.handle(), select("current_setting('synchronous_commit')", "")}
        .one([](row& r) { return r.text(); })
        .value();
  }

  static std::vector<std::string> risks_of(const std::string& url) {
    settings of;
    of.database = parse_database_url(url);
    session db{of};
    return db.kind().risks(db.handle().soci);
  }
};

TEST_F(PostgresqlSettings, ACommitIsFlushedWhateverTheDatabasesDefaultSays) {
  const auto set = [&](const std::string& value) {
    chatmesh::test::postgresql_execute(place.url(),
                                       "ALTER DATABASE " + place.name() + " SET synchronous_commit = " + value);
  };
  set("off");
  EXPECT_EQ(synchronous_commit_of(config), "on");
  set("local");  // flushed here, if not on a standby
  EXPECT_EQ(synchronous_commit_of(config), "local");
}

TEST_F(PostgresqlSettings, AToolThatReadsMayThinkWithinItsTransaction) {
  settings tool = config;
  tool.read_only = true;
  session serving{config}, reading{tool};
  const auto limit_of = [](session& db) {
    return statement{db.handle(), select("current_setting('idle_in_transaction_session_timeout')", "")}
        .one([](row& r) { return r.text(); })
        .value();
  };
  EXPECT_EQ(limit_of(serving), "4s");
  EXPECT_EQ(limit_of(reading), "0");
}

TEST_F(PostgresqlSettings, WhatMayLoseAcknowledgedWritesIsNamed) {
  const auto risks = risks_of(place.url());  // the tests' server doesn't flush
  ASSERT_EQ(risks.size(), 1U);
  EXPECT_NE(risks.front().find("fsync = off"), std::string::npos);

  chatmesh::test::postgresql_server half{{"fsync=on"}};
  const auto torn = risks_of(half.create_database("half"));
  ASSERT_EQ(torn.size(), 1U);
  EXPECT_NE(torn.front().find("full_page_writes = off"), std::string::npos);

  chatmesh::test::postgresql_server safe{{"fsync=on", "full_page_writes=on"}};
  EXPECT_TRUE(risks_of(safe.create_database("safe")).empty());
}

}  // namespace
