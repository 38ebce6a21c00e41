// The database file: made, found again, and refused where it is not ours.
#include "database_fixture.hpp"
#include "persistence/schema/migrations.hpp"

#include <fstream>

namespace {

using namespace chatmesh::persistence;
using namespace chatmesh::persistence::test;

class Migrations : public ::testing::Test {
protected:
  Migrations() { config.sqlite_path = (folder.path() / "data dir" / "a b.db").string(); }

  template <class... Values>
  void execute(const char* sql, const Values&... values) {
    session db{config};
    statement{db.handle(), sql}.execute(values...);
  }

  std::string pragma(const char* name) {
    session db{config};
    return statement{db.handle(), sql_text{std::string{"PRAGMA "} + name, 1}}
        .one([](row& r) { return r.text(); })
        .value();
  }

  std::string refusal() {
    try {
      prepare_database(config);
    } catch (const database_error& e) {
      return e.what();
    }
    return {};
  }

  temporary_folder folder;
  settings config;
};

TEST_F(Migrations, AreNumberedWithoutHoles) {
  int expected = 1;
  for (const migration& step : migrations())
    EXPECT_EQ(step.version, expected++);
}

TEST_F(Migrations, CreateFolderFileAndSchema) {
  prepare_database(config);
  session db{config};
  statement versions{db.handle(), select("version", "FROM schema_version ORDER BY version")};
  const auto applied = versions.all([](row& r) { return r.number(); });
  EXPECT_EQ(applied.size(), migrations().size());
  EXPECT_EQ(applied.back(), migrations().back().version);
}

TEST_F(Migrations, KeepTheFileFromOthers) {
  prepare_database(config);
  const auto mode = std::filesystem::status(config.sqlite_path).permissions();
  EXPECT_EQ(mode, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

TEST_F(Migrations, FillWhatIsThere) {
  prepare_database(config);
  execute("INSERT INTO companies VALUES ('k', 'Acme', 'w', '[]', 1, 1, 1, NULL, 0)");
  constexpr int count = 1'200;  // more than one step of it
  for (int i = 0; i < count; ++i)
    execute("INSERT INTO customers (id, company_id, name, email, organization, status, tags, attributes, version, "
            "created_at, updated_at, last_activity_at) VALUES (:id, 'k', :name, 'A@B.example', 'Süd', 'open', '[]', "
            "'{}', 1, 1, 1, 1)",
            std::to_string(i), "STRASSE " + std::to_string(i));
  execute("ALTER TABLE customers DROP COLUMN search");  // as the step before has left it
  execute("DROP TABLE secrets");
  execute("DROP INDEX widget_tokens_by_id");
  execute("ALTER TABLE widget_tokens DROP COLUMN id");
  execute("INSERT INTO widget_tokens VALUES ('a', '0', 1, 1), ('b', '0', 2, 2)");
  for (const std::string table : {"companies", "employees", "customers", "notes", "messages"})
    execute(("ALTER TABLE " + table + " DROP COLUMN last_seq").c_str());
  for (const std::string column : {"previous_seq", "hash"})
    execute(("ALTER TABLE change_log DROP COLUMN " + column).c_str());
  execute("DROP TABLE audit_log");
  execute("DROP TABLE log_checkpoints");
  execute("DELETE FROM schema_version WHERE version >= 3");
  prepare_database(config);
  session db{config};
  statement found{db.handle(), select("COUNT(*)", "FROM customers WHERE search = 'strasse ' || id || :rest")};
  EXPECT_EQ(found.one([](row& r) { return r.number(); }, "\na@b.example\nsüd\n"), count);
  statement named{db.handle(), select("COUNT(DISTINCT id)", "FROM widget_tokens")};
  EXPECT_EQ(named.one([](row& r) { return r.number(); }), 2) << "tokens that are there get an id of their own";
}

TEST_F(Migrations, LeaveAnExistingDatabaseAsItIs) {
  prepare_database(config);
  execute("INSERT INTO users (id, name, email, email_key, password_hash, created_at) "
          "VALUES (:id, 'Ann', 'ann@example.org', 'ann@example.org', 'h', 1)",
          chatmesh::domain::id::make());
  prepare_database(config);
  EXPECT_TRUE(open_stores(config)->find_login("ann@example.org"));
}

TEST_F(Migrations, RefuseASchemaThatIsNewer) {
  prepare_database(config);
  execute("INSERT INTO schema_version (version, name, applied_at) VALUES (9999, 'from the future', 0)");
  EXPECT_NE(refusal().find("9999"), std::string::npos);
}

TEST_F(Migrations, RefuseAFileThatIsNoDatabase) {
  std::filesystem::create_directories(std::filesystem::path{config.sqlite_path}.parent_path());
  std::ofstream{config.sqlite_path} << std::string(8192, 'x');
  EXPECT_NE(refusal().find("not a database"), std::string::npos);
}

TEST_F(Migrations, RefuseADatabaseOfSomethingElse) {
  std::filesystem::create_directories(std::filesystem::path{config.sqlite_path}.parent_path());
  execute("CREATE TABLE recipes (id TEXT)");
  EXPECT_NE(refusal().find("something else"), std::string::npos);
}

TEST_F(Migrations, RefuseAPathThatCanNotBe) {
  config.sqlite_path = "/proc/none/such.db";
  EXPECT_NE(refusal(), "");
}

TEST_F(Migrations, EverySessionIsDurableAndChecksReferences) {
  prepare_database(config);
  EXPECT_EQ(pragma("journal_mode"), "wal");
  EXPECT_EQ(pragma("synchronous"), "2");
  EXPECT_EQ(pragma("foreign_keys"), "1");
}

}  // namespace
