// The schema: made, found again, brought up to date from every version, and refused where it is not ours.
#include "persistence/schema/migrations.hpp"

#include "database_fixture.hpp"

#include <fstream>
#include <thread>

namespace {

using namespace chatmesh;
using namespace chatmesh::persistence;
using namespace chatmesh::persistence::test;

class Migrations : public ::testing::Test {
protected:
  template <class... Values>
  void execute(const char* sql, const Values&... values) {
    session db{config};
    statement{db.handle(), sql}.execute(values...);
  }

  std::int64_t count(std::string_view rest) {
    session db{config};
    return statement{db.handle(), select("COUNT(*)", rest)}.one([](row& r) { return r.number(); }).value();
  }

  void prepare_up_to(std::size_t version) {
    dialect_of(config.database.kind).create(config);
    session db{config};
    migrate(db, migrations().first(version));
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
  chatmesh::test::test_database place{folder.path()};
  settings config{.database = parse_database_url(place.url())};
};

TEST_F(Migrations, AreNumberedWithoutHoles) {
  int expected = 1;
  for (const migration& step : migrations())
    EXPECT_EQ(step.version, expected++);
}

TEST_F(Migrations, CreateTheSchema) {
  prepare_database(config);
  session db{config};
  statement versions{db.handle(), select("version", "FROM schema_version ORDER BY version")};
  const auto applied = versions.all([](row& r) { return r.number(); });
  EXPECT_EQ(applied.size(), migrations().size());
  EXPECT_EQ(applied.back(), migrations().back().version);
}

// Goal: whatever version a database has, with rows in every table it knows, it becomes the present one and keeps them.
class EveryVersion : public Migrations, public testing::WithParamInterface<std::size_t> {
protected:
  static constexpr int customers = 1'200;  // more than one step of a fill

  void fill(std::size_t version) {
    session db{config};
    const auto add = [&](const char* sql, const auto&... values) { statement{db.handle(), sql}.execute(values...); };
    db.begin_write();
    add("INSERT INTO users VALUES (:id, 'Ann', 'A@b.example', 'a@b.example', 'hash', 1)", id);
    add("INSERT INTO sessions VALUES (:id, 'token', :user, 1, 9000000000000)", id, id);
    add("INSERT INTO companies (id, name, widget_key, widget_origins, version, created_at, updated_at) "
        "VALUES (:id, 'Acme', 'w', '[]', 1, 1, 1)",
        id);
    add("INSERT INTO company_counters VALUES (:company, 7, 1, 0)", id);
    add("INSERT INTO employees (id, company_id, user_id, name, role, status, version, created_at, updated_at) "
        "VALUES (:id, :company, :user, 'Ann', 'owner', 'active', 1, 1, 1)",
        id, id, id);
    add("INSERT INTO change_log (company_id, seq, at, entity, action, object_id, author_kind, author_name, client, "
        "authority, data) VALUES (:company, 1, 1, 'company', 'created', :object, 'system', '', '', 0, "
        "'{\"object\":{}}')",
        id, id);
    statement customer{db.handle(), "INSERT INTO customers (id, company_id, name, email, organization, status, tags, "
                                    "attributes, version, created_at, updated_at, last_activity_at) VALUES (:id, "
                                    ":company, :name, 'A@B.example', 'Süd', 'open', '[]', '{}', 1, 1, 1, 1)"};
    for (int i = 0; i < customers; ++i)
      customer.execute(i == 0 ? id : domain::id::make(), id, "STRASSE " + std::to_string(i));
    for (const char* token : {"a", "b"})
      add("INSERT INTO widget_tokens (token_hash, customer_id, created_at, expires_at) VALUES (:token, :customer, 1, "
          "1)",
          token, id);
    add("INSERT INTO messages (id, company_id, customer_id, direction, body, author_kind, author_id, author_name, "
        "version, created_at, updated_at) VALUES (:id, :company, :customer, 'inbound', 'Hi', 'customer', :author, 'C', "
        "1, "
        "1, 1)",
        id, id, id, id);
    add("INSERT INTO notes (id, company_id, customer_id, author_id, body, pinned, version, created_at, updated_at) "
        "VALUES (:id, :company, :customer, :author, 'n', 0, 1, 1, 1)",
        id, id, id, id);
    if (version >= 2)
      add("INSERT INTO api_tokens VALUES (:id, :company, :employee, 'ci', 'agent', 'h', 1, NULL)", id, id, id);
    if (version >= 9)
      add("INSERT INTO reads VALUES (:id, :company, :customer, :employee, :message, 1, 1, 1, 0)", id, id, id, id, id);
    if (version >= 10)
      add("INSERT INTO images VALUES (:employee, :hash, :company, 'image/png', 'AA==', 0, NULL)", id,
          std::string(64, '0'), id);
    db.commit();
  }

