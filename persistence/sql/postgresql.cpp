#include "persistence/sql/postgresql.hpp"

#include "persistence/sql/postgresql_engine.hpp"

#include <soci/postgresql/soci-postgresql.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <chrono>
#include <memory>
#include <string_view>
#include <utility>

namespace chatmesh::persistence::postgresql {

namespace {

constexpr std::size_t most_writers = 64;
constexpr std::size_t most_in_batch = 250;           // whose locks are held for some 20 ms then
constexpr std::chrono::seconds statement_limit{30};  // no statement of ours takes so long
// The server takes back what a node holds that froze or was cut off amidst a transaction: before others' lock_timeout,
// so that their writes wait for it and are not refused.
constexpr std::chrono::seconds idle_transaction_limit{4};
constexpr std::chrono::minutes migration_limit{10};  // a node waits so long for another one's migration

// For what a URI leaves open. A peer that is gone without a word is noticed within 10 s.
struct option {
  std::string_view name, value;
};
constexpr std::array defaults{option{"connect_timeout", "5"},  option{"application_name", "chatmesh"},
                              option{"keepalives_idle", "4"},  option{"keepalives_interval", "2"},
                              option{"keepalives_count", "3"}, option{"tcp_user_timeout", "10000"}};
constexpr std::array keepalives_of_server{option{"tcp_keepalives_idle", "4"}, option{"tcp_keepalives_interval", "2"},
                                          option{"tcp_keepalives_count", "3"}, option{"tcp_user_timeout", "10000"}};

// Locks of our own, apart from those of other programs in the same database: "CMSH" and a number.
enum class own_lock { schema = 1, accounts = 2, history = 3, pruning = 4 };

std::string of(own_lock lock) {
  return "(1129141064, " + std::to_string(static_cast<int>(lock)) + ")";
}

std::string take_lock(own_lock lock) {
  return "SELECT pg_advisory_xact_lock" + of(lock);
}

std::string milliseconds(std::chrono::milliseconds time) {
  return std::to_string(time.count());
}

std::string value_of(soci::session& db, const std::string& query) {
  std::string value;
  db.once << query, soci::into(value);
  return value;
}

// Tables live in the first schema of the search path; anything elsewhere is not ours.
constexpr const char* own_tables = "FROM information_schema.tables WHERE table_schema = current_schema()";

const dialect::texts own_texts{
    // A company's rows are guarded by its counter row, which is locked first and until COMMIT: what is read after that
    // is what the writer before has left. So no higher isolation is needed, which would only add failures. Whether it
    // may write is the operator's to say (default_transaction_read_only).
    .begin_write = "BEGIN ISOLATION LEVEL READ COMMITTED",
    .begin_read = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
    .clock = "CAST(ROUND(EXTRACT(EPOCH FROM clock_timestamp()) * 1000) AS BIGINT)",
    .count_tables = std::string{"SELECT COUNT(*) "} + own_tables,
    .count_table_named = std::string{"SELECT COUNT(*) "} + own_tables + " AND table_name = :name",
    .count_column_named = "SELECT COUNT(*) FROM information_schema.columns WHERE table_schema = current_schema() "
                          "AND table_name = :table AND column_name = :name",
    .lock_history = take_lock(own_lock::history),
    .lock_accounts = take_lock(own_lock::accounts),
    .claim_pruning = "SELECT CASE WHEN pg_try_advisory_xact_lock" + of(own_lock::pruning) + " THEN 1 ELSE 0 END",
    // Any row that nobody else probes right now: nodes must not wait for each other's commits.
    .probe = "UPDATE schema_version SET applied_at = applied_at WHERE version = "
             "(SELECT version FROM schema_version ORDER BY version LIMIT 1 FOR UPDATE SKIP LOCKED)",
    .lock_counters = "SELECT company_id FROM company_counters WHERE company_id = ANY (CAST(:companies AS TEXT[])) "
                     "ORDER BY company_id FOR UPDATE",
    .lock_free_counters = "SELECT company_id FROM company_counters WHERE company_id = ANY (CAST(:companies AS TEXT[])) "
                          "ORDER BY company_id FOR UPDATE SKIP LOCKED",
    .limit_lock_wait = "SET LOCAL lock_timeout = 100",
    .held_counters = "SELECT company_id FROM company_counters WHERE company_id = ANY (CAST(:companies AS TEXT[])) "
                     "AND NOT company_id = ANY (CAST(:free AS TEXT[]))",
    // Cluster, database, and the timeline of the log that is being written: pg_control_checkpoint() learns of a new one
    // only by and by.
    .identity = "SELECT (SELECT system_identifier FROM pg_control_system()) || '-' || "
                "(SELECT oid FROM pg_database WHERE datname = current_database()) || '-' || "
                "substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8)",
    .renew_epochs = "UPDATE company_counters "
                    "SET epoch = (epoch + 1 + CAST(floor(random() * 4294967295) AS BIGINT)) % 4294967296",
};

// A cluster's defaults are the operator's; what correctness hangs on is ours.
void prepare(soci::session& db, const settings& s) {
  PQsetNoticeProcessor(
      handle_of(db), [](void*, const char*) {}, nullptr);  // they may hold values
  if (value_of(db, "SHOW server_encoding") != "UTF8")
    throw database_error("the PostgreSQL database must have the encoding UTF8");
  db.once << "SET client_encoding = 'UTF8'";
  db.once << "SET lock_timeout = " + milliseconds(s.busy_timeout);
  db.once << "SET statement_timeout = " + milliseconds(statement_limit);
  // Who reads alone is a tool, which thinks between its statements and holds up no node.
  db.once << "SET idle_in_transaction_session_timeout = " + (s.read_only ? "0" : milliseconds(idle_transaction_limit));
  // The server, too, is to notice a node that is gone without a word. Without effect on a socket of this machine.
  for (const auto& [name, value] : keepalives_of_server)
    db.once << std::string{"SET "}.append(name).append(" = ").append(value);
  db.once << "SET jit = off";  // compiling costs more than any query of ours
  if (value_of(db, "SHOW synchronous_commit") == "off")
    db.once << "SET synchronous_commit = on";
}

class postgresql_dialect final : public dialect {
public:
  postgresql_dialect() : dialect(own_texts) {}

