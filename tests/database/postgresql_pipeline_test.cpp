// What is said to PostgreSQL without waiting keeps its order, and its failures are told.
#include "database_fixture.hpp"
#include "postgresql_proxy.hpp"
#include "tests/support/postgresql_server.hpp"

namespace {

using namespace chatmesh;
using namespace chatmesh::persistence;
using namespace chatmesh::persistence::test;

class PostgresqlPipeline : public database_test {
protected:
  PostgresqlPipeline() { run(db, "CREATE TABLE t (number BIGINT PRIMARY KEY, words TEXT)"); }

  template <class... Values>
  static std::uint64_t run(session& in, const char* sql, const Values&... values) {
    return statement{in.handle(), sql}.execute(values...);
  }
  std::int64_t rows() { return statement{db.handle(), select("COUNT(*)", "FROM t")}.one(number).value(); }

  static std::int64_t number(row& r) { return r.number(); }
  static std::string text(row& r) { return r.text(); }

  session db{config};
  statement insert{db.handle(), "INSERT INTO t (number, words) VALUES (:number, :words)"};
  statement find{db.handle(), select("words", "FROM t WHERE number = :number")};
};

TEST_F(PostgresqlPipeline, WhatWasSentIsThereForWhatIsAskedNext) {
  db.begin_write();
  insert.send(1, "one");
  insert.send(2, "two");
  EXPECT_EQ(find.one(text, 2), "two");
  insert.send(3, "three");
  db.commit();
  EXPECT_EQ(rows(), 3);
}

// More than is let wait, and more than either side's buffers hold.
TEST_F(PostgresqlPipeline, ManyAndLargeStatements) {
  constexpr int count = 2'500;
  db.begin_write();
  for (int i = 0; i < count; ++i)
    insert.send(i, std::string(static_cast<std::size_t>(i % 50) * 1'000, 'x'));
  for (int i = 0; i < count; ++i)
    find.foresee({}, i);
  for (int i = 0; i < count; ++i)
    EXPECT_EQ(find.one(text, i).value().size(), static_cast<std::size_t>(i % 50) * 1'000);
  db.commit();
  EXPECT_EQ(rows(), count);
}

TEST_F(PostgresqlPipeline, ARefusedStatementIsToldToWhoeverWaitsNext) {
  insert.execute(1, "taken");
  for (const bool by_commit : {true, false}) {
    db.begin_write();
    insert.send(2, "two");
    insert.send(1, "again");
    insert.send(3, "three");
    try {
      if (by_commit)
        db.commit();
      else
        find.one(text, 2);
      ADD_FAILURE() << "the failure was not told";
    } catch (const soci::soci_error& e) {
      EXPECT_EQ(failure_of(e), failure::constraint);
    }
    EXPECT_THROW(db.commit(), database_error) << "it would be none";
    EXPECT_TRUE(db.rollback());
    EXPECT_EQ(rows(), 1);
  }
  db.begin_write();
  insert.send(1, "again");
  EXPECT_TRUE(db.rollback()) << "it is taken back with the rest";
  insert.execute(2, "two");
  EXPECT_EQ(rows(), 2);
}

TEST_F(PostgresqlPipeline, ALostSessionIsTold) {
  db.begin_write();
  insert.send(1, "one");
  const auto pid = statement{db.handle(), select("pg_backend_pid()", "")}.one(number).value();
  insert.send(2, "two");
  chatmesh::test::postgresql_execute(place.url(), "SELECT pg_terminate_backend(" + std::to_string(pid) + ", 10000)");
  try {
    db.commit();
    ADD_FAILURE() << "it was made by nobody";
  } catch (const soci::soci_error& e) {
    EXPECT_EQ(failure_of(e), failure::connection);
  }
  EXPECT_FALSE(db.rollback());
  EXPECT_THROW(find.one(text, 1), soci::soci_error);
}

// Where another session changes a row meanwhile, an answer tells whether it was asked for before or after.
TEST_F(PostgresqlPipeline, AnswersAreKeptUntilAChangeMayHaveMadeThemUntrue) {
  session other{config};
  const auto first = domain::id::make(), second = domain::id::make();
  const auto set = [&](const char* words) { run(other, "UPDATE t SET words = :words", words); };
  statement apart_change{db.handle(), apart("DELETE FROM t WHERE number = :number")};
  insert.execute(1, "old");
  insert.execute(2, "old");
  const auto ask = [&](int which) { return find.one(text, which); };

  db.begin_write();
  find.foresee(first, 1);
  find.foresee(second, 2);
  EXPECT_EQ(ask(1), "old");
  set("new");
  EXPECT_EQ(ask(1), "old");
  EXPECT_EQ(ask(2), "old");
  apart_change.send(100);
  EXPECT_EQ(ask(1), "old");
  insert.send_about(first, 3, "about the first");
  EXPECT_EQ(ask(1), "new");
  EXPECT_EQ(ask(2), "old");
  insert.send(4, "about anything");
  EXPECT_EQ(ask(2), "new");
  db.rollback();

  db.begin_write();
  find.foresee(first, 1);
  db.rollback();
  set("newer");
  db.begin_write();
  EXPECT_EQ(ask(1), "newer") << "what was foreseen ends with its transaction";
  db.rollback();
}

// Guards the writes' speed by a count: begin, locks, clock; proof and object; sequence; rows and COMMIT.
TEST_F(PostgresqlPipeline, AWriteTakesFewRoundTrips) {
  const person ann = sign_up_as("Ann", "ann@example.org");
  const auto customer = add_customer(ann, "Cleo");
  postgresql_proxy line{folder.path(), place.server()};
  config.database = parse_database_url(chatmesh::test::postgresql_url(folder.path(), place.name()));
  restart_writer();
  int last = 0;
  for (int i = 0; i < 3; ++i) {  // the first ones prepare the statements
    const auto before = line.turns();
    write(token_principal{ann.company, ann.token},
          patch(domain::entity::customer, customer, R"({"name":"Cleo )" + std::to_string(i) + R"("})"));
    last = line.turns() - before;
  }
  EXPECT_LE(last, 4);
  stop_writer();  // its line goes first
}

}  // namespace
