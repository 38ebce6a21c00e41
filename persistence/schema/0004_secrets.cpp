#include "persistence/schema/0004_secrets.hpp"

#include <sodium.h>

namespace chatmesh::persistence {

namespace {

constexpr std::string_view statements[] = {
    // Keys of the server's own, hex: the same on every start and every node. None of them logs anyone in.
    R"(CREATE TABLE secrets (
      name TEXT NOT NULL PRIMARY KEY,
      value TEXT NOT NULL))",
};

void fill(session& db) {
  secret_key key{};
  randombytes_buf(key.data(), key.size());
  statement insert{db.handle(), "INSERT INTO secrets (name, value) VALUES ('cursors', :value)"};
  insert.execute(key);
}

}  // namespace

const migration migration_0004{4, "secrets", statements, fill};

}  // namespace chatmesh::persistence
