#include "persistence/schema/0005_widget_token_ids.hpp"

namespace chatmesh::persistence {

namespace {

constexpr std::string_view statements[] = {
    // By which the token's streams are known, and told when it ends; never null after fill().
    "ALTER TABLE widget_tokens ADD COLUMN id TEXT",
    "CREATE UNIQUE INDEX widget_tokens_by_id ON widget_tokens (id)",
};

void fill(session& db) {
  statement read{db.handle(), select("token_hash", "FROM widget_tokens")};
  statement name{db.handle(), "UPDATE widget_tokens SET id = :id WHERE token_hash = :token"};
  for (const std::string& token : read.all([](row& r) { return r.text(); }))
    name.execute(domain::id::make(), token);
}

}  // namespace

const migration migration_0005{5, "widget_token_ids", statements, fill};

}  // namespace chatmesh::persistence
