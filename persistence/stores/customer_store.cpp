#include "persistence/stores/customer_store.hpp"

#include "domain/search_text.hpp"
#include "persistence/stores/customer_marks.hpp"
#include "persistence/stores/employee_store.hpp"
#include "persistence/stores/json_text.hpp"
#include "persistence/stores/paging.hpp"

namespace chatmesh::persistence {

namespace {

constexpr std::string_view columns =
    "c.id, c.company_id, c.name, c.email, c.phone, c.avatar_url, c.organization, c.status, c.tags, c.attributes, "
    "c.assigned_employee_id, c.version, c.created_at, c.updated_at, c.last_seq, c.last_activity_at, ";
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
  c.last_activity_at = r.time();
  if (!r.next_is_null())
    c.assigned_employee = read_employee(r);
  return c;
}

constexpr unsigned by_tag = 1, by_status = 2, by_assignee = 4, by_text = 8;

// Where a page begins, and how its rows follow each other. The index that gives that order is walked; where the one of
// the tags does, it has the place of that of the customers.
struct ordering {
  std::string_view begin, by;
};
constexpr ordering of_tagged{"t.customer_id < :after", "t.customer_id DESC"};
constexpr ordering of_customers[] = {
    {"c.id < :after", "c.id DESC"},
    {"(c.last_activity_at, c.id) < (:after_at, :after)", "c.last_activity_at DESC, c.id DESC"},
    {"(c.name_key, c.id) > (:after_key, :after)", "c.name_key, c.id"},
};

// Every combination has the same parameters; one that it does not filter by is bound to NULL and tested for that.
sql_text list_text(unsigned filters, customer_order order) {
  const bool walks_tags = (filters & by_tag) && order == customer_order::newest;
  const ordering& rows = walks_tags ? of_tagged : of_customers[static_cast<std::size_t>(order)];
  std::string condition{walks_tags ? "WHERE t.company_id = :company AND " : "WHERE c.company_id = :company AND "};
  condition += rows.begin;
  if (walks_tags)
    condition += " AND t.tag = :tag";
  else if (filters & by_tag)
    condition += " AND EXISTS (SELECT 1 FROM customer_tags t WHERE t.customer_id = c.id AND t.tag = :tag)";
  else
    condition += " AND CAST(:tag AS TEXT) IS NULL";
  condition += filters & by_status ? " AND c.status = :status" : " AND CAST(:status AS TEXT) IS NULL";
  condition += filters & by_assignee ? " AND c.assigned_employee_id = :assignee"
                                     : " AND CAST(:assignee AS TEXT) IS NULL";
  condition += filters & by_text ? " AND c.search LIKE :text ESCAPE '!'" : " AND CAST(:text AS TEXT) IS NULL";
  condition.append(" ORDER BY ").append(rows.by).append(" LIMIT :rows");
  return find_customers(walks_tags ? "customer_tags t JOIN customers c ON c.id = t.customer_id" : "customers c",
                        condition);
}

// An index goes by `name_key`.
std::string update_text(bool renames) {
  return std::string{"UPDATE customers SET name = :name, email = :email, phone = :phone, avatar_url = :avatar, "
                     "organization = :organization, tags = :tags, attributes = :attributes, version = :version, "
                     "updated_at = :updated, last_seq = :seq, search = :search"}
      .append(renames ? ", name_key = :name_key" : "")
      .append(" WHERE id = :id");
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
      assigned_to_(db.handle(),
                   find_customers("customers c", "WHERE c.assigned_employee_id = :employee ORDER BY c.id")),
      count_(db.handle(), select("COUNT(*)", "FROM customers c JOIN companies k ON k.id = c.company_id "
                                             "AND k.deleted_at IS NULL WHERE c.company_id = :company")),
      insert_(db.handle(),
              "INSERT INTO customers (id, company_id, name, email, phone, avatar_url, organization, status, "
              "tags, attributes, assigned_employee_id, version, created_at, updated_at, last_seq, last_activity_at, "
              "search, name_key) "
              "VALUES (:id, :company, :name, :email, :phone, :avatar, :organization, :status, :tags, "
              ":attributes, :assignee, :version, :created, :updated, :seq, :active, :search, :name_key)"),
      update_(db.handle(), update_text(false)), update_renamed_(db.handle(), update_text(true)),
      refile_(db.handle(), "UPDATE customers SET status = :status, assigned_employee_id = :assignee WHERE id = :id"),
      touch_(db.handle(), "UPDATE customers SET last_activity_at = :at WHERE id = :id AND last_activity_at < :earlier"),
      remove_(db.handle(), "DELETE FROM customers WHERE id = :id"),
      insert_tag_(db.handle(), "INSERT INTO customer_tags (customer_id, tag, company_id) "
                               "VALUES (:customer, :tag, :company) ON CONFLICT (customer_id, tag) DO NOTHING"),
      remove_tags_(db.handle(), "DELETE FROM customer_tags WHERE customer_id = :customer"), db_(db) {}

std::optional<domain::customer> customer_store::find(const domain::id& company, const domain::id& customer) {
  return find_.one(read_customer, company, customer);
}

void customer_store::foresee(const domain::id& company, const domain::id& customer) {
  find_.foresee(customer, company, customer);
}

statement& customer_store::list_statement(const customer_query& query) {
  const unsigned by = (query.tag ? by_tag : 0) | (query.status ? by_status : 0) |
                      (query.assigned_employee_id ? by_assignee : 0) | (query.text ? by_text : 0);
  auto& chosen = list_.at(static_cast<std::size_t>(query.order) * filters + by);
  if (!chosen)
    chosen.emplace(db_.handle(), list_text(by, query.order));
  return *chosen;
}

page<domain::customer> customer_store::list(const domain::id& company, const customer_query& query,
                                            const page_request& request) {
  const auto term = query.text ? domain::search_term(*query.text) : std::string{};
  if (term.empty() && query.text && !query.text->empty())
    return {};  // nothing that can be seen is looked for, and nobody has it
  const auto status = query.status ? std::optional{to_string(*query.status)} : std::nullopt;
  const auto text = query.text ? std::optional{pattern_of(term)} : std::nullopt;
  const auto read = [&](auto mark, const auto&... begin) {
    return make_page(list_statement(query).all(read_customer, company, begin..., query.tag, status,
                                               query.assigned_employee_id, text, page_rows(request)),
                     request, mark);
  };
  switch (query.order) {
  case customer_order::newest: break;
  case customer_order::activity: {
    const activity_mark begin = read_activity_mark(request);
    return read(mark_of_activity, begin.at, begin.id);
  }
  case customer_order::name: {
    const name_mark begin = read_name_mark(request);
    return read(mark_of_name, begin.key, begin.id);
  }
  }
  return read([](const domain::customer& last) { return last.id.to_string(); }, page_start(request));
}

std::vector<domain::customer> customer_store::assigned_to(const domain::id& employee) {
  return assigned_to_.all(read_customer, employee);
}

std::uint64_t customer_store::count(const domain::id& company) {
  return count_.one([](row& r) { return r.count(); }, company).value();
}

void customer_store::insert(const domain::customer& c) {
  insert_.send_about(c.id, c.id, c.company_id, c.name, c.email, c.phone, c.avatar_url, c.organization,
                     to_string(c.status), json_from_texts(c.tags), domain::dump(c.attributes), c.assigned_employee_id,
                     c.version, c.created_at, c.updated_at, c.last_seq, c.created_at, domain::search_text(c),
                     domain::sort_key(c.name));
  insert_tags(c);
}

void customer_store::update(const domain::customer& c, const customer_changes& changed) {
  const auto update = [&](statement& text, const auto&... more) {
    text.send_about(c.id, c.name, c.email, c.phone, c.avatar_url, c.organization, json_from_texts(c.tags),
                    domain::dump(c.attributes), c.version, c.updated_at, c.last_seq, domain::search_text(c), more...,
                    c.id);
  };
  if (changed.renamed)
    update(update_renamed_, domain::sort_key(c.name));
  else
    update(update_);
  if (changed.refiled) {
    refile_.send_about(c.id, to_string(c.status), c.assigned_employee_id, c.id);
    touch(c.id, c.updated_at);
  }
  if (changed.retagged) {
    remove_tags_.send_about(c.id, c.id);
    insert_tags(c);
  }
}

void customer_store::insert_tags(const domain::customer& c) {
  for (const std::string& tag : c.tags)
    insert_tag_.send_about(c.id, c.id, tag, c.company_id);
}

void customer_store::touch(const domain::id& customer, domain::timestamp at) {
  touch_.send_about(customer, at, customer, at);
}

void customer_store::remove(const domain::id& customer) {
  remove_.send(customer);
}

}  // namespace chatmesh::persistence
