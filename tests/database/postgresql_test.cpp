// What PostgreSQL brings that SQLite has not: several writers, their conflicts, and a server that goes away.
#include "database_fixture.hpp"
#include "persistence/readers.hpp"
#include "persistence/write_route.hpp"
#include "postgresql_proxy.hpp"
#include "tests/support/postgresql_server.hpp"
#include "tests/support/wait.hpp"

#include <atomic>
#include <map>
#include <set>
#include <thread>

namespace {

using namespace chatmesh;
using namespace chatmesh::persistence;
using namespace chatmesh::persistence::test;
using chatmesh::test::eventually;
using domain::entity;

class PostgresqlWriters : public database_test {
protected:
  PostgresqlWriters() { use_writers(4); }

  void use_writers(std::size_t count) {
    config.writers = count;
    restart_writer();
  }

  std::string sql(const std::string& text) { return chatmesh::test::postgresql_execute(place.url(), text); }

  // Every other session of this database ends, as by an administrator or a crash of its process.
  void terminate_sessions() {
    sql("SELECT COUNT(pg_terminate_backend(pid)) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid()");
  }

  // The first so many inserts of a customer fail with that state; a sequence's steps outlive a rollback.
  void let_inserts_fail(int count, const std::string& state) {
    sql("CREATE SEQUENCE tries");
    sql("CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF nextval('tries') <= " +
        std::to_string(count) + " THEN RAISE EXCEPTION 'in the way' USING ERRCODE = '" + state +
        "'; END IF; RETURN NEW; END $$");
    sql("CREATE TRIGGER fail BEFORE INSERT ON customers FOR EACH ROW EXECUTE FUNCTION fail()");
  }

  // As many writes at once, one after the other in each thread, through writers that know nothing of each other.
  static int write_in_parallel(std::vector<std::pair<writer*, std::vector<write_request>>> work) {
    std::atomic<int> failures{0};
    std::vector<std::thread> threads;
    for (auto& [to, requests] : work)
      threads.emplace_back([&failures, to = to, requests = std::move(requests)]() mutable {
        for (auto& each : requests) {
          std::promise<bool> done;
          to->submit(std::move(each),
                     [&](const write_outcome& outcome) { done.set_value(std::holds_alternative<written>(outcome)); });
          failures += done.get_future().get() ? 0 : 1;
        }
      });
    for (auto& each : threads)
      each.join();
    return failures;
  }

