#include "persistence/stores/read_store.hpp"

#include "persistence/stores/paging.hpp"

namespace chatmesh::persistence {

namespace {

constexpr std::string_view columns = "r.id, r.company_id, r.customer_id, r.employee_id, r.message_id, r.version, "
                                     "r.created_at, r.updated_at, r.last_seq";
constexpr std::string_view from = "FROM reads r JOIN companies k ON k.id = r.company_id AND k.deleted_at IS NULL ";

sql_text find_reads(std::string_view condition) {
  return select(columns, std::string{from}.append(condition));
}

domain::read_mark read_row(row& r) {
  domain::read_mark m;
  m.id = r.id();
  m.company_id = r.id();
  m.customer_id = r.id();
  m.employee_id = r.id();
  m.message_id = r.id();
  m.version = r.count();
  m.created_at = r.time();
  m.updated_at = r.time();
  m.last_seq = r.count();
  return m;
}

}  // namespace

read_store::read_store(session& db)
    : find_(db.handle(), find_reads("WHERE r.company_id = :company AND r.employee_id = :employee "
                                    "AND r.customer_id = :customer")),
      list_(db.handle(), find_reads("WHERE r.company_id = :company AND r.employee_id = :employee "
                                    "AND r.customer_id < :after ORDER BY r.customer_id DESC LIMIT :rows")),
      list_all_(db.handle(),
                find_reads("WHERE r.company_id = :company AND r.id < :after ORDER BY r.id DESC LIMIT :rows")),
      insert_(db.handle(), "INSERT INTO reads (id, company_id, customer_id, employee_id, message_id, version, "
                           "created_at, updated_at, last_seq) VALUES (:id, :company, :customer, :employee, :message, "
                           ":version, :created, :updated, :seq)"),
      update_(db.handle(), "UPDATE reads SET message_id = :message, version = :version, updated_at = :updated, "
                           "last_seq = :seq WHERE id = :id") {}

std::optional<domain::read_mark> read_store::find(const domain::id& company, const domain::id& employee,
                                                  const domain::id& customer) {
  return find_.one(read_row, company, employee, customer);
}

void read_store::foresee(const domain::id& company, const domain::id& employee, const domain::id& customer) {
  find_.foresee(customer, company, employee, customer);
}

page<domain::read_mark> read_store::list(const domain::id& company, const domain::id& employee,
                                         std::optional<domain::id> customer, const page_request& request) {
  const std::string after = page_start(request);
  if (customer) {
    page<domain::read_mark> one;
    if (auto mark = find(company, employee, *customer); mark && mark->customer_id.to_string() < after)
      one.items.push_back(*std::move(mark));
    return one;
  }
  return make_page(list_.all(read_row, company, employee, after, page_rows(request)), request,
                   [](const domain::read_mark& last) { return last.customer_id.to_string(); });
}

page<domain::read_mark> read_store::list_all(const domain::id& company, const page_request& request) {
  return make_page(list_all_.all(read_row, company, page_start(request), page_rows(request)), request);
}

void read_store::insert(const domain::read_mark& m) {
  insert_.send_about(m.customer_id, m.id, m.company_id, m.customer_id, m.employee_id, m.message_id, m.version,
                     m.created_at, m.updated_at, m.last_seq);
}

void read_store::update(const domain::read_mark& m) {
  update_.send_about(m.customer_id, m.message_id, m.version, m.updated_at, m.last_seq, m.id);
}

}  // namespace chatmesh::persistence
