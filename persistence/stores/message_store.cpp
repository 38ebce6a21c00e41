#include "persistence/stores/message_store.hpp"

#include "persistence/stores/paging.hpp"

namespace chatmesh::persistence {

namespace {

constexpr std::string_view columns = "m.id, m.company_id, m.customer_id, m.direction, m.body, m.author_kind, "
                                     "m.author_id, m.author_name, m.author_avatar_url, m.version, m.created_at, "
                                     "m.updated_at, m.last_seq";
constexpr std::string_view from = "FROM messages m JOIN companies k ON k.id = m.company_id AND k.deleted_at IS NULL ";

sql_text find_messages(std::string_view condition) {
  return select(columns, std::string{from}.append(condition));
}

domain::message read_message(row& r) {
  domain::message m;
  m.id = r.id();
  m.company_id = r.id();
  m.customer_id = r.id();
  m.direction = r.name(domain::parse_direction);
  m.body = r.text();
  m.author.kind = r.name(domain::parse_author_kind);
  m.author.id = r.id();
  m.author.name = r.text();
  m.author.avatar_url = r.optional_text();
  m.version = r.count();
  m.created_at = r.time();
  m.updated_at = r.time();
  m.last_seq = r.count();
  return m;
}

}  // namespace

message_store::message_store(session& db)
    : find_(db.handle(), find_messages("WHERE m.company_id = :company AND m.id = :id")),
      list_(db.handle(),
            find_messages("WHERE m.company_id = :company AND m.id < :after ORDER BY m.id DESC LIMIT :rows")),
      list_of_customer_(db.handle(), find_messages("WHERE m.company_id = :company AND m.customer_id = :customer "
                                                   "AND m.id < :after ORDER BY m.id DESC LIMIT :rows")),
      insert_(db.handle(),
              "INSERT INTO messages (id, company_id, customer_id, direction, body, author_kind, author_id, "
              "author_name, author_avatar_url, version, created_at, updated_at, last_seq) VALUES (:id, :company, "
              ":customer, :direction, :body, :kind, :author, :name, :avatar, :version, :created, :updated, :seq)"),
      update_(db.handle(), "UPDATE messages SET body = :body, version = :version, updated_at = :updated, last_seq = "
                           ":seq WHERE id = :id"),
      remove_(db.handle(), "DELETE FROM messages WHERE id = :id") {}

std::optional<domain::message> message_store::find(const domain::id& company, const domain::id& message) {
  return find_.one(read_message, company, message);
}

void message_store::foresee(const domain::id& company, const domain::id& message) {
  find_.foresee(message, company, message);
}

page<domain::message> message_store::list(const domain::id& company, std::optional<domain::id> customer,
                                          std::optional<domain::id> before, const page_request& request) {
  std::string after = page_start(request);
  if (before)
    after = std::min(after, before->to_string());  // ids compare as their texts do
  return make_page(customer ? list_of_customer_.all(read_message, company, *customer, after, page_rows(request))
                            : list_.all(read_message, company, after, page_rows(request)),
                   request);
}

std::optional<domain::message> message_store::latest(const domain::id& company, const domain::id& customer) {
  return list_of_customer_.one(read_message, company, customer, above_all_ids, 1);
}

void message_store::insert(const domain::message& m) {
  insert_.send_about(m.id, m.id, m.company_id, m.customer_id, to_string(m.direction), m.body, to_string(m.author.kind),
                     m.author.id, m.author.name, m.author.avatar_url, m.version, m.created_at, m.updated_at,
                     m.last_seq);
}

void message_store::update(const domain::message& m) {
  update_.send_about(m.id, m.body, m.version, m.updated_at, m.last_seq, m.id);
}

void message_store::remove(const domain::id& message) {
  remove_.send(message);
}

}  // namespace chatmesh::persistence
