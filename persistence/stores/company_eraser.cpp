#include "persistence/stores/company_eraser.hpp"

namespace chatmesh::persistence {

namespace {

struct table {
  const char* name;
  const char* key;  // within a company
};

constexpr table tables[] = {{"messages", "id"},
                            {"notes", "id"},
                            {"customers", "id"},
                            {"api_tokens", "id"},
                            {"images", "hash"},
                            {"employees", "id"},
                            {"change_log", "seq"},
                            {"audit_log", "seq"},
                            {"ended_sessions", "authority"},
                            {"company_counters", "company_id"}};

std::string erase_text(const table& t) {
  const std::string name = t.name, key = t.key;
  return "DELETE FROM " + name + " WHERE company_id = :company AND " + key + " IN (SELECT " + key + " FROM " + name +
         " WHERE company_id = :company_again LIMIT :rows)";
}

}  // namespace

company_eraser::company_eraser(session& db) : company_(db.handle(), "DELETE FROM companies WHERE id = :company") {
  for (const table& t : tables)
    tables_.emplace_back(db.handle(), erase_text(t));
}

std::uint64_t company_eraser::step(const domain::id& company, std::uint64_t max_rows) {
  std::uint64_t erased = 0;
  for (statement& erase : tables_) {
    if (erased < max_rows)
      erased += erase.execute(company, company, max_rows - erased);
  }
  return erased < max_rows ? erased + company_.execute(company) : erased;
}

}  // namespace chatmesh::persistence