  std::size_t lane_of(const person& who) const {
    return route_of(request(who.as_member(), prune_log{})).number % config.writers;
  }
};

TEST_F(PostgresqlWriters, OneCompanyWaitsForNoOther) {
  const person ann = sign_up_as("Ann", "ann@example.org");
  person other = sign_up_as("B0", "b0@example.org");
  for (int i = 1; lane_of(other) == lane_of(ann); ++i)
    other = sign_up_as("B", "b" + std::to_string(i) + "@example.org");
  session holder{config};
  holder.begin_write();
  holder.lock_companies({ann.company});
  std::promise<bool> waits;
  queue().submit(request(ann.as_member(), customer_named("waits")),
                 [&](const write_outcome& outcome) { waits.set_value(std::holds_alternative<written>(outcome)); });
  write(other.as_member(), customer_named("does not wait"));
  EXPECT_EQ(head(ann), 2U);
  holder.commit();
  EXPECT_TRUE(waits.get_future().get());
  EXPECT_EQ(head(ann), 3U);
}

// Goal: dense, in commit order, no update lost. Method: two writers with four sessions each, as two nodes have, and
// several companies; each thread changes one customer of its company and makes others.
TEST_F(PostgresqlWriters, ACompanysOrderHoldsWhoeverWrites) {
  recorder other_told;
  writer other{config, other_told};
  constexpr int companies = 3, writes = 40;
  std::vector<person> people;
  std::vector<domain::id> shared;
  std::vector<std::pair<writer*, std::vector<write_request>>> work;
  for (int i = 0; i < companies; ++i) {
    people.push_back(sign_up_as("P", "p" + std::to_string(i) + "@example.org"));
    shared.push_back(add_customer(people.back(), "shared"));
    for (writer* to : {&queue(), &other}) {
      std::vector<write_request> requests;
      for (int n = 0; n < writes; ++n) {
        const std::string name = std::to_string(n) + (to == &other ? "other" : "own");
        requests.push_back(
            request(people.back().as_member(), patch(entity::customer, shared.back(), R"({"name":")" + name + "\"}")));
        requests.push_back(request(people.back().as_member(), customer_named(name)));
      }
      work.emplace_back(to, std::move(requests));
    }
  }
  EXPECT_EQ(write_in_parallel(std::move(work)), 0);
  for (int i = 0; i < companies; ++i) {
    const person& who = people[static_cast<std::size_t>(i)];
    const auto log = reads->read_log(who.company, 0, 10'000, 1 << 30).changes;
    ASSERT_EQ(log.size(), 3U + 4 * writes);
    std::uint64_t version = 1;
    for (std::size_t n = 0; n < log.size(); ++n) {
      EXPECT_EQ(log[n].seq, n + 1);
      if (log[n].object_id == shared[static_cast<std::size_t>(i)] && log[n].action == domain::action::updated) {
        EXPECT_EQ(parse(log[n].data).at("object").at("version"), ++version) << "no update was lost";
      }
    }
    EXPECT_EQ(version, 1U + 2 * writes);
  }
  std::map<domain::id, std::uint64_t> last;
  for (const auto& each : told.changes())
    EXPECT_LT(std::exchange(last[each.company_id], each.seq), each.seq) << "told in order";
}

TEST_F(PostgresqlWriters, OneAddressSignsUpOnceWhateverNodeItAsks) {
  recorder other_told;
  writer other{config, other_told};
  constexpr int rounds = 20;
  std::vector<write_request> own, others;
  for (int i = 0; i < rounds; ++i)
    for (auto* requests : {&own, &others})
      requests->push_back(
          request(anonymous{},
                  sign_up{{"Acme", {}}, "Ann", "ann" + std::to_string(i) + "@example.org", "hash", fresh_session()}));
  std::map<refusal, int> refusals;
  std::mutex mutex;
  const auto ask = [&](writer& to, std::vector<write_request>& requests) {
    for (auto& each : requests) {
      std::promise<void> done;
      to.submit(std::move(each), [&](const write_outcome& outcome) {
        if (const auto* no = std::get_if<refused>(&outcome)) {
          const std::lock_guard lock{mutex};
          ++refusals[no->why];
        }
        done.set_value();
      });
      done.get_future().get();
    }
  };
  std::thread second{[&] { ask(other, others); }};
  ask(queue(), own);
  second.join();
  EXPECT_EQ(refusals, (std::map<refusal, int>{{refusal::email_taken, rounds}}));
}

TEST_F(PostgresqlWriters, ABatchThatMeetsAConflictIsRunCommandByCommand) {
  const person ann = sign_up_as("Ann", "ann@example.org");
  for (const char* state : {"40001", "40P01"}) {
    let_inserts_fail(2, state);
    const auto before = head(ann);
    write(ann.as_member(), customer_named("in the end"));
    EXPECT_EQ(head(ann), before + 1);
    EXPECT_EQ(sql("SELECT last_value FROM tries"), "3");
    sql("DROP FUNCTION fail CASCADE");
    sql("DROP SEQUENCE tries");
  }
}

TEST_F(PostgresqlWriters, AConflictThatStaysIsGivenUp) {
  const person ann = sign_up_as("Ann", "ann@example.org");
  let_inserts_fail(1'000, "40001");
  EXPECT_EQ(why(ann.as_member(), customer_named("never")), refusal::unavailable);
  EXPECT_EQ(sql("SELECT last_value FROM tries"), "4") << "the bound";
  EXPECT_EQ(head(ann), 2U);
}

// Two transactions that hold what the other wants: PostgreSQL ends one of them.
TEST_F(PostgresqlWriters, ADeadlockIsNoFailure) {
  const person ann = sign_up_as("Ann", "ann@example.org"), bob = sign_up_as("Bob", "bob@example.org");
  const std::string key = reads->find_company(bob.company)->widget_key;
  config.database = parse_database_url(place.url() + "&options=-c%20deadlock_timeout%3D3s");
  config.busy_timeout = std::chrono::minutes{1};
  use_writers(1);
  session holder{config};
  statement{holder.handle(), "SET deadlock_timeout = '1h'"}.execute();  // it is the other that gives way
  holder.begin_write();
  holder.lock_companies({bob.company});
  gate entered, go, done;
  std::atomic<int> left{2}, failures{0};
  queue().submit(request(anonymous{}, prune_log{}), [&](const write_outcome&) {
    entered.open();
    go.wait();
  });
  entered.wait();
  const auto count = [&](const write_outcome& outcome) {
    failures += std::holds_alternative<written>(outcome) ? 0 : 1;
    if (--left == 0)
      done.open();
  };
  queue().submit(request(ann.as_member(), customer_named("Cleo")), count);
  queue().submit(request(anonymous{}, open_widget_session{key, {}, {}, {}, fresh_hash(), in(std::chrono::hours{1})}),
                 count);
  go.open();
  eventually("the batch to wait for Bob's company", [&] {
    return sql("SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = "
               "'Lock'") == "1";
  });
  holder.lock_companies({ann.company});  // returns once the batch has given way
  holder.commit();
  done.wait();
  EXPECT_EQ(failures, 0);
  EXPECT_EQ(head(ann), 3U);
  EXPECT_EQ(head(bob), 3U);
}

// ---- the server goes away

TEST_F(PostgresqlWriters, SessionsThatWereEndedAreReplacedUnnoticed) {
  const person ann = sign_up_as("Ann", "ann@example.org");
  readers pool{config};
  const auto read = [&] {
    std::promise<bool> done;
    EXPECT_TRUE(pool.submit([&](stores& s) { done.set_value(s.find_company(ann.company).has_value()); },
                            [&] { done.set_value(false); }));
    return done.get_future().get();
  };
  EXPECT_TRUE(read());
  for (int i = 0; i < 3; ++i) {
    terminate_sessions();
    write(ann.as_member(), customer_named("after"));
    EXPECT_TRUE(read());
    EXPECT_TRUE(read());
  }
  EXPECT_EQ(open_stores(config)->find_position(ann.company)->head, 5U);
  EXPECT_TRUE(told.doubts().empty());
}

TEST_F(PostgresqlWriters, ASessionThatIsEndedWithinATransactionLeavesNothingHalfDone) {
  const person ann = sign_up_as("Ann", "ann@example.org");
  session holder{config};
  holder.begin_write();
  holder.lock_companies({ann.company});
  std::promise<bool> done;
  queue().submit(request(ann.as_member(), customer_named("Cleo")),
                 [&](const write_outcome& outcome) { done.set_value(std::holds_alternative<written>(outcome)); });
  const std::string waiting = "FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
  eventually("the write to wait", [&] { return sql("SELECT COUNT(*) " + waiting) == "1"; });
  sql("SELECT COUNT(pg_terminate_backend(pid)) " + waiting);
  eventually("the write to be begun anew", [&] {
    return sql("SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = "
               "'Lock'") == "1";
  });
  holder.commit();
  EXPECT_TRUE(done.get_future().get());
  EXPECT_EQ(head(ann), 3U);
  EXPECT_EQ(reads->count_customers(ann.company), 1U);
}

// Goal: a COMMIT whose answer is lost is not acknowledged, and what it made is told. Method: a line that is cut then.
TEST_F(PostgresqlWriters, ACommitWithoutAnAnswerIsDoubtedUntilItsEndIsKnown) {
  const person ann = sign_up_as("Ann", "ann@example.org");
  postgresql_proxy line{folder.path(), place.server()};
  config.database = parse_database_url(chatmesh::test::postgresql_url(folder.path(), place.name()));
  use_writers(1);
  told.forget();
  line.cut_commit();
  EXPECT_EQ(why(ann.as_member(), customer_named("Cleo")), refusal::unavailable);
  EXPECT_TRUE(line.has_cut());
  eventually("the end of doubt", [&] { return !told.doubts().empty(); });
  EXPECT_EQ(told.doubts(), std::vector{ann.company});
  EXPECT_EQ(head(ann), 3U) << "it was made";
  EXPECT_TRUE(told.changes().empty()) << "the log tells it";
  write(ann.as_member(), customer_named("Dora"));
  EXPECT_EQ(head(ann), 4U);
  stop_writer();  // its line goes first
}

TEST_F(PostgresqlWriters, ACommitThatIsRefusedIsNotAcknowledged) {
  const person ann = sign_up_as("Ann", "ann@example.org");
  told.forget();
  sql("CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM "
      "pg_terminate_backend(pg_backend_pid()); "
      "RETURN NULL; END $$");
  sql("CREATE CONSTRAINT TRIGGER die AFTER INSERT ON customers DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE "
      "FUNCTION die()");
  EXPECT_EQ(why(ann.as_member(), customer_named("Cleo")), refusal::unavailable);
  eventually("the end of doubt", [&] { return !told.doubts().empty(); });
  EXPECT_EQ(head(ann), 2U);
  EXPECT_EQ(reads->count_customers(ann.company), 0U);
  sql("DROP FUNCTION die CASCADE");
  write(ann.as_member(), customer_named("Dora"));
  EXPECT_EQ(head(ann), 3U);
}

TEST_F(PostgresqlWriters, ADatabaseThatIsAnotherOneBeginsANewHistory) {
  const person ann = sign_up_as("Ann", "ann@example.org"), bob = sign_up_as("Bob", "bob@example.org");
  const auto epoch_of = [&](const person& who) { return open_stores(config)->find_position(who.company)->epoch; };
  const auto anns = epoch_of(ann), bobs = epoch_of(bob);
  terminate_sessions();
  write(ann.as_member(), customer_named("the same"));
  EXPECT_EQ(epoch_of(ann), anns);
  EXPECT_EQ(told.history_changes(), 0);
  sql("UPDATE histories SET identity = 'another cluster'");
  terminate_sessions();
  EXPECT_NE(write(ann.as_member(), customer_named("other")).cursor->epoch, anns);
  EXPECT_NE(epoch_of(ann), anns);
  EXPECT_NE(epoch_of(bob), bobs);
  EXPECT_GE(told.history_changes(), 1);
  const auto renewed = epoch_of(bob);
  prepare_database(config);
  restart_writer();
  EXPECT_EQ(epoch_of(bob), renewed) << "once";
}

TEST_F(PostgresqlWriters, AReaderThatComesUponAnotherDatabaseTellsOfIt) {
  std::atomic<int> history_changes{0};
  config.readers = 1;
  readers pool{config, [&] { ++history_changes; }};
  const auto reads_something = [&] {
    std::promise<bool> done;
    pool.submit([&](stores&) { done.set_value(true); }, [&] { done.set_value(false); });
    return done.get_future().get();
  };
  EXPECT_TRUE(reads_something());
  terminate_sessions();
  EXPECT_TRUE(reads_something());
  EXPECT_EQ(history_changes, 0) << "the same one";
  sql("UPDATE histories SET identity = 'another cluster'");
  terminate_sessions();
  EXPECT_TRUE(reads_something());
  EXPECT_EQ(history_changes, 1);
}

}  // namespace