  const domain::id id = domain::id::make();
};

TEST_P(EveryVersion, BecomesThePresentOneWithItsRows) {
  prepare_up_to(GetParam());
  fill(GetParam());
  if (GetParam() == migrations().size())  // rows of before hashes were kept
    execute("UPDATE schema_version SET hash = NULL");
  prepare_database(config);
  EXPECT_EQ(count("FROM schema_version WHERE hash IS NOT NULL"), static_cast<std::int64_t>(migrations().size()));
  const auto reads = open_stores(config);
  EXPECT_TRUE(reads->find_login("a@B.example"));
  EXPECT_TRUE(reads->find_member(id, id));
  EXPECT_TRUE(reads->session_is_live(id));
  EXPECT_EQ(reads->find_position(id)->head, 1U);
  EXPECT_EQ(reads->read_log(id, 0, 10, 1'000'000).changes.size(), 1U);
  EXPECT_EQ(reads->count_customers(id), static_cast<std::uint64_t>(customers));
  EXPECT_TRUE(reads->find_note(id, id));
  EXPECT_TRUE(reads->find_message(id, id));
  EXPECT_EQ(count("FROM api_tokens"), GetParam() >= 2 ? 1 : 0);
  EXPECT_NE(reads->cursor_key(), secret_key{});
  if (GetParam() < 3) {
    EXPECT_EQ(count("FROM customers WHERE search LIKE 'strasse %a@b.example%süd%'"), customers);
  }
  if (GetParam() < 8) {
    EXPECT_EQ(count("FROM customers WHERE name_key LIKE 'strasse %'"), customers);
  }
  EXPECT_EQ(reads->reads_of(id, id, {id}).size(), GetParam() >= 9 ? 1U : 0U);
  EXPECT_EQ(reads->find_image(secret_hash{}).has_value(), GetParam() >= 10);
  session db{config};
  statement named{db.handle(), select("COUNT(DISTINCT id)", "FROM widget_tokens")};
  if (GetParam() < 5) {
    EXPECT_EQ(named.one([](row& r) { return r.number(); }), 2) << "tokens that are there get an id of their own";
  }
}

INSTANTIATE_TEST_SUITE_P(Migrations, EveryVersion, testing::Range<std::size_t>(1, migrations().size() + 1));

TEST_F(Migrations, LeaveAnExistingDatabaseAsItIs) {
  prepare_database(config);
  execute("INSERT INTO users (id, name, email, email_key, password_hash, created_at) "
          "VALUES (:id, 'Ann', 'ann@example.org', 'ann@example.org', 'h', 1)",
          domain::id::make());
  prepare_database(config);
  EXPECT_TRUE(open_stores(config)->find_login("ann@example.org"));
}

TEST_F(Migrations, RunOnceHoweverManyStartAtOnce) {
  constexpr int nodes = 4;
  dialect_of(config.database.kind).create(config);
  std::vector<std::string> faults(nodes);
  std::vector<std::thread> starts;
  for (int i = 0; i < nodes; ++i)
    starts.emplace_back([&, i] {
      try {
        prepare_database(config);
      } catch (const std::exception& e) {
        faults.at(static_cast<std::size_t>(i)) = e.what();
      }
    });
  for (auto& each : starts)
    each.join();
  EXPECT_EQ(faults, std::vector<std::string>(nodes));
  EXPECT_EQ(count("FROM schema_version"), static_cast<std::int64_t>(migrations().size()));
  EXPECT_EQ(count("FROM secrets"), 1);
}

TEST_F(Migrations, RefuseASchemaThatIsNewer) {
  prepare_database(config);
  execute("INSERT INTO schema_version (version, name, applied_at) VALUES (9999, 'from the future', 0)");
  EXPECT_NE(refusal().find("9999"), std::string::npos);
}

TEST_F(Migrations, RefuseAStepThatWasAppliedWithAnotherContent) {
  prepare_database(config);
  execute("UPDATE schema_version SET hash = :hash WHERE version = 2", std::string(64, '0'));
  EXPECT_NE(refusal().find("step 2 (api_tokens) was applied to the database with another content"), std::string::npos);
}

// What a database keeps is compared with what the program says, so the saying must not change by accident.
TEST_F(Migrations, AreNeverEditedAfterTheirRelease) {
  constexpr std::string_view released[] = {
      "63611f7859cce0ea73c454b795626c32058eb191c3de06dc28982f577d2c4335",
      "6df43714676e6fb367428374700f85de9663f43d7c1eb95850a73f1d75de8d74",
      "1112e3491ab5e2659366885d1b57b5ea56d3b73ad9cdf873aaf5abe7728dbc85",
      "536d9d6420678fc6d910865b7ee12b26a3ec475997f98aa34a1b1d1a09cf1ed2",
      "7fda934ae61c6951e4a0d008ec6ca85cf694a861a8b9d9e6ae9fee4de38aacda",
      "ec75f997a4f3249ac0d7e08eb49a08aa4f43ef782cbf6a48437d366996775394",
      "e132a6824214c207dbcf462aef22e79843b12686d479534a616d10ae9ff1519a",
      "70f6ac7dbebe345facc75b32412c102215c106b342cf3d241c282f8d6990ab53",
      "eaee1ce76af7396c1c379d5eb292c12c2fa64872f641fa23dec49b9535fcdde7",
      "8954b47d9ca7a9e1e3c963ad4254dd702a83bd57f4a5fdd2eb768a9cb69fcf1c",
  };
  for (std::size_t i = 0; i < std::size(released); ++i)
    EXPECT_EQ(content_hash(migrations()[i]), released[i]) << "step " << i + 1;
  constexpr std::string_view one[] = {"a", "b"}, other[] = {"ab"};
  EXPECT_NE(content_hash({1, "n", one, nullptr}), content_hash({1, "n", other, nullptr}));
  EXPECT_NE(content_hash({1, "n", one, nullptr}), content_hash({2, "n", one, nullptr}));
  EXPECT_NE(content_hash({1, "n", one, nullptr}), content_hash({1, "m", one, nullptr}));
}

TEST_F(Migrations, RefuseADatabaseOfSomethingElse) {
  dialect_of(config.database.kind).create(config);
  execute("CREATE TABLE recipes (id TEXT)");
  EXPECT_NE(refusal().find("something else"), std::string::npos);
}

// Whatever order the database itself prefers.
TEST_F(Migrations, TextComparesByItsBytes) {
  prepare_database(config);
  for (const char* key : {"b", "B", "a-", "a", "\u00e4", "Z"})
    execute("INSERT INTO secrets (name, value) VALUES (:name, '')", key);
  session db{config};
  statement read{db.handle(), select("name", "FROM secrets WHERE name <> 'cursors' ORDER BY name")};
  EXPECT_EQ(read.all([](row& r) { return r.text(); }), (std::vector<std::string>{"B", "Z", "a", "a-", "b", "\u00e4"}));
  statement above{db.handle(), select("name", "FROM secrets WHERE name > :name ORDER BY name")};
  EXPECT_EQ(above.all([](row& r) { return r.text(); }, "b"), (std::vector<std::string>{"cursors", "\u00e4"}));
}

// ---- what only a file can be

class SqliteMigrations : public Migrations {
protected:
  SqliteMigrations() { config.database.place = (folder.path() / "data dir" / "a b.db").string(); }

