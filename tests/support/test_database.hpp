// Which database a test runs on.
#pragma once

#include <filesystem>
#include <string>

namespace chatmesh::test {

// An empty database that goes with its owner: a file in the given folder or, where the environment's
// CHATMESH_TEST_POSTGRESQL names what chatmesh_test_postgresql has written, one of that server.
class test_database {
public:
  explicit test_database(const std::filesystem::path& folder);
  ~test_database();

  test_database(const test_database&) = delete;
  test_database& operator=(const test_database&) = delete;

  const std::string& url() const { return url_; }
  const std::filesystem::path& server() const { return server_; }  // PostgreSQL's socket folder
  const std::string& name() const { return name_; }

  static bool on_postgresql();

private:
  std::filesystem::path server_;  // empty: SQLite
  std::string name_;
  std::string url_;
};

}  // namespace chatmesh::test
