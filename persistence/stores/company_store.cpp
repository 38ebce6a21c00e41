#include "persistence/stores/company_store.hpp"

#include "persistence/stores/json_text.hpp"

namespace chatmesh::persistence {

namespace {

constexpr std::string_view columns = "id, name, widget_key, widget_origins, version, created_at, updated_at, last_seq";

domain::company read_company(row& r) {
  domain::company c;
  c.id = r.id();
  c.name = r.text();
  c.widget_key = r.text();
  c.widget_origins = texts_from_json(r.text());
  c.version = r.count();
  c.created_at = r.time();
  c.updated_at = r.time();
  c.last_seq = r.count();
  return c;
}

}  // namespace

company_store::company_store(session& db)
    : find_(db.handle(), select(columns, "FROM companies WHERE id = :id AND deleted_at IS NULL")),
      find_by_widget_key_(db.handle(),
                          select(columns, "FROM companies WHERE widget_key = :key AND deleted_at IS NULL")),
      insert_(db.handle(),
              "INSERT INTO companies (id, name, widget_key, widget_origins, version, created_at, updated_at, last_seq) "
              "VALUES (:id, :name, :key, :origins, :version, :created, :updated, :seq)"),
      update_(db.handle(), "UPDATE companies SET name = :name, widget_origins = :origins, version = :version, "
                           "updated_at = :updated, last_seq = :seq WHERE id = :id"),
      mark_deleted_(db.handle(), "UPDATE companies SET deleted_at = :at WHERE id = :id"),
      find_deleted_(db.handle(), select("id", "FROM companies WHERE deleted_at IS NOT NULL AND deleted_at < :before "
                                              "ORDER BY deleted_at LIMIT 1")),
      find_any_(db.handle(), select("id", "FROM companies LIMIT 1")) {}

std::optional<domain::company> company_store::find(const domain::id& company) {
  return find_.one(read_company, company);
}

std::optional<domain::company> company_store::find_by_widget_key(std::string_view key) {
  return find_by_widget_key_.one(read_company, key);
}

bool company_store::exists_any() {
  return find_any_.one([](row& r) { return r.id(); }).has_value();
}

void company_store::insert(const domain::company& c) {
  insert_.execute(c.id, c.name, c.widget_key, json_from_texts(c.widget_origins), c.version, c.created_at, c.updated_at,
                  c.last_seq);
}

void company_store::update(const domain::company& c) {
  update_.execute(c.name, json_from_texts(c.widget_origins), c.version, c.updated_at, c.last_seq, c.id);
}

void company_store::mark_deleted(const domain::id& company, domain::timestamp at) {
  mark_deleted_.execute(at, company);
}

std::optional<domain::id> company_store::find_deleted(domain::timestamp before) {
  return find_deleted_.one([](row& r) { return r.id(); }, before);
}

}  // namespace chatmesh::persistence
