// Prepared statements: values come back as they went in, and nothing of an earlier run shows in a later one.
#include "database_fixture.hpp"

#include <limits>

namespace {

using namespace chatmesh;
using namespace chatmesh::persistence;
using namespace chatmesh::persistence::test;

class Statement : public ::testing::Test {
protected:
  Statement() {
    config.database = parse_database_url(place.url());
    dialect_of(config.database.kind).create(config);
    db.emplace(config);
    make("CREATE TABLE t (number BIGINT, words TEXT UNIQUE)");
  }

  template <class... Values>
  std::uint64_t make(const char* sql, const Values&... values) {
    return statement{db->handle(), sql}.execute(values...);
  }

  temporary_folder folder;
  chatmesh::test::test_database place{folder.path()};
  settings config;
  std::optional<session> db;
};

constexpr const char* insert_text = "INSERT INTO t (number, words) VALUES (:number, :words)";

TEST_F(Statement, KeepsNumbersOf64Bits) {
  statement insert{db->handle(), insert_text};
  statement find{db->handle(), select("number", "FROM t WHERE words = :words")};
  for (const std::int64_t number : {std::numeric_limits<std::int64_t>::min(), std::int64_t{-1}, std::int64_t{0},
                                    std::int64_t{1} << 40, std::numeric_limits<std::int64_t>::max()}) {
    insert.execute(number, std::to_string(number));
    EXPECT_EQ(find.one([](row& r) { return r.number(); }, std::to_string(number)), number);
  }
}

TEST_F(Statement, KeepsTextByteForByte) {
  statement insert{db->handle(), insert_text};
  statement find{db->handle(), select("words", "FROM t WHERE number = :number")};
  int number = 0;
  for (const std::string text :
       {"", " trimmed? ", "it's \"quoted\" : :name", "na\u00efve \u6f22\u5b57 \U0001f600", "\x01\x7f\n"}) {
    insert.execute(++number, text);
    EXPECT_EQ(find.one([](row& r) { return r.text(); }, number), text);
  }
}

TEST_F(Statement, KeepsLargeText) {
  make("CREATE TABLE texts (words TEXT)");  // no index, which PostgreSQL would not have for so much
  const std::string large(300'000, 'x');
  make("INSERT INTO texts (words) VALUES (:words)", large);
  statement find{db->handle(), select("words", "FROM texts")};
  EXPECT_EQ(find.one([](row& r) { return r.text(); }), large);
}

TEST_F(Statement, TellsNullFromEmpty) {
  statement insert{db->handle(), insert_text};
  statement find{db->handle(), select("words, number", "FROM t ORDER BY number")};
  insert.execute(1, std::optional<std::string>{});
  insert.execute(2, std::optional<std::string>{""});
  insert.execute(3, std::optional<std::string>{"text"});
  const auto found = find.all([](row& r) { return r.optional_text(); });
  ASSERT_EQ(found.size(), 3U);
  EXPECT_EQ(found[0], std::nullopt);
  EXPECT_EQ(found[1], "");
  EXPECT_EQ(found[2], "text");
}

TEST_F(Statement, TellsNoRowFromTheRowBefore) {
  statement find{db->handle(), select("number", "FROM t WHERE words = :words")};
  const auto number = [](row& r) { return r.number(); };
  make(insert_text, 7, "here");
  EXPECT_EQ(find.one(number, "here"), 7);
  EXPECT_EQ(find.one(number, "nowhere"), std::nullopt);
  EXPECT_EQ(find.one(number, "here"), 7);
}

TEST_F(Statement, CountsTheRowsThatItChanged) {
  make(insert_text, 1, "a");
  make(insert_text, 2, "b");
  statement update{db->handle(), "UPDATE t SET number = number + 1 WHERE number >= :from"};
  EXPECT_EQ(update.execute(0), 2U);
  EXPECT_EQ(update.execute(3), 1U);
  EXPECT_EQ(update.execute(100), 0U);
}

TEST_F(Statement, AnswersWhatAChangeReturns) {
  make(insert_text, 41, "a");
  statement raise{db->handle(), returning("number, words", "UPDATE t SET number = number + 1 WHERE words = :words")};
  const auto read = [](row& r) {
    const auto number = r.number();
    return std::pair{number, r.text()};
  };
  EXPECT_EQ(raise.one(read, "a"), (std::pair<std::int64_t, std::string>{42, "a"}));
  EXPECT_EQ(raise.one(read, "a"), (std::pair<std::int64_t, std::string>{43, "a"}));
}

class SqliteStatement : public Statement {};

TEST_F(SqliteStatement, HoldsNoLockAfterAVisitThatStoppedEarly) {
  for (int i = 0; i < 10; ++i)
    make(insert_text, i, std::to_string(i));
  statement find{db->handle(), select("number", "FROM t")};
  int seen = 0;
  find.each([&](row&) { return ++seen < 3; });
  EXPECT_EQ(seen, 3);
  EXPECT_TRUE(session{config}.kind().checkpoint(session{config}.handle().soci,
                                                config));  // waits for readers, in vain if one is left
}

TEST_F(Statement, IsFitForUseAfterAnError) {
  statement insert{db->handle(), insert_text};
  insert.execute(1, "taken");
  EXPECT_THROW(insert.execute(2, "taken"), soci::soci_error);
  EXPECT_EQ(insert.execute(2, "free"), 1U);
}

TEST_F(Statement, ErrorsAreToldWithoutTheirValues) {
  statement insert{db->handle(), insert_text};
  insert.execute(1, "a secret");
  try {
    insert.execute(2, "a secret");
    FAIL() << "the second row must be refused";
  } catch (const soci::soci_error& e) {
    EXPECT_EQ(describe(e).find("secret"), std::string::npos);
    EXPECT_NE(describe(e).find("constraint"), std::string::npos);
    EXPECT_EQ(failure_of(e), failure::constraint);
  }
}

TEST_F(Statement, RefusesAValueOfAnotherForm) {
  make(insert_text, 1, "neither id nor number");
  statement find{db->handle(), select("words", "FROM t")};
  EXPECT_THROW(find.one([](row& r) { return r.id(); }), database_error);
  EXPECT_THROW(find.one([](row& r) { return r.number(); }), database_error);
  EXPECT_THROW(find.one([](row& r) { return r.name(domain::parse_role); }), database_error);
}

TEST_F(Statement, SavepointsUndoOnlyTheirOwn) {
  db->begin_write();
  make(insert_text, 1, "kept");
  db->savepoint();
  make(insert_text, 2, "undone");
  db->rollback_to_savepoint();
  db->savepoint();
  make(insert_text, 3, "kept too");
  db->release_savepoint();
  db->commit();
  statement find{db->handle(), select("number", "FROM t ORDER BY number")};
  EXPECT_EQ(find.all([](row& r) { return r.number(); }), (std::vector<std::int64_t>{1, 3}));
}

TEST_F(Statement, TheClockIsTheMachinesOwn) {
  const auto before = domain::now();
  const auto told = db->now();
  const auto after = domain::now();
  EXPECT_LE(before - std::chrono::milliseconds{1}, told);  // rounded to the nearest
  EXPECT_LE(told, after + std::chrono::milliseconds{1});
}

}  // namespace
