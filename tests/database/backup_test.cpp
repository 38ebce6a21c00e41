// Copies of the database, and their return.
#include "database_fixture.hpp"
#include "persistence/backup.hpp"
#include "persistence/database_lock.hpp"
#include "persistence/verify.hpp"

#include <fstream>

#include <sys/stat.h>
#include <unistd.h>

namespace {

using namespace chatmesh;
using namespace chatmesh::persistence;
using namespace chatmesh::persistence::test;

class SqliteBackup : public database_test {
protected:
  person ann = sign_up_as("Ann", "ann@example.org");
  std::string file = (folder.path() / "copy of it.db").string();

  template <class Do>
  static std::string refusal_of(Do work) {
    try {
      work();
    } catch (const database_error& e) {
      return e.what();
    }
    return "done";
  }
  static settings at(const std::string& path) {
    settings s;
    s.database = {database_kind::sqlite, path};
    return s;
  }
  static std::uint64_t faults(const settings& s) {
    return verify(s, {}, [](const std::string& line) { SCOPED_TRACE(line); }).faults;
  }
  std::vector<std::string> names_in_folder() const {
    std::vector<std::string> names;
    for (const auto& each : std::filesystem::directory_iterator{folder.path()})
      names.push_back(each.path().filename().string());
    std::sort(names.begin(), names.end());
    return names;
  }
  void close_database() {
    stop_writer();
    reads.reset();
  }
};

TEST_F(SqliteBackup, IsAWholeDatabaseInOneFileOfItsOwner) {
  add_customer(ann, "Cleo");
  const auto before = names_in_folder();
  backup(config, file, false);
  const auto mode = std::filesystem::status(file).permissions();
  EXPECT_EQ(mode, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  auto after = before;
  after.emplace_back("copy of it.db");
  std::sort(after.begin(), after.end());
  EXPECT_EQ(names_in_folder(), after) << "and nothing besides";
  EXPECT_EQ(faults(at(file)), 0U);
  EXPECT_EQ(open_stores(at(file))->count_customers(ann.company), 1U);
}

TEST_F(SqliteBackup, IsVerifiedWithoutATrace) {
  backup(config, file, false);
  const auto before = names_in_folder();
  std::filesystem::permissions(file, std::filesystem::perms::owner_read);
  EXPECT_EQ(faults(at(file)), 0U);
  EXPECT_EQ(names_in_folder(), before);
  EXPECT_NE(refusal_of([&] { faults(at((folder.path() / "none.db").string())); }).find("none.db"), std::string::npos);
  EXPECT_EQ(names_in_folder(), before) << "no database is made where none is";
}

TEST_F(SqliteBackup, ReplacesNothingUnlessTold) {
  std::ofstream{file} << "precious";
  EXPECT_NE(refusal_of([&] { backup(config, file, false); }).find("exists already"), std::string::npos);
  std::string kept;
  std::ifstream{file} >> kept;
  EXPECT_EQ(kept, "precious");
  EXPECT_EQ(refusal_of([&] { backup(config, file, true); }), "done");
  EXPECT_EQ(faults(at(file)), 0U);
}

TEST_F(SqliteBackup, LeavesNothingBehindWhereItFails) {
  const auto before = names_in_folder();
  EXPECT_NE(
      refusal_of([&] { backup(config, (folder.path() / "none" / "copy.db").string(), false); }).find("cannot write"),
      std::string::npos);
  EXPECT_NE(refusal_of([&] { backup(at((folder.path() / "none.db").string()), file, false); }).find("no such file"),
            std::string::npos);
  EXPECT_EQ(names_in_folder(), before);
}

TEST_F(SqliteBackup, ComesBackWithAnotherEpoch) {
  const auto customer = add_customer(ann, "Cleo");
  const auto position = reads->find_position(ann.company).value();
  backup(config, file, false);
  add_customer(ann, "after the backup");
  close_database();
  restore(config, file, true);
  reads = open_stores(config);
  const auto restored = reads->find_position(ann.company).value();
  EXPECT_EQ(restored.head, position.head);
  EXPECT_NE(restored.epoch, position.epoch);
  EXPECT_TRUE(reads->find_customer(ann.company, customer));
  EXPECT_EQ(reads->count_customers(ann.company), 1U);
  EXPECT_EQ(faults(config), 0U);
  EXPECT_EQ(open_stores(at(file))->find_position(ann.company)->epoch, position.epoch) << "the backup is as it was";
}

// An operator is often root, and the server is not.
TEST_F(SqliteBackup, ComesBackToTheServersUser) {
  if (::geteuid() != 0)
    GTEST_SKIP() << "only root gives files away";
  constexpr uid_t server = 65'534;
  const auto owner = [](const std::string& path) {
    struct stat found {};
    return ::stat(path.c_str(), &found) == 0 ? found.st_uid : 0;
  };
  backup(config, file, false);
  const auto home = folder.path() / "home";
  const settings there = at((home / "chat.db").string());
  std::filesystem::create_directory(home);
  ASSERT_EQ(::chown(home.c_str(), server, server), 0);
  restore(there, file, false);
  EXPECT_EQ(owner(there.database.place), server);
  EXPECT_EQ(owner(there.database.place + ".lock"), server);
  ASSERT_EQ(::chown(there.database.place.c_str(), server - 1, server), 0);
  restore(there, file, true);
  EXPECT_EQ(owner(there.database.place), server - 1) << "as what it replaces";
}

TEST_F(SqliteBackup, ComesBackToWhereNothingIs) {
  backup(config, file, false);
  const settings fresh = at((folder.path() / "new folder" / "chat.db").string());
  restore(fresh, file, false);
  EXPECT_EQ(faults(fresh), 0U);
  EXPECT_NE(refusal_of([&] { restore(fresh, file, false); }).find("exists already"), std::string::npos);
}

TEST_F(SqliteBackup, DoesNotComeBackWhileAServerRuns) {
  backup(config, file, false);
  close_database();
  const database_lock server{config};
  EXPECT_NE(refusal_of([&] { restore(config, file, true); }).find("in use by another ChatMesh process"),
            std::string::npos);
  EXPECT_NE(refusal_of([&] { renew_epochs(config); }).find("in use"), std::string::npos);
  EXPECT_NE(refusal_of([&] { const database_lock second{config}; }).find("in use"), std::string::npos);
}

TEST_F(SqliteBackup, WhatIsNoneLeavesTheDatabaseAsItIs) {
  backup(config, file, false);
  add_customer(ann, "Cleo");
  close_database();
  const auto refused = [&](const std::string& what) {
    EXPECT_NE(refusal_of([&] { restore(config, file, true); }).find(what), std::string::npos)
        << refusal_of([&] { restore(config, file, true); });
    EXPECT_EQ(open_stores(config)->count_customers(ann.company), 1U);
  };
  {
    session db{at(file)};
    statement{db.handle(), "INSERT INTO schema_version (version, name, applied_at) VALUES (9999, 'x', 0)"}.execute();
  }
  refused("9999");
  std::filesystem::resize_file(file, std::filesystem::file_size(file) / 2);
  refused("");
  std::ofstream{file, std::ios::trunc} << std::string(8192, 'x');
  refused("not a database");
  std::ofstream{file, std::ios::trunc};
  refused("no database of ChatMesh");
  std::filesystem::remove(file);
  refused("no such file");
}

TEST_F(SqliteBackup, ADamagedOneIsTold) {
  add_customer(ann, "Cleo");
  backup(config, file, false);
  close_database();
  {
    std::fstream pages{file, std::ios::in | std::ios::out | std::ios::binary};
    pages.seekp(static_cast<std::streamoff>(std::filesystem::file_size(file) - 4096 * 6));
    pages << std::string(4096 * 5, '\x55');
  }
  EXPECT_NE(refusal_of([&] { restore(config, file, true); }), "done");
  EXPECT_EQ(open_stores(config)->count_customers(ann.company), 1U);
}

// The write-ahead log of what is replaced must not be read into what replaces it.
TEST_F(SqliteBackup, ReplacesADatabaseThatCrashed) {
  backup(config, file, false);
  add_customer(ann, "in the log alone");
  const auto crashed = (folder.path() / "crashed.db").string();
  for (const std::string suffix : {"", "-wal"})
    std::filesystem::copy_file(config.database.place + suffix, crashed + suffix);
  restore(at(crashed), file, true);
  EXPECT_EQ(faults(at(crashed)), 0U);
  EXPECT_EQ(open_stores(at(crashed))->count_customers(ann.company), 0U);
}

class NewEpochs : public database_test {};

TEST_F(NewEpochs, AreForEveryCompany) {
  const person ann = sign_up_as("Ann", "ann@example.org");
  const person eve = sign_up_as("Eve", "eve@example.org", "Other");
  const auto first = reads->find_position(ann.company)->epoch, second = reads->find_position(eve.company)->epoch;
  EXPECT_EQ(renew_epochs(config), 2U);
  EXPECT_NE(reads->find_position(ann.company)->epoch, first);
  EXPECT_NE(reads->find_position(eve.company)->epoch, second);
  EXPECT_EQ(verify(config, {}, [](const std::string&) {}).faults, 0U) << "the chain holds over it";
}

class PostgresqlBackup : public database_test {};

// Whoever asks is told what to use instead.
TEST_F(PostgresqlBackup, IsPostgresqlsOwn) {
  if (!chatmesh::test::test_database::on_postgresql())
    GTEST_SKIP() << "about PostgreSQL alone";
  const auto refusal_of = [](auto work) {
    try {
      work();
    } catch (const database_error& e) {
      return std::string{e.what()};
    }
    return std::string{"done"};
  };
  const auto file = (folder.path() / "copy").string();
  EXPECT_NE(refusal_of([&] { backup(config, file, false); }).find("pg_dump"), std::string::npos);
  EXPECT_NE(refusal_of([&] { restore(config, file, true); }).find("pg_restore"), std::string::npos);
  EXPECT_FALSE(std::filesystem::exists(file));
}

}  // namespace