  std::string pragma(const char* name) {
    session db{config};
    return statement{db.handle(), sql_text{std::string{"PRAGMA "} + name, 1}}
        .one([](row& r) { return r.text(); })
        .value();
  }
};

TEST_F(SqliteMigrations, CreateFolderAndFile) {
  prepare_database(config);
  const auto mode = std::filesystem::status(config.database.place).permissions();
  EXPECT_EQ(mode, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write) << "kept from others";
}

TEST_F(SqliteMigrations, RefuseAFileThatIsNoDatabase) {
  std::filesystem::create_directories(std::filesystem::path{config.database.place}.parent_path());
  std::ofstream{config.database.place} << std::string(8192, 'x');
  EXPECT_NE(refusal().find("is no SQLite database"), std::string::npos);
}

TEST_F(SqliteMigrations, RefuseAPathThatCanNotBe) {
  config.database.place = "/proc/none/such.db";
  EXPECT_NE(refusal(), "");
}

TEST_F(SqliteMigrations, EverySessionIsDurableAndChecksReferences) {
  prepare_database(config);
  EXPECT_EQ(pragma("journal_mode"), "wal");
  EXPECT_EQ(pragma("synchronous"), "2");
  EXPECT_EQ(pragma("foreign_keys"), "1");
}

}  // namespace