  void create(const settings&) const override {}  // an operator makes databases, with their owner and rights

  std::unique_ptr<engine> open(soci::session& db, const settings& s) const override {
    try {
      db.open(soci::postgresql, s.database.place);
    } catch (const soci::soci_error& e) {
      throw session_error(failure::connection, "cannot connect to PostgreSQL: " + reason_of(e));
    }
    try {
      prepare(db, s);
    } catch (const soci::soci_error& e) {
      throw session_error(persistence::failure_of(e), "cannot use PostgreSQL: " + persistence::describe(e));
    }
    return make_engine(db);
  }

  // Ids and tags are compared and sorted as bytes here as in SQLite. A collation for each column holds whatever the
  // database's own is, so that no operator has to make the database in a special way.
  std::string definition(std::string_view text) const override {
    constexpr std::string_view type = "TEXT";
    const auto part_of_name = [&](std::size_t at) {
      return at < text.size() && (std::isalnum(static_cast<unsigned char>(text[at])) != 0 || text[at] == '_');
    };
    std::string result;
    for (std::size_t at = 0; at < text.size();) {
      const bool found = text.substr(at).starts_with(type) && !part_of_name(at + type.size()) &&
                         (at == 0 || !part_of_name(at - 1));
      result += found ? std::string_view{"TEXT COLLATE \"C\""} : text.substr(at, 1);
      at += found ? type.size() : 1;
    }
    return result;
  }

  std::vector<std::string> risks(soci::session& db) const override {
    std::vector<std::string> found;
    if (value_of(db, "SHOW fsync") == "off")
      found.emplace_back(
          "PostgreSQL runs with fsync = off: when its machine fails, writes that were acknowledged are lost, "
          "and the database may be damaged");
    else if (value_of(db, "SHOW full_page_writes") == "off")
      found.emplace_back(
          "PostgreSQL runs with full_page_writes = off: when its machine fails, the database may be damaged, "
          "unless the file system never writes half a page");
    return found;
  }

  std::size_t max_writers() const override { return most_writers; }

  std::size_t max_batch() const override { return most_in_batch; }

  bool is_remote() const override { return true; }

  bool fails_whole_transactions() const override { return true; }

