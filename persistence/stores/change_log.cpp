#include "persistence/stores/change_log.hpp"

#include "persistence/stores/log_chain.hpp"

#include <algorithm>

namespace chatmesh::persistence {

namespace {

domain::change read_change(row& r) {
  domain::change c = read_chained(r);
  c.data = r.text();
  return c;
}

// The predecessor's hash comes along without a statement of its own. Where nobody else writes meanwhile, the row need
// not move yet: SQLite keeps what an UPDATE returns in a table that it makes for that.
sql_text next_seq(bool by_update) {
  if (by_update)
    return apart(returning("epoch, seq, authority, (SELECT l.hash FROM change_log l WHERE l.company_id = "
                           "company_counters.company_id AND l.seq = company_counters.seq - 1)",
                           "UPDATE company_counters SET seq = seq + 1 WHERE company_id = :company"));
  return select("k.epoch, k.seq + 1, k.authority, (SELECT l.hash FROM change_log l WHERE l.company_id = k.company_id "
                "AND l.seq = k.seq)",
                "FROM company_counters k WHERE k.company_id = :company");
}

std::string with_data(std::string_view more = "") {
  return std::string{chain_columns}.append(", data").append(more);
}

}  // namespace

change_log::change_log(session& db, audit_log& audit)
    : db_(db), takes_by_update_(db.locks_companies()),
      open_(db.handle(),
            "INSERT INTO company_counters (company_id, epoch, seq, authority) VALUES (:company, :epoch, 0, 0)"),
      next_seq_(db.handle(), next_seq(takes_by_update_)),
      set_seq_(db.handle(), apart("UPDATE company_counters SET seq = :seq WHERE company_id = :company")),
      insert_(db.handle(),
              apart("INSERT INTO change_log (company_id, seq, at, entity, action, object_id, author_kind, "
                    "author_id, author_name, client, authority, data, previous_seq, hash) VALUES (:company, :seq, "
                    ":at, :entity, :action, :object, :kind, :author, :name, :client, :authority, :data, "
                    ":previous, :hash)")),
      raise_authority_(db.handle(),
                       returning("epoch, authority", "UPDATE company_counters SET authority = authority + 1 "
                                                     "WHERE company_id = :company")),
      insert_ended_(db.handle(), "INSERT INTO ended_sessions (company_id, authority, session_id, ended_at) "
                                 "VALUES (:company, :authority, :session, :at)"),
      find_position_(db.handle(), select("k.epoch, k.seq, k.authority, "
                                         "(SELECT MIN(l.seq) FROM change_log l WHERE l.company_id = k.company_id)",
                                         "FROM company_counters k WHERE k.company_id = :company")),
      read_(db.handle(), select(with_data(), "FROM change_log WHERE company_id = :company AND seq > :after "
                                             "ORDER BY seq LIMIT :rows")),
      ended_sessions_(db.handle(), select("session_id", "FROM ended_sessions WHERE company_id = :company "
                                                        "AND authority > :authority ORDER BY authority")),
      find_prunable_(
          db.handle(),
          select("k.company_id, k.seq",
                 "FROM company_counters k WHERE k.seq > :keep AND (SELECT l.at FROM change_log l "
                 "WHERE l.company_id = k.company_id AND l.seq <= k.seq - :keep_again ORDER BY l.seq LIMIT 1) "
                 "< :keep_after LIMIT :companies")),
      oldest_(db.handle(), select(with_data(", hash"), "FROM change_log WHERE company_id = :company AND seq <= :last "
                                                       "ORDER BY seq LIMIT :rows")),
      erase_(db.handle(), "DELETE FROM change_log WHERE company_id = :company AND seq <= :last"),
      remove_ended_(db.handle(), "DELETE FROM ended_sessions WHERE (company_id, authority, session_id) IN "
                                 "(SELECT company_id, authority, session_id FROM ended_sessions "
                                 "WHERE ended_at < :before LIMIT :rows)"),
      audit_(audit) {}

void change_log::open(const domain::id& company, std::uint32_t epoch) {
  open_.execute(company, epoch);
}

bool change_log::lock(const domain::id& company) {
  if (is_patient_)
    return db_.lock_companies({company});
  if (!db_.lock_free_companies({company}).empty()) {
    has_met_held_ = true;
    throw company_held{};
  }
  return true;
}

log_slot change_log::take_slot(const domain::id& company) {
  if (const auto known = taken_.find(company); known != taken_.end()) {
    ++known->second.last.seq;
    ++db_.handle().changes;
    return known->second.last;
  }
  log_slot slot;
  bool previous_seen = false;
  next_seq_.each(
      [&](row& r) {
        slot.epoch = static_cast<std::uint32_t>(r.count());
        slot.seq = r.count();
        slot.authority = r.count();
        const auto hash = r.optional_text();
        previous_seen = hash.has_value();
        slot.previous_hash = hash.value_or(std::string{chain_start});
        return true;
      },
      company);
  if (slot.seq == 0)
    throw std::logic_error("a change of a company without a counter");
  // Not seen: it was pruned, or it was committed by another session while this one waited for the counter's lock.
  if (!previous_seen && slot.seq > first_seq)
    slot.previous_hash = audit_.find_hash(company, slot.seq - 1).value_or(slot.previous_hash);
  if (!takes_by_update_)
    ++db_.handle().changes;
  taken_.emplace(company, counter{slot, takes_by_update_ ? slot.seq : slot.seq - 1});
  return slot;
}

void change_log::store_counters() {
  for (auto& [company, row] : taken_) {
    if (row.stored != row.last.seq)
      set_seq_.send(row.last.seq, company);
    row.stored = row.last.seq;
  }
}

void change_log::append(domain::change& c, std::string_view object, const log_slot& at, std::uint64_t previous_seq) {
  c.epoch = at.epoch;
  c.seq = at.seq;
  c.authority = at.authority;
  c.data = domain::encode_change_data(c, object);
  const auto previous = previous_seq > 0 ? std::optional{previous_seq} : std::nullopt;
  auto hash = chain_hash(at.previous_hash, c, content_hash(c.data));
  insert_.send(c.company_id, c.seq, c.at, to_string(c.entity), to_string(c.action), c.object_id, to_string(c.by.kind),
               c.by.id, c.by.name, c.by.client, c.authority, c.data, previous, hash);
  taken_.at(c.company_id).last.previous_hash = std::move(hash);
}

authority_mark change_log::end_session(const domain::id& company, const domain::id& session, domain::timestamp at) {
  const auto read = [](row& r) {
    authority_mark raised;
    raised.epoch = static_cast<std::uint32_t>(r.count());
    raised.authority = r.count();
    return raised;
  };
  if (!is_patient_)
    lock(company);  // else the change itself waits
  const authority_mark raised = raise_authority_.one(read, company).value();
  insert_ended_.send(company, raised.authority, session, at);
  if (const auto known = taken_.find(company); known != taken_.end())
    known->second.last.authority = raised.authority;
  return raised;
}

std::optional<log_position> change_log::find_position(const domain::id& company) {
  const auto read = [](row& r) {
    log_position at;
    at.epoch = static_cast<std::uint32_t>(r.count());
    at.head = r.count();
    at.authority = r.count();
    at.oldest = r.optional_count().value_or(at.head + 1);
    return at;
  };
  return find_position_.one(read, company);
}

log_page change_log::read(const domain::id& company, std::uint64_t after, std::uint32_t max_events,
                          std::size_t max_bytes) {
  log_page result;
  const auto position = find_position(company);
  if (!position)
    return result;
  result.at = *position;
  if (after + 1 < position->oldest)
    return result;  // what comes next is no longer kept
  std::size_t bytes = 0;
  const auto take = [&](row& r) {
    domain::change c = read_change(r);
    bytes += c.data.size();
    if (bytes > max_bytes && !result.changes.empty())
      return false;
    c.company_id = company;
    c.epoch = position->epoch;
    result.changes.push_back(std::move(c));
    return true;
  };
  const std::size_t wanted = std::max<std::uint32_t>(max_events, 1);
  for (bool more = true; more && result.changes.size() < wanted;) {
    const std::size_t before = result.changes.size(), rows = std::min(log_rows_at_once, wanted - before);
    read_.each(take, company, before == 0 ? after : result.changes.back().seq, rows);
    more = result.changes.size() == before + rows;
  }
  return result;
}

std::vector<domain::id> change_log::ended_sessions(const domain::id& company, std::uint64_t authority) {
  return ended_sessions_.all([](row& r) { return r.id(); }, company, authority);
}

std::uint64_t change_log::prune(std::uint64_t keep_events, domain::timestamp keep_after, std::uint64_t max_rows) {
  const auto read = [](row& r) {
    const domain::id company = r.id();
    return prunable{company, r.count()};
  };
  std::uint64_t erased = 0;
  // Every company found has at least one row to erase, so max_rows of them are enough for a step.
  for (const prunable& each : find_prunable_.all(read, keep_events, keep_events, keep_after, max_rows)) {
    if (erased < max_rows)
      erased += prune(each, keep_events, keep_after, max_rows - erased);
  }
  return erased;
}

std::uint64_t change_log::prune(const prunable& from, std::uint64_t keep_events, domain::timestamp keep_after,
                                std::uint64_t max_rows) {
  // From the oldest up to the first that must stay: a clock that was set back must not tear a hole.
  std::uint64_t last = 0;
  oldest_.each(
      [&](row& r) {
        const domain::change c = read_change(r);
        if (c.at >= keep_after)
          return false;
        audit_.insert(c, r.text());
        last = c.seq;
        return true;
      },
      from.company, from.head - keep_events, max_rows);
  return last == 0 ? 0 : erase_.execute(from.company, last);
}

std::uint64_t change_log::remove_ended_sessions(domain::timestamp before, std::uint64_t max_rows) {
  return remove_ended_.execute(before, max_rows);
}

}  // namespace chatmesh::persistence
