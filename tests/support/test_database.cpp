#include "tests/support/test_database.hpp"

#include "tests/support/postgresql_server.hpp"

#include <cstdlib>
#include <fstream>
#include <random>
#include <stdexcept>

namespace chatmesh::test {

namespace {

constexpr auto variable = "CHATMESH_TEST_POSTGRESQL";

std::filesystem::path running_server() {
  std::ifstream in{std::getenv(variable)};
  std::filesystem::path folder;
  if (!(in >> folder))
    throw std::runtime_error("CHATMESH_TEST_POSTGRESQL names no running server");
  return folder;
}

// Other tests run at the same time.
std::string fresh_name() {
  std::random_device random;
  return "test_" + std::to_string(random()) + "_" + std::to_string(random());
}

}  // namespace

bool test_database::on_postgresql() {
  return std::getenv(variable) != nullptr;
}

test_database::test_database(const std::filesystem::path& folder) {
  if (!on_postgresql()) {
    url_ = "sqlite:" + (folder / "chatmesh.db").string();
    return;
  }
  server_ = running_server();
  name_ = fresh_name();
  postgresql_execute(postgresql_url(server_, "postgres"), "CREATE DATABASE " + name_);
  url_ = postgresql_url(server_, name_);
}

test_database::~test_database() {
  if (name_.empty())
    return;
  try {
    postgresql_execute(postgresql_url(server_, "postgres"), "DROP DATABASE " + name_ + " WITH (FORCE)");
  } catch (const std::exception&) {  // the server goes with all of them anyway
  }
}

}  // namespace chatmesh::test