  // What the migration's own statements wait for is locks of running nodes, whose transactions are short.
  void lock_schema(soci::session& db) const override {
    const std::string usual = value_of(db, "SHOW lock_timeout");
    db.once << "SET LOCAL statement_timeout = 0";
    db.once << "SET LOCAL lock_timeout = " + milliseconds(migration_limit);
    db.once << take_lock(own_lock::schema);
    db.once << "SET LOCAL lock_timeout = '" + usual + "'";
  }

  void check_before_commit(soci::session& db) const override {
    if (PQtransactionStatus(handle_of(db)) == PQTRANS_INERROR)
      throw database_error("the transaction has failed before its end");
  }

  void watch_wal(soci::session&, std::uint64_t&) const override {}  // the server cares for its own
  bool checkpoint(soci::session&, const settings&) const override { return true; }

private:
  // libpq's own words on a connection that failed name host, user and database, and no password.
  static std::string reason_of(const soci::soci_error& e) {
    std::string text = e.what();
    text.erase(0, std::min(text.find('\n') + 1, text.size()));
    std::ranges::replace(text, '\n', ' ');
    while (text.ends_with(' '))
      text.pop_back();
    return text.empty() ? "no reason is known" : text;
  }
};

}  // namespace

const dialect& own_dialect() {
  static const postgresql_dialect only;
  return only;
}

// By SQLSTATE. libpq's own errors have none: the server is gone.
std::optional<failure> failure_of(const std::exception& e) {
  const auto* error = dynamic_cast<const soci::postgresql_soci_error*>(&e);
  if (!error)
    return {};
  const std::string state = error->sqlstate();
  const auto of_class = [&](std::string_view c) { return state.starts_with(c); };
  if (state == "40001" || state == "40P01")
    return failure::conflict;
  if (state == "55P03" || state == "57014")  // lock_timeout, statement_timeout
    return failure::busy;
  if (state == "25006")
    return failure::read_only;
  if (state == "53100")
    return failure::full;
  if (of_class("23"))
    return failure::constraint;
  if (of_class(" ") || of_class("08") || of_class("57P") || of_class("53") || of_class("25P03"))
    return failure::connection;
  if (of_class("58"))
    return failure::io;
  if (of_class("XX"))
    return failure::corrupt;
  return failure::other;
}

std::optional<std::string> describe(const std::exception& e) {
  const auto* error = dynamic_cast<const soci::postgresql_soci_error*>(&e);
  if (!error)
    return {};
  const std::string state = error->sqlstate();
  if (state.starts_with(' '))
    return "PostgreSQL is gone (the connection is lost)";
  switch (*failure_of(e)) {
  case failure::constraint: return "PostgreSQL state " + state + " (a constraint)";
  case failure::conflict: return "PostgreSQL state " + state + " (a conflict with another transaction)";
  case failure::busy: return "PostgreSQL state " + state + " (a lock or a statement took too long)";
  case failure::connection: return "PostgreSQL state " + state + " (the server ends or refuses sessions)";
  case failure::full: return "PostgreSQL state " + state + " (no room)";
  case failure::read_only: return "PostgreSQL state " + state + " (read-only)";
  case failure::io: return "PostgreSQL state " + state + " (the storage fails)";
  case failure::corrupt: return "PostgreSQL state " + state + " (an internal error)";
  case failure::other: break;
  }
  return "PostgreSQL state " + state;
}

std::string connection_string(const std::string& uri) {
  const std::unique_ptr<PQconninfoOption, void (*)(PQconninfoOption*)> parsed{PQconninfoParse(uri.c_str(), nullptr),
                                                                              PQconninfoFree};
  if (!parsed)
    throw database_error("is no URI of PostgreSQL; see libpq's \"Connection URIs\"");
  std::string text;
  const auto add = [&](std::string_view name, std::string_view value) {
    text.append(text.empty() ? "" : " ").append(name).append("='");
    for (const char c : value)
      text.append(c == '\'' || c == '\\' ? "\\" : "").append(1, c);
    text += '\'';
  };
  for (const PQconninfoOption* each = parsed.get(); each->keyword; ++each) {
    const auto* const own = std::ranges::find(defaults, std::string_view{each->keyword}, &option::name);
    if (each->val)
      add(each->keyword, each->val);
    else if (own != defaults.end())
      add(own->name, own->value);
  }
  return text;
}

}  // namespace chatmesh::persistence::postgresql
