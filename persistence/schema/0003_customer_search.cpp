#include "persistence/schema/0003_customer_search.hpp"

#include "domain/search_text.hpp"

#include <string>
#include <utility>
#include <vector>

namespace chatmesh::persistence {

namespace {

constexpr std::string_view statements[] = {
    // The folded texts of domain::search_text(); whoever writes one of them writes this.
    "ALTER TABLE customers ADD COLUMN search TEXT NOT NULL DEFAULT ''",
};

constexpr int rows_at_once = 500;

struct found_customer {
  std::string id;
  domain::customer_fields fields;
};

found_customer read_row(row& r) {
  found_customer c;
  c.id = r.text();
  c.fields.name = r.text();
  c.fields.email = r.optional_text();
  c.fields.phone = r.optional_text();
  c.fields.organization = r.optional_text();
  return c;
}

// The database can't fold by itself.
void fill(session& db) {
  statement read{db.handle(), select("id, name, email, phone, organization",
                                     "FROM customers WHERE id > :after ORDER BY id LIMIT :rows")};
  statement write{db.handle(), "UPDATE customers SET search = :search WHERE id = :id"};
  for (std::string after;;) {
    const std::vector<found_customer> found = read.all(read_row, after, rows_at_once);
    if (found.empty())
      return;
    for (const found_customer& each : found)
      write.execute(domain::search_text(each.fields), each.id);
    after = found.back().id;
  }
}

}  // namespace

const migration migration_0003{3, "customer_search", statements, fill};

}  // namespace chatmesh::persistence
