#include "persistence/schema/0006_audit.hpp"

#include "persistence/stores/log_chain.hpp"

#include <string>
#include <vector>

namespace chatmesh::persistence {

namespace {

constexpr std::string_view find_previous = "UPDATE change_log SET previous_seq = (SELECT MAX(p.seq) FROM change_log p "
                                           "WHERE p.object_id = change_log.object_id AND p.seq < change_log.seq)";
constexpr std::string_view find_last_of_companies = "UPDATE companies SET last_seq = COALESCE((SELECT MAX(l.seq) FROM "
                                                    "change_log l WHERE l.object_id = companies.id), 0)";
constexpr std::string_view find_last_of_employees = "UPDATE employees SET last_seq = COALESCE((SELECT MAX(l.seq) FROM "
                                                    "change_log l WHERE l.object_id = employees.id), 0)";
constexpr std::string_view find_last_of_customers = "UPDATE customers SET last_seq = COALESCE((SELECT MAX(l.seq) FROM "
                                                    "change_log l WHERE l.object_id = customers.id), 0)";

constexpr std::string_view statements[] = {
    // The seq of the event that told of the object last, kept in its row: the next event then names its predecessor
    // without an index of the log by object, which would cost a page of it in every commit.
    "ALTER TABLE companies ADD COLUMN last_seq BIGINT NOT NULL DEFAULT 0",
    "ALTER TABLE employees ADD COLUMN last_seq BIGINT NOT NULL DEFAULT 0",
    "ALTER TABLE customers ADD COLUMN last_seq BIGINT NOT NULL DEFAULT 0",
    "ALTER TABLE notes ADD COLUMN last_seq BIGINT NOT NULL DEFAULT 0",
    "ALTER TABLE messages ADD COLUMN last_seq BIGINT NOT NULL DEFAULT 0",
    "ALTER TABLE change_log ADD COLUMN previous_seq BIGINT",
    "ALTER TABLE change_log ADD COLUMN hash TEXT NOT NULL DEFAULT ''",  // never empty after fill()

    "CREATE INDEX change_log_by_object ON change_log (object_id, seq)",
    find_previous,
    find_last_of_companies,
    find_last_of_employees,
    find_last_of_customers,
    "UPDATE notes SET last_seq = COALESCE((SELECT MAX(l.seq) FROM change_log l WHERE l.object_id = notes.id), 0)",
    "UPDATE messages SET last_seq = COALESCE((SELECT MAX(l.seq) FROM change_log l WHERE l.object_id = messages.id), 0)",
    "DROP INDEX change_log_by_object",

    // What stays of a change when its event is no longer kept for streams.
    R"(CREATE TABLE audit_log (
      company_id TEXT NOT NULL,
      seq BIGINT NOT NULL,
      at BIGINT NOT NULL,
      entity TEXT NOT NULL,
      action TEXT NOT NULL,
      object_id TEXT NOT NULL,
      author_kind TEXT NOT NULL,
      author_id TEXT,
      author_name TEXT NOT NULL,
      client TEXT NOT NULL,
      authority BIGINT NOT NULL,
      content_hash TEXT NOT NULL,
      hash TEXT NOT NULL,
      PRIMARY KEY (company_id, seq)))",

    // The last link that is gone. It outlives its company, so that a head that was kept elsewhere is still known.
    R"(CREATE TABLE log_checkpoints (
      company_id TEXT NOT NULL PRIMARY KEY,
      seq BIGINT NOT NULL,
      hash TEXT NOT NULL))",
};

constexpr int rows_at_once = 500;

struct link {
  domain::change change;
  std::string content;
};

link read_link(row& r) {
  link found;
  found.change = read_chained(r);
  found.content = content_hash(r.text());
  return found;
}

// What was pruned before has no hash: such a chain begins behind a checkpoint of zeros.
void begin_behind(session& db, const domain::id& company, std::uint64_t seq) {
  statement insert{db.handle(), "INSERT INTO log_checkpoints (company_id, seq, hash) VALUES (:company, :seq, :hash)"};
  if (seq > 0)
    insert.execute(company, seq, chain_start);
}

void chain(session& db, const domain::id& company, std::uint64_t head) {
  statement read{db.handle(), select(std::string{chain_columns}.append(", data"),
                                     "FROM change_log WHERE company_id = :company AND seq > :after ORDER BY seq "
                                     "LIMIT :rows")};
  statement write{db.handle(), "UPDATE change_log SET hash = :hash WHERE company_id = :company AND seq = :seq"};
  std::string previous{chain_start};
  std::uint64_t last = 0;
  for (auto found = read.all(read_link, company, last, rows_at_once); !found.empty();
       found = read.all(read_link, company, last, rows_at_once)) {
    if (last == 0)
      begin_behind(db, company, found.front().change.seq - 1);
    for (const link& each : found) {
      previous = chain_hash(previous, each.change, each.content);
      write.execute(previous, company, each.change.seq);
    }
    last = found.back().change.seq;
  }
  if (last == 0)
    begin_behind(db, company, head);
}

void fill(session& db) {
  statement companies{db.handle(), select("company_id, seq", "FROM company_counters")};
  const auto read = [](row& r) {
    const domain::id company = r.id();
    return std::pair{company, r.count()};
  };
  for (const auto& [company, head] : companies.all(read))
    chain(db, company, head);
}

}  // namespace

const migration migration_0006{6, "audit", statements, fill};

}  // namespace chatmesh::persistence
