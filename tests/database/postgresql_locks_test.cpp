// Goal: who holds a lock holds up what needs it and nothing else, and a node that froze holds none for long. Method:
// sessions of the test that hold what a batch wants.
#include "database_fixture.hpp"
#include "persistence/cluster_session.hpp"
#include "postgresql_proxy.hpp"
#include "tests/support/postgresql_server.hpp"
#include "tests/support/wait.hpp"

#include <algorithm>
#include <future>

namespace {

using namespace chatmesh;
using namespace chatmesh::persistence;
using namespace chatmesh::persistence::test;
using chatmesh::test::eventually;

class PostgresqlLocks : public database_test {
protected:
  PostgresqlLocks() {
    config.busy_timeout = std::chrono::milliseconds{500};
    restart_writer();
  }

  std::string sql(const std::string& text) { return chatmesh::test::postgresql_execute(place.url(), text); }

  void wait_for_waiters(const std::string& count) {
    eventually("sessions to wait for a lock", [&] {
      return sql("SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = "
                 "'Lock'") == count;
    });
  }

  // All in one transaction.
  std::vector<std::future<write_outcome>> submit_together(std::vector<write_request> requests) {
    gate entered;
    auto go = std::make_shared<gate>();
    queue().submit(request(anonymous{}, prune_log{}), [&entered, go](const write_outcome&) {
      entered.open();
      go->wait();
    });
    entered.wait();
    std::vector<std::future<write_outcome>> answers;
    for (write_request& each : requests) {
      auto answered = std::make_shared<std::promise<write_outcome>>();
      answers.push_back(answered->get_future());
      queue().submit(std::move(each), [answered](write_outcome o) { answered->set_value(std::move(o)); });
    }
    go->open();
    return answers;
  }

  write_request visit(const person& to) {
    return request(
        anonymous{},
        open_widget_session{
            reads->find_company(to.company)->widget_key, {}, {}, {}, fresh_hash(), in(std::chrono::hours{1})});
  }

  const person ann = sign_up_as("Ann", "ann@example.org"), bob = sign_up_as("Bob", "bob@example.org");
};

// The server executes what has arrived, and then waits for us: it has to know that a transaction is idle.
TEST_F(PostgresqlLocks, AFrozenSessionsAreTakenBackHoweverMuchItHasSent) {
  sql("CREATE TABLE t (number BIGINT PRIMARY KEY, words TEXT)");
  for (const std::size_t size : {100U, 5'000U, 20'000U}) {
    session frozen{config}, other{config};
    statement{frozen.handle(), "SET idle_in_transaction_session_timeout = 300"}.execute();
    statement{other.handle(), "SET lock_timeout = '1min'"}.execute();
    statement mine{frozen.handle(), "INSERT INTO t (number, words) VALUES (:number, :words)"};
    statement{frozen.handle(), "DELETE FROM t"}.execute();
    frozen.begin_write();
    mine.send(1, "held");
    for (int i = 2; i < 16; ++i)
      mine.send(i, std::string(size, 'x'));
    statement theirs{other.handle(), "INSERT INTO t (number, words) VALUES (:number, 'free')"};
    EXPECT_EQ(theirs.execute(1), 1U) << size;
    EXPECT_THROW(frozen.commit(), std::exception);
  }
}

TEST_F(PostgresqlLocks, ACompanyThatACommandFindsOutHoldsUpNobodyElse) {
  session holder{config};
  holder.begin_write();
  holder.lock_companies({ann.company});
  for (int i = 0; i < 2; ++i) {  // the second batch knows of the lock
    std::vector<write_request> both;
    both.push_back(request(bob.as_member(), customer_named("free")));
    both.push_back(visit(ann));
    auto answers = submit_together(std::move(both));
    EXPECT_TRUE(std::holds_alternative<written>(answers[0].get()));
    EXPECT_EQ(expect_refused(answers[1].get()).why, refusal::unavailable);
  }
  EXPECT_EQ(head(bob), 4U);
  EXPECT_EQ(why(ann.as_user(), close_session{}), refusal::unavailable);
  holder.commit();
  EXPECT_EQ(head(ann), 2U);
  EXPECT_TRUE(std::holds_alternative<written>(run(visit(ann))));
  write(ann.as_user(), close_session{});
  EXPECT_EQ(why(ann.as_user(), close_session{}), refusal::unauthenticated) << "it was none before";
}

// Method: the next in Bob's row queues behind the batch, and has it when the batch has committed.
TEST_F(PostgresqlLocks, ADoubtfulCompanyThatIsHeldHoldsUpNobodyElse) {
  postgresql_proxy line{folder.path(), place.server()};
  config.busy_timeout = std::chrono::minutes{1};
  session first{config}, next{config};
  config.database = parse_database_url(chatmesh::test::postgresql_url(folder.path(), place.name()));
  restart_writer();
  first.begin_write();
  first.lock_companies({bob.company});
  std::vector<write_request> both;
  both.push_back(request(ann.as_member(), customer_named("Cleo")));
  both.push_back(request(bob.as_member(), customer_named("Dora")));
  auto answers = submit_together(std::move(both));
  wait_for_waiters("1");
  line.cut_commit();
  auto holds = std::async(std::launch::async, [&] {
    next.begin_write();
    next.lock_companies({bob.company});
  });
  wait_for_waiters("2");
  first.commit();
  for (auto& each : answers)
    EXPECT_EQ(expect_refused(each.get()).why, refusal::unavailable);
  holds.get();
  eventually("the end of doubt about Ann's", [&] { return told.doubts() == std::vector{ann.company}; });
  write(ann.as_member(), customer_named("goes on"));
  EXPECT_EQ(head(ann), 4U);
  next.commit();
  eventually("the end of doubt about Bob's", [&] { return told.doubts().size() == 2; });
  EXPECT_EQ(told.doubts().back(), bob.company);
  EXPECT_EQ(head(bob), 3U);
  stop_writer();  // its line goes first
}

// Nodes probe as often as they like, and one of them may freeze.
TEST_F(PostgresqlLocks, AProbeWaitsForNoOther) {
  session one{config}, other{config};
  const auto probe = [](session& in) { return statement{in.handle(), in.kind().sql.probe}.execute(); };
  one.begin_write();
  EXPECT_EQ(probe(one), 1U);
  other.begin_write();
  EXPECT_EQ(probe(other), 1U);
  other.commit();
  one.commit();
}

// A node of the version before is still there while the newer ones come.
TEST_F(PostgresqlLocks, ANewerSchemaDoesNotEndANodesLease) {
  tamper("INSERT INTO schema_version (version, name, hash, applied_at) VALUES (10000, 'next', :hash, 1)", "00");
  cluster_session session{config};
  const domain::id node = domain::id::make();
  EXPECT_FALSE(session.renew({node, "a", {}, "", "[]"}, std::chrono::seconds{15}));
  EXPECT_EQ(session.nodes().size(), 1U);
}

}  // namespace
