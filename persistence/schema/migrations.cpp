#include "persistence/schema/migrations.hpp"

#include "persistence/schema/0001_companies.hpp"
#include "persistence/schema/0002_api_tokens.hpp"
#include "persistence/schema/0003_customer_search.hpp"
#include "persistence/schema/0004_secrets.hpp"
#include "persistence/schema/0005_widget_token_ids.hpp"
#include "persistence/schema/0006_audit.hpp"
#include "persistence/schema/0007_histories.hpp"
#include "persistence/schema/0008_customer_order.hpp"
#include "persistence/schema/0009_reads.hpp"
#include "persistence/schema/0010_images.hpp"
#include "persistence/schema/0011_nodes.hpp"
#include "persistence/schema/0012_node_addresses.hpp"
#include "persistence/sql/hex.hpp"

#include <sodium.h>
#include <spdlog/spdlog.h>

#include <array>
#include <string>
#include <utility>

namespace chatmesh::persistence {

namespace {

constexpr std::string_view version_table = R"(CREATE TABLE IF NOT EXISTS schema_version (
  version BIGINT NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  applied_at BIGINT NOT NULL))";
constexpr std::string_view hash_column = "ALTER TABLE schema_version ADD COLUMN hash TEXT";

void define(session& db, std::string_view sql) {
  statement{db.handle(), db.kind().definition(sql)}.execute();
}

template <class... Values>
bool counts_any(session& db, const std::string& query, const Values&... values) {
  statement count{db.handle(), {query, 1}};
  return count.one([](row& r) { return r.number(); }, values...) > 0;
}

// Creates the bookkeeping of an empty database; refuses one that is in use by something else.
void prepare_versions(session& db) {
  const dialect::texts& sql = db.kind().sql;
  if (!counts_any(db, sql.count_table_named, "schema_version") && counts_any(db, sql.count_tables))
    throw database_error("the database holds something else than ChatMesh's data");
  define(db, version_table);
  if (!counts_any(db, sql.count_column_named, "schema_version", "hash"))
    define(db, hash_column);
}

std::int64_t current_version(session& db) {
  statement read{db.handle(), select("COALESCE(MAX(version), 0)", "FROM schema_version")};
  return read.one([](row& r) { return r.number(); }).value();
}

void check_version(session& db, std::span<const migration> steps) {
  const std::int64_t known = steps.back().version;
  if (const std::int64_t found = current_version(db); found > known)
    throw database_error("the database's schema has version " + std::to_string(found) + ", this program knows " +
                         std::to_string(known) + ": use a newer program");
}

// A step that was applied before hashes were kept is taken to be the one that is known.
void check_hashes(session& db, std::span<const migration> steps) {
  statement read{db.handle(), select("version, hash", "FROM schema_version ORDER BY version")};
  statement fill{db.handle(), "UPDATE schema_version SET hash = :hash WHERE version = :version"};
  const auto applied = read.all([](row& r) {
    const auto version = r.number();
    return std::pair{version, r.optional_text()};
  });
  for (const auto& [version, hash] : applied) {
    if (version < 1)
      throw database_error("the database's list of applied steps is damaged");
    const migration& step = steps[static_cast<std::size_t>(version) - 1];
    const std::string expected = content_hash(step);
    if (!hash)
      fill.execute(expected, version);
    else if (*hash != expected)
      throw database_error("step " + std::to_string(version) + " (" + std::string{step.name} +
                           ") was applied to the database with another content than this program knows: "
                           "it was made by another program, or the step was edited after its release");
  }
}

void apply(session& db, const migration& step) {
  if (current_version(db) >= step.version)
    return;
  for (const std::string_view sql : step.statements)
    define(db, sql);
  if (step.fill)
    step.fill(db);
  statement note{db.handle(), "INSERT INTO schema_version (version, name, applied_at, hash) "
                              "VALUES (:version, :name, :at, :hash)"};
  note.execute(step.version, step.name, db.now(), content_hash(step));
  spdlog::info("database schema: applied step {} ({})", step.version, step.name);
}

// Alone among all who prepare this database.
template <class Work>
void in_transaction(session& db, Work work) {
  db.begin_write();
  db.lock_schema();
  work();
  db.commit();
}

}  // namespace

std::span<const migration> migrations() {
  static const migration all[] = {migration_0001, migration_0002, migration_0003, migration_0004,
                                  migration_0005, migration_0006, migration_0007, migration_0008,
                                  migration_0009, migration_0010, migration_0011, migration_0012};
  return all;
}

std::string content_hash(const migration& step) {
  crypto_generichash_state state;
  std::array<unsigned char, 32> hash{};
  crypto_generichash_init(&state, nullptr, 0, hash.size());
  const auto add = [&](std::string_view text) {  // with its end, so that no two lists of texts are the same bytes
    crypto_generichash_update(&state, reinterpret_cast<const unsigned char*>(text.data()), text.size());
    crypto_generichash_update(&state, reinterpret_cast<const unsigned char*>("\0"), 1);
  };
  add(std::to_string(step.version));
  add(step.name);
  for (const std::string_view sql : step.statements)
    add(sql);
  crypto_generichash_final(&state, hash.data(), hash.size());
  return to_hex(hash);
}

void migrate(session& db, std::span<const migration> steps) {
  try {
    in_transaction(db, [&] {
      prepare_versions(db);
      check_version(db, steps);
      check_hashes(db, steps);
    });
    for (const migration& step : steps)
      in_transaction(db, [&] { apply(db, step); });
    check_version(db, steps);  // a newer program may have been faster meanwhile
  } catch (const soci::soci_error& e) {
    db.rollback();
    throw database_error("the database's schema can't be prepared: " + describe(e));
  } catch (...) {
    db.rollback();
    throw;
  }
}

}  // namespace chatmesh::persistence
