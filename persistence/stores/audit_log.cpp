#include "persistence/stores/audit_log.hpp"

#include "domain/fault.hpp"
#include "persistence/stores/log_chain.hpp"

#include <algorithm>
#include <charconv>
#include <limits>

namespace chatmesh::persistence {

namespace {

constexpr std::uint64_t max_scan = 5'000;        // rows that a filter may pass over for one page
constexpr std::size_t max_page_bytes = 4 << 20;  // of data; a page has at least one entry
constexpr std::uint32_t max_page_entries = 500;

constexpr std::string_view range =
    "WHERE company_id = :company AND seq >= :first AND seq < :before AND entity <> 'read' "
    "AND (CAST(:entity AS TEXT) IS NULL OR entity = :entity_again) "
    "AND (CAST(:object AS TEXT) IS NULL OR object_id = :object_again) ORDER BY seq DESC LIMIT :rows";

sql_text list_text(std::string_view more_columns, std::string_view table) {
  return select(std::string{chain_columns}.append(more_columns),
                std::string{"FROM "}.append(table).append(" ").append(range));
}

// Never back: what is below a checkpoint is gone.
std::string with_checkpoint(std::string_view row) {
  return std::string{"INSERT INTO log_checkpoints (company_id, seq, hash) "}.append(row).append(
      " ON CONFLICT (company_id) DO UPDATE SET seq = excluded.seq, hash = excluded.hash "
      "WHERE excluded.seq > log_checkpoints.seq");
}

// A page's `next`: the seq that the page after it ends before.
std::uint64_t read_bound(const page_request& request) {
  if (!request.after)
    return std::numeric_limits<std::int64_t>::max();
  std::int64_t bound = 0;
  const char* const end = request.after->data() + request.after->size();
  const auto [stop, error] = std::from_chars(request.after->data(), end, bound);
  if (error != std::errc{} || stop != end || bound < 1)
    throw domain::malformed("the page is unknown");
  return static_cast<std::uint64_t>(bound);
}

struct log_bounds {
  std::uint64_t end = 0;    // behind the newest
  std::uint64_t kept = 0;   // the oldest with data
  std::uint64_t first = 0;  // the oldest of all
};

log_bounds read_bounds(row& r) {
  log_bounds found;
  found.end = r.count() + 1;
  found.kept = r.optional_count().value_or(found.end);
  found.first = r.optional_count().value_or(found.kept);
  return found;
}

}  // namespace

audit_log::audit_log(session& db)
    : insert_(
          db.handle(),
          apart("INSERT INTO audit_log (company_id, seq, at, entity, action, object_id, author_kind, author_id, "
                "author_name, client, authority, content_hash, hash) VALUES (:company, :seq, :at, :entity, :action, "
                ":object, :kind, :author, :name, :client, :authority, :content, :hash)")),
      find_hash_(db.handle(), select("hash", "FROM change_log WHERE company_id = :company AND seq = :seq UNION ALL "
                                             "SELECT hash FROM audit_log WHERE company_id = :company_2 AND seq = "
                                             ":seq_2 UNION ALL SELECT hash FROM log_checkpoints "
                                             "WHERE company_id = :company_3 AND seq = :seq_3")),
      list_kept_(db.handle(), list_text(", data, previous_seq", "change_log")),
      list_pruned_(db.handle(), list_text("", "audit_log")),
      find_data_(db.handle(), select("data", "FROM change_log WHERE company_id = :company AND seq = :seq")),
      find_bounds_(db.handle(),
                   select("k.seq, (SELECT MIN(l.seq) FROM change_log l WHERE l.company_id = k.company_id), "
                          "(SELECT MIN(a.seq) FROM audit_log a WHERE a.company_id = k.company_id)",
                          "FROM company_counters k WHERE k.company_id = :company")),
      find_prunable_(db.handle(), select("k.company_id", "FROM company_counters k WHERE (SELECT a.at FROM audit_log a "
                                                         "WHERE a.company_id = k.company_id ORDER BY a.seq LIMIT 1) "
                                                         "< :keep_after LIMIT :companies")),
      oldest_(db.handle(), select("seq, at, hash", "FROM audit_log WHERE company_id = :company ORDER BY seq "
                                                   "LIMIT :rows")),
      erase_(db.handle(), "DELETE FROM audit_log WHERE company_id = :company AND seq <= :last"),
      set_checkpoint_(db.handle(), with_checkpoint("VALUES (:company, :seq, :hash)")),
      close_(db.handle(), with_checkpoint("SELECT l.company_id, l.seq, l.hash FROM change_log l "
                                          "JOIN company_counters k ON k.company_id = l.company_id AND k.seq = l.seq "
                                          "WHERE l.company_id = :company")) {}

void audit_log::insert(const domain::change& c, const std::string& hash) {
  insert_.send(c.company_id, c.seq, c.at, to_string(c.entity), to_string(c.action), c.object_id, to_string(c.by.kind),
               c.by.id, c.by.name, c.by.client, c.authority, content_hash(c.data), hash);
}

std::optional<std::string> audit_log::find_hash(const domain::id& company, std::uint64_t seq) {
  return find_hash_.one([](row& r) { return r.text(); }, company, seq, company, seq, company, seq);
}

page<domain::audit_entry> audit_log::list(const domain::id& company, const audit_filter& filter,
                                          const page_request& request) {
  page<domain::audit_entry> result;
  const auto bounds = find_bounds_.one(read_bounds, company);
  if (!bounds)
    return result;
  const std::uint64_t end = std::min(read_bound(request), bounds->end);
  const std::uint64_t first = std::max(bounds->first, end - std::min(end, max_scan));
  const std::size_t wanted = std::clamp<std::uint32_t>(request.limit, 1, max_page_entries);
  const auto entity = filter.entity ? std::optional{to_string(*filter.entity)} : std::nullopt;
  std::size_t bytes = 0;
  const auto is_full = [&] { return result.items.size() >= wanted || bytes >= max_page_bytes; };
  // Newest first, down to `low`; each step goes on below the one before.
  const auto read = [&](statement& from, std::uint64_t low, std::uint64_t high, bool with_data) {
    for (bool more = true; more && low < high && !is_full();) {
      const std::size_t rows = std::min(log_rows_at_once, wanted - result.items.size());
      const std::size_t before = result.items.size();
      from.each(
          [&](row& r) {
            domain::audit_entry& made = result.items.emplace_back();
            made.change = read_chained(r);
            if (with_data) {
              made.change.data = r.text();
              if (const auto previous = r.optional_count())
                made.before = find_data_.one([](row& found) { return found.text(); }, company, *previous);
            }
            bytes += made.change.data.size() + made.before.value_or("").size();
            return !is_full();
          },
          company, low, high, entity, entity, filter.object, filter.object, rows);
      more = result.items.size() == before + rows;
      high = more ? result.items.back().change.seq : high;
    }
  };
  read(list_kept_, std::max(first, bounds->kept), end, true);
  read(list_pruned_, first, std::min(end, bounds->kept), false);
  const std::uint64_t seen = is_full() ? result.items.back().change.seq : first;
  if (seen > bounds->first)
    result.next = std::to_string(seen);
  return result;
}

std::uint64_t audit_log::prune(domain::timestamp keep_after, std::uint64_t max_rows) {
  std::uint64_t erased = 0;
  for (const domain::id& company : find_prunable_.all([](row& r) { return r.id(); }, keep_after, max_rows)) {
    if (erased < max_rows)
      erased += prune(company, keep_after, max_rows - erased);
  }
  return erased;
}

std::uint64_t audit_log::prune(const domain::id& company, domain::timestamp keep_after, std::uint64_t max_rows) {
  std::uint64_t last = 0;
  std::string hash;
  oldest_.each(
      [&](row& r) {
        const std::uint64_t seq = r.count();
        if (r.time() >= keep_after)
          return false;
        last = seq;
        hash = r.text();
        return true;
      },
      company, max_rows);
  if (last == 0)
    return 0;
  set_checkpoint_.execute(company, last, hash);
  return erase_.execute(company, last);
}

void audit_log::close(const domain::id& company) {
  close_.execute(company);
}

}  // namespace chatmesh::persistence
