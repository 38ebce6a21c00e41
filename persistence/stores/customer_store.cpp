#include "persistence/stores/customer_store.hpp"

#include "domain/search_text.hpp"
#include "persistence/stores/employee_store.hpp"
#include "persistence/stores/json_text.hpp"
#include "persistence/stores/paging.hpp"

namespace chatmesh::persistence {

namespace {

constexpr std::string_view columns =
    "c.id, c.company_id, c.name, c.email, c.phone, c.avatar_url, c.organization, c.status, c.tags, c.attributes, "
    "c.assigned_employee_id, c.version, c.created_at, c.updated_at, c.last_seq, ";
constexpr std::string_view joins = " JOIN companies k ON k.id = c.company_id AND k.deleted_at IS NULL "
                                   "LEFT JOIN employees e ON e.id = c.assigned_employee_id ";

sql_text find_customers(std::string_view from, std::string_view condition) {
  return select(std::string{columns}.append(employee_columns),
                std::string{"FROM "}.append(from).append(joins).append(condition));
}

domain::customer read_customer(row& r) {
  domain::customer c;
  c.id = r.id();
  c.company_id = r.id();
  c.name = r.text();
  c.email = r.optional_text();
  c.phone = r.optional_text();
  c.avatar_url = r.optional_text();
  c.organization = r.optional_text();
  c.status = r.name(domain::parse_customer_status);
  c.tags = texts_from_json(r.text());
  c.attributes = domain::json::parse(r.text());
  c.assigned_employee_id = r.optional_id();
  c.version = r.count();
  c.created_at = r.time();
  c.updated_at = r.time();
  c.last_seq = r.count();
  if (!r.next_is_null())
    c.assigned_employee = read_employee(r);
  return c;
}

constexpr unsigned by_tag = 1, by_status = 2, by_assignee = 4, by_text = 8;

// Every combination has the same parameters; one that it does not filter by is bound to NULL and tested for that.
sql_text list_text(unsigned filters) {
  const bool tagged = filters & by_tag;
  std::string condition = tagged ? "WHERE t.company_id = :company AND t.customer_id < :after AND t.tag = :tag"
                                 : "WHERE c.company_id = :company AND c.id < :after AND CAST(:tag AS TEXT) IS NULL";
  condition += filters & by_status ? " AND c.status = :status" : " AND CAST(:status AS TEXT) IS NULL";
  condition += filters & by_assignee ? " AND c.assigned_employee_id = :assignee"
                                     : " AND CAST(:assignee AS TEXT) IS NULL";
  condition += filters & by_text ? " AND c.search LIKE :text ESCAPE '!'" : " AND CAST(:text AS TEXT) IS NULL";
  condition += tagged ? " ORDER BY t.customer_id DESC LIMIT :rows" : " ORDER BY c.id DESC LIMIT :rows";
  return find_customers(tagged ? "customer_tags t JOIN customers c ON c.id = t.customer_id" : "customers c", condition);
}

// What LIKE takes for the term anywhere.
std::string pattern_of(std::string_view term) {
  std::string pattern{"%"};
  for (const char c : term) {
    if (c == '%' || c == '_' || c == '!')
      pattern += '!';
    pattern += c;
  }
  return pattern += '%';
}

}  // namespace

customer_store::customer_store(session& db)
    : find_(db.handle(), find_customers("customers c", "WHERE c.company_id = :company AND c.id = :id")),
      by_activity_(db.handle(),
                   find_customers("customers c", "WHERE c.company_id = :company "
                                                 "ORDER BY c.last_activity_at DESC, c.id DESC LIMIT :rows")),
      assigned_to_(db.handle(),
                   find_customers("customers c", "WHERE c.assigned_employee_id = :employee ORDER BY c.id")),
      count_(db.handle(), select("COUNT(*)", "FROM customers c JOIN companies k ON k.id = c.company_id "
                                             "AND k.deleted_at IS NULL WHERE c.company_id = :company")),
      insert_(db.handle(),
              "INSERT INTO customers (id, company_id, name, email, phone, avatar_url, organization, status, "
              "tags, attributes, assigned_employee_id, version, created_at, updated_at, last_seq, last_activity_at, "
              "search) "
              "VALUES (:id, :company, :name, :email, :phone, :avatar, :organization, :status, :tags, "
              ":attributes, :assignee, :version, :created, :updated, :seq, :active, :search)"),
      update_(db.handle(),
              "UPDATE customers SET name = :name, email = :email, phone = :phone, avatar_url = :avatar, "
              "organization = :organization, tags = :tags, attributes = :attributes, "
              "version = :version, updated_at = :updated, last_seq = :seq, search = :search WHERE id = :id"),
      refile_(db.handle(), "UPDATE customers SET status = :status, assigned_employee_id = :assignee WHERE id = :id"),
      touch_(db.handle(), "UPDATE customers SET last_activity_at = :at WHERE id = :id"),
      remove_(db.handle(), "DELETE FROM customers WHERE id = :id"),
      insert_tag_(db.handle(), "INSERT INTO customer_tags (customer_id, tag, company_id) "
                               "VALUES (:customer, :tag, :company) ON CONFLICT (customer_id, tag) DO NOTHING"),
      remove_tags_(db.handle(), "DELETE FROM customer_tags WHERE customer_id = :customer"), db_(db) {}

std::optional<domain::customer> customer_store::find(const domain::id& company, const domain::id& customer) {
  return find_.one(read_customer, company, customer);
}

page<domain::customer> customer_store::list(const domain::id& company, const customer_filter& filter,
                                            const page_request& request) {
  const auto term = filter.text ? domain::search_term(*filter.text) : std::string{};
  if (term.empty() && filter.text && !filter.text->empty())
    return {};  // nothing that can be seen is looked for, and nobody has it
  const unsigned filters = (filter.tag ? by_tag : 0) | (filter.status ? by_status : 0) |
                           (filter.assigned_employee_id ? by_assignee : 0) | (filter.text ? by_text : 0);
  auto& chosen = list_.at(filters);
  if (!chosen)
    chosen.emplace(db_.handle(), list_text(filters));
  const auto status = filter.status ? std::optional{to_string(*filter.status)} : std::nullopt;
  const auto text = filter.text ? std::optional{pattern_of(term)} : std::nullopt;
  return make_page(chosen->all(read_customer, company, page_start(request), filter.tag, status,
                               filter.assigned_employee_id, text, page_rows(request)),
                   request);
}

std::vector<domain::customer> customer_store::by_activity(const domain::id& company, std::uint32_t limit) {
  return by_activity_.all(read_customer, company, limit);
}

std::vector<domain::customer> customer_store::assigned_to(const domain::id& employee) {
  return assigned_to_.all(read_customer, employee);
}

std::uint64_t customer_store::count(const domain::id& company) {
  return count_.one([](row& r) { return r.count(); }, company).value();
}

void customer_store::insert(const domain::customer& c) {
  insert_.execute(c.id, c.company_id, c.name, c.email, c.phone, c.avatar_url, c.organization, to_string(c.status),
                  json_from_texts(c.tags), domain::dump(c.attributes), c.assigned_employee_id, c.version, c.created_at,
                  c.updated_at, c.last_seq, c.created_at, domain::search_text(c));
  insert_tags(c);
}

// Naming an indexed column in an UPDATE costs a page of its index, whatever its value.
void customer_store::update(const domain::customer& c, bool refiled) {
  update_.execute(c.name, c.email, c.phone, c.avatar_url, c.organization, json_from_texts(c.tags),
                  domain::dump(c.attributes), c.version, c.updated_at, c.last_seq, domain::search_text(c), c.id);
  if (refiled)
    refile_.execute(to_string(c.status), c.assigned_employee_id, c.id);
}

void customer_store::set_tags(const domain::customer& c) {
  remove_tags_.execute(c.id);
  insert_tags(c);
}

void customer_store::insert_tags(const domain::customer& c) {
  for (const std::string& tag : c.tags)
    insert_tag_.execute(c.id, tag, c.company_id);
}

void customer_store::touch(const domain::id& customer, domain::timestamp at) {
  touch_.execute(at, customer);
}

void customer_store::remove(const domain::id& customer) {
  remove_.execute(customer);
}

}  // namespace chatmesh::persistence
