#include "persistence/stores/note_store.hpp"

#include "persistence/stores/employee_store.hpp"
#include "persistence/stores/paging.hpp"

namespace chatmesh::persistence {

namespace {

constexpr std::string_view columns =
    "n.id, n.company_id, n.customer_id, n.body, n.pinned, n.version, n.created_at, n.updated_at, n.last_seq, ";
constexpr std::string_view from = "FROM notes n JOIN companies k ON k.id = n.company_id AND k.deleted_at IS NULL "
                                  "JOIN employees e ON e.id = n.author_id ";

sql_text find_notes(std::string_view condition) {
  return select(std::string{columns}.append(employee_columns), std::string{from}.append(condition));
}

domain::note read_note(row& r) {
  domain::note n;
  n.id = r.id();
  n.company_id = r.id();
  n.customer_id = r.id();
  n.body = r.text();
  n.pinned = r.flag();
  n.version = r.count();
  n.created_at = r.time();
  n.updated_at = r.time();
  n.last_seq = r.count();
  n.author = read_employee(r);
  return n;
}

}  // namespace

note_store::note_store(session& db)
    : find_(db.handle(), find_notes("WHERE n.company_id = :company AND n.id = :id")),
      list_(db.handle(), find_notes("WHERE n.company_id = :company AND n.id < :after ORDER BY n.id DESC LIMIT :rows")),
      list_of_customer_(db.handle(), find_notes("WHERE n.company_id = :company AND n.customer_id = :customer "
                                                "AND n.id < :after ORDER BY n.id DESC LIMIT :rows")),
      insert_(db.handle(),
              "INSERT INTO notes (id, company_id, customer_id, author_id, body, pinned, version, created_at, "
              "updated_at, last_seq) VALUES (:id, :company, :customer, :author, :body, :pinned, :version, :created, "
              ":updated, :seq)"),
      update_(db.handle(),
              "UPDATE notes SET body = :body, pinned = :pinned, version = :version, updated_at = :updated, "
              "last_seq = :seq WHERE id = :id"),
      remove_(db.handle(), "DELETE FROM notes WHERE id = :id") {}

std::optional<domain::note> note_store::find(const domain::id& company, const domain::id& note) {
  return find_.one(read_note, company, note);
}

void note_store::foresee(const domain::id& company, const domain::id& note) {
  find_.foresee(note, company, note);
}

page<domain::note> note_store::list(const domain::id& company, std::optional<domain::id> customer,
                                    const page_request& request) {
  const std::string after = page_start(request);
  return make_page(customer ? list_of_customer_.all(read_note, company, *customer, after, page_rows(request))
                            : list_.all(read_note, company, after, page_rows(request)),
                   request);
}

void note_store::insert(const domain::note& n) {
  insert_.send_about(n.id, n.id, n.company_id, n.customer_id, n.author.id, n.body, n.pinned, n.version, n.created_at,
                     n.updated_at, n.last_seq);
}

void note_store::update(const domain::note& n) {
  update_.send_about(n.id, n.body, n.pinned, n.version, n.updated_at, n.last_seq, n.id);
}

void note_store::remove(const domain::id& note) {
  remove_.send(note);
}

}  // namespace chatmesh::persistence
