#include "persistence/schema/0008_customer_order.hpp"

#include "domain/search_text.hpp"

#include <string>
#include <utility>

namespace chatmesh::persistence {

namespace {

constexpr std::string_view statements[] = {
    // domain::sort_key() of the name; whoever writes the name writes this.
    "ALTER TABLE customers ADD COLUMN name_key TEXT NOT NULL DEFAULT ''",
    "CREATE INDEX customers_by_name ON customers (company_id, name_key, id)",
};

constexpr int rows_at_once = 500;

void fill(session& db) {
  statement read{db.handle(), select("id, name", "FROM customers WHERE id > :after ORDER BY id LIMIT :rows")};
  statement write{db.handle(), "UPDATE customers SET name_key = :name_key WHERE id = :id"};
  const auto pair = [](row& r) {
    std::string id = r.text();
    return std::pair{std::move(id), r.text()};
  };
  std::string after;
  for (auto found = read.all(pair, after, rows_at_once); !found.empty(); found = read.all(pair, after, rows_at_once)) {
    for (const auto& [id, name] : found)
      write.execute(domain::sort_key(name), id);
    after = found.back().first;
  }
}

}  // namespace

const migration migration_0008{8, "customer_order", statements, fill};

}  // namespace chatmesh::persistence
