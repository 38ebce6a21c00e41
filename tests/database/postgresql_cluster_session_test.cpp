// The table of nodes: leases by the database's clock. And which companies stand further on than a node knows.
#include "database_fixture.hpp"
#include "persistence/cluster_session.hpp"

namespace {

using namespace chatmesh;
using namespace chatmesh::persistence;
using namespace chatmesh::persistence::test;

class PostgresqlClusterSession : public database_test {
protected:
  bool renew(const domain::id& node, const std::string& name = "a") {
    return session.renew({node, name, {}, "", "[]"}, std::chrono::milliseconds{15'000});
  }
  std::vector<domain::id> nodes() {
    std::vector<domain::id> all;
    for (const auto& each : session.nodes())
      all.push_back(each.id);
    return all;
  }
  void expire(const domain::id& node) { tamper("UPDATE nodes SET expires_at = 1 WHERE id = :id", node); }
  std::int64_t rows() {
    persistence::session db{config};
    return statement{db.handle(), select("COUNT(*)", "FROM nodes")}.one([](row& r) { return r.number(); }).value();
  }
  company_head head_of(const domain::id& company) {
    const auto at = reads->find_position(company).value();
    return {company, at.epoch, at.head, at.authority};
  }
  std::vector<domain::id> newer(const std::vector<company_head>& known) {
    std::vector<domain::id> all;
    for (const auto& each : session.find_newer(known))
      all.push_back(each.company);
    return all;
  }

  cluster_session session{config};
  const domain::id first = domain::id::make(), second = domain::id::make();
  person ann = sign_up_as("Ann", "ann@example.org"), bob = sign_up_as("Bob", "bob@example.org");
};

TEST_F(PostgresqlClusterSession, NodesAreThereFromTheirFirstRenewalToTheirLeave) {
  EXPECT_FALSE(renew(first));
  EXPECT_TRUE(renew(first));
  EXPECT_FALSE(renew(second));
  EXPECT_EQ(nodes(), (std::vector{first, second}));
  session.leave(first);
  EXPECT_EQ(nodes(), (std::vector{second}));
}

TEST_F(PostgresqlClusterSession, NodesOfOneNameAreToldApart) {
  renew(first, "same");
  renew(second, "same");
  const auto found = session.nodes();
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].name, found[1].name);
  EXPECT_NE(found[0].id, found[1].id);
}

TEST_F(PostgresqlClusterSession, NodesAreGoneWhenTheirLeaseIsOver) {
  renew(first);
  expire(first);
  EXPECT_TRUE(nodes().empty());
  renew(second);
  EXPECT_EQ(rows(), 1) << "and leave no row behind";
  EXPECT_FALSE(renew(first)) << "one that was only slow is told, and back";
  EXPECT_EQ(rows(), 2);
}

TEST_F(PostgresqlClusterSession, ANodeThatIsLateIsToldSoAlsoWhereNobodySweptIt) {
  renew(first);
  const auto since = session.nodes().at(0).started_at;
  expire(first);
  EXPECT_FALSE(renew(first));
  EXPECT_EQ(rows(), 1);
  EXPECT_EQ(session.nodes().at(0).started_at, since);
  EXPECT_TRUE(renew(first));
}

TEST_F(PostgresqlClusterSession, NodesAreSweptInBoundedSteps) {
  for (std::uint64_t i = 0; i < cluster_session::max_swept + 50; ++i)
    tamper("INSERT INTO nodes (id, name, started_at, expires_at) VALUES (:id, 'old', 1, 1)", domain::id::make());
  renew(first);
  EXPECT_EQ(rows(), 51);
  renew(first);
  EXPECT_EQ(rows(), 1);
}

TEST_F(PostgresqlClusterSession, NewerAreCompaniesWithMoreEvents) {
  const auto before = head_of(ann.company), other = head_of(bob.company);
  EXPECT_TRUE(newer({before, other}).empty());
  add_customer(ann, "Cleo");
  const auto found = session.find_newer({before, other});
  ASSERT_EQ(found.size(), 1U);
  const auto now = head_of(ann.company);
  EXPECT_EQ(found[0].company, ann.company);
  EXPECT_EQ(found[0].epoch, now.epoch);
  EXPECT_EQ(found[0].head, now.head);
  EXPECT_EQ(found[0].authority, now.authority);
  EXPECT_TRUE(newer({now}).empty());
}

TEST_F(PostgresqlClusterSession, NewerAreCompaniesWhereASessionEnded) {
  const person cy = hire(ann, "cy");
  const auto before = head_of(ann.company);
  write(cy.as_user(), close_session{});
  EXPECT_EQ(newer({before}), (std::vector{ann.company}));
}

TEST_F(PostgresqlClusterSession, NewerAreCompaniesOfAnotherHistory) {
  auto known = head_of(ann.company);
  known.epoch ^= 1;
  known.head += 100;
  EXPECT_EQ(newer({known}), (std::vector{ann.company}));
}

TEST_F(PostgresqlClusterSession, NewerAreAllCompaniesOfADatabaseThatTookOver) {
  const auto before = head_of(ann.company);
  tamper("UPDATE histories SET identity = 'another cluster'");
  cluster_session after_failover{config};
  const auto found = after_failover.find_newer({before});
  ASSERT_EQ(found.size(), 1U) << "where nobody else has come upon it";
  EXPECT_NE(found[0].epoch, before.epoch);
}

TEST_F(PostgresqlClusterSession, NewerAmongTenThousandAreFoundByOneQuery) {
  std::vector<company_head> known;
  for (int i = 0; i < 10'000; ++i)  // of companies that are erased, say
    known.push_back({domain::id::make(), 0xffffffff, ~0ULL >> 1, ~0ULL >> 1});
  auto of_ann = head_of(ann.company);
  --of_ann.head;
  known.push_back(of_ann);
  EXPECT_EQ(newer(known), (std::vector{ann.company}));
  EXPECT_TRUE(newer({}).empty());
}

TEST_F(PostgresqlClusterSession, ASessionThatWasLostIsReplacedByTheNextCall) {
  renew(first);
  {
    persistence::session db{config};
    const auto ended = statement{db.handle(), select("COUNT(pg_terminate_backend(pid))",
                                                     "FROM pg_stat_activity WHERE datname = current_database() "
                                                     "AND pid <> pg_backend_pid()")}
                           .one([](row& r) { return r.number(); });
    EXPECT_GE(ended.value(), 1);
  }
  EXPECT_THROW(nodes(), database_error);
  EXPECT_EQ(nodes(), (std::vector{first}));
}

TEST(SqliteClusterSession, IsRefused) {
  settings s;
  s.database.place = "chat.db";
  EXPECT_THROW(cluster_session{s}, database_error);
}

}  // namespace
