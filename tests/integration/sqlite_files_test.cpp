// A file that can't be what it should be: the server refuses to start, says why, ends with status 1, and leaves every
// byte as it was.
#include "tests/integration/fixture.hpp"
#include "tests/support/child_process.hpp"

#include <fstream>
#include <iterator>
#include <map>

namespace chatmesh::test {

namespace {

constexpr std::size_t page = 4096;

std::string content_of(const std::filesystem::path& file) {
  std::ifstream in{file, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

void write_file(const std::filesystem::path& file, const std::string& content) {
  std::ofstream{file, std::ios::binary | std::ios::trunc} << content;
}

// What the database consists of; beside it are shared memory, which is a cache, and the file that one process locks.
using files = std::map<std::string, std::string>;

class SqliteFiles : public testing::Test {
protected:
  std::filesystem::path file() const { return server.folder() / "chatmesh.db"; }
  std::filesystem::path log_file() const { return file().string() + "-wal"; }

  files all() const {
    files found;
    for (const auto& each : std::filesystem::directory_iterator{server.folder()})
      if (!each.path().string().ends_with("-shm") && !each.path().string().ends_with(".lock"))
        found[each.path().filename()] = content_of(each.path());
    return found;
  }

  // A database with something in it; `killed`: with a write-ahead log beside it.
  void fill(bool killed = false) {
    server.start();
    auto owner = sign_up(server.port(), "Acme", "Ada");
    for (int i = 0; i < 60; ++i)
      owner.create("/customers", full_customer(std::string(100, 'x')));
    if (killed)
      server.kill();
    else
      ASSERT_EQ(server.terminate(), 0);
  }

  void expect_refused(const std::string& words) {
    const auto before = all();
    EXPECT_EQ(server.fail_to_start(), 1);
    const auto log = server.log();
    EXPECT_NE(log.find("chatmesh: "), std::string::npos) << log;
    EXPECT_NE(log.find(words), std::string::npos) << log;
    EXPECT_NE(log.find(file().string()), std::string::npos) << "which file? " << log;
    EXPECT_TRUE(all() == before) << "something was changed, made or removed";
  }

  server_process server{{}, {.environment = {}, .database_url = {}, .wrapper = {}, .start = false}};
};

}  // namespace

TEST_F(SqliteFiles, SomethingElse) {
  write_file(file(), std::string(3 * page, 'x'));
  expect_refused("is no SQLite database");
  write_file(file(), "short");
  expect_refused("is no SQLite database");
}

TEST_F(SqliteFiles, AnotherProgramsDatabase) {
  ASSERT_EQ(child_process::status_of({"sqlite3", file(), "CREATE TABLE plants (name TEXT)"}), 0);
  expect_refused("holds something else");
}

TEST_F(SqliteFiles, ABrokenHeader) {
  fill();
  auto content = content_of(file());
  content[3] = '\0';
  write_file(file(), content);
  expect_refused("is no SQLite database");
}

TEST_F(SqliteFiles, ACutFile) {
  fill();
  const auto whole = content_of(file());
  for (const auto size : {whole.size() - page, whole.size() / 2 + 17, page, std::size_t{100}}) {
    SCOPED_TRACE(size);
    write_file(file(), whole.substr(0, size));
    expect_refused("is damaged");
  }
  write_file(file(), whole);
  server.start();
  EXPECT_EQ(server.terminate(), 0);
}

TEST_F(SqliteFiles, APageThatTurnedToNoise) {
  for (const bool killed : {false, true}) {
    SCOPED_TRACE(killed);
    fill(killed);
    const auto whole = content_of(file());
    auto content = whole;
    const auto pages = content.size() / page;
    ASSERT_GT(pages, 4U);
    for (std::size_t i = 0; i < page; ++i)
      content[pages / 2 * page + i] = static_cast<char>(~content[pages / 2 * page + i]);
    write_file(file(), content);
    if (killed)  // else the log could hide the page
      write_file(log_file(), content_of(log_file()).substr(0, 32 + 2 * (24 + page)));
    expect_refused("is damaged");
    std::filesystem::remove(log_file());
    std::filesystem::remove(file());
  }
}

// The file was emptied or lost, and the log beside it may hold what nobody else has.
TEST_F(SqliteFiles, ALogWithoutItsFile) {
  fill(true);
  write_file(file(), "");
  expect_refused("write-ahead log");
  std::filesystem::remove(file());
  expect_refused("write-ahead log");
}

TEST_F(SqliteFiles, AFolderThatIsNone) {
  write_file(server.folder() / "folder", "a file");
  server_process other{{"--database.url=sqlite:" + (server.folder() / "folder" / "chatmesh.db").string()},
                       {.environment = {}, .database_url = {}, .wrapper = {}, .start = false}};
  EXPECT_EQ(other.fail_to_start(), 1);
  EXPECT_NE(other.log().find("chatmesh: cannot create the folder"), std::string::npos) << other.log();
}

// Rights count for root too, once it has given up the power to ignore them.
TEST_F(SqliteFiles, AFileThatMayNotBeWritten) {
  fill();
  std::filesystem::permissions(file(), std::filesystem::perms::owner_read);
  const std::vector<std::string> bounded{"setpriv", "--bounding-set", "-dac_override,-dac_read_search"};
  auto wrapper = bounded;
  if (::geteuid() != 0)
    wrapper.clear();
  server_process other{{"--database.url=sqlite:" + file().string()},
                       {.environment = {}, .database_url = {}, .wrapper = wrapper, .start = false}};
  const auto before = all();
  EXPECT_EQ(other.fail_to_start(), 1);
  EXPECT_NE(other.log().find("chatmesh: cannot open " + file().string() + ": Permission denied"), std::string::npos)
      << other.log();
  EXPECT_EQ(all(), before);
  std::filesystem::permissions(file(), std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

}  // namespace chatmesh::test
