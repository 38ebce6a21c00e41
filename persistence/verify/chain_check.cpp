#include "persistence/verify/chain_check.hpp"

#include "domain/codec.hpp"
#include "persistence/stores/log_chain.hpp"

#include <limits>

namespace chatmesh::persistence {

namespace {

constexpr std::uint32_t rows_at_once = 500;
constexpr std::string_view page = " WHERE company_id = :company AND seq > :after ORDER BY seq LIMIT :rows";

sql_text pages_of(std::string_view table, std::string_view more_columns) {
  return select(std::string{"seq, "}.append(chain_columns).append(more_columns),
                std::string{"FROM "}.append(table).append(page));
}

std::string at(std::uint64_t seq) {
  return "seq " + std::to_string(seq);
}

}  // namespace

chain_check::chain_check(session& db, fault_list& faults, expected_heads& expected)
    : pruned_(db.handle(), pages_of("audit_log", ", content_hash, hash")),
      kept_(db.handle(), pages_of("change_log", ", data, hash, previous_seq")), faults_(faults), expected_(expected) {}

chain_walk chain_check::run(const chain_frame& frame, const std::function<void(const domain::change&)>& visit_pruned,
                            const std::function<void(const kept_link&)>& visit) {
  frame_ = &frame;
  walk_ = {};
  walk_.last = frame.checkpoint;
  walk_.last_hash = frame.checkpoint > 0 ? frame.checkpoint_hash : std::string{chain_start};
  previous_hash_ = walk_.last_hash;
  if (frame.checkpoint > 0)
    expected_.see(frame.checkpoint, frame.checkpoint_hash);
  walk(pruned_, false, [&](stored_link& link) {
    if (!follows(link))
      return;
    check_hash(link);
    if (link.change)
      visit_pruned(*link.change);
  });
  walk(kept_, true, [&](stored_link& link) {
    if (!follows(link))
      return;
    if (walk_.kept == 0)
      walk_.kept = link.seq;
    check_hash(link);
    if (const auto opened = open(link))
      visit(*opened);
  });
  check_end();
  return walk_;
}

// One page in memory at a time.
void chain_check::walk(statement& pages, bool with_data, const std::function<void(stored_link&)>& visit) {
  const auto read = [with_data](row& r) { return read_link(r, with_data); };
  std::int64_t after = std::numeric_limits<std::int64_t>::min();
  for (auto found = pages.all(read, frame_->company, after, rows_at_once); !found.empty();
       found = pages.all(read, frame_->company, after, rows_at_once)) {
    for (stored_link& each : found)
      visit(each);
    after = static_cast<std::int64_t>(found.back().seq);
  }
}

chain_check::stored_link chain_check::read_link(row& r, bool with_data) {
  stored_link link;
  link.seq = static_cast<std::uint64_t>(r.number());
  try {
    domain::change c = read_chained(r);
    std::string content = r.text();
    link.hash = r.text();
    link.content = with_data ? content_hash(content) : content;
    if (with_data) {
      c.data = std::move(content);
      link.previous_seq = r.optional_count().value_or(0);
    }
    link.change = std::move(c);
  } catch (const database_error&) {  // told by who sees that the change is missing
    link.change.reset();
  }
  return link;
}

// Whether the link stands where the chain goes on, if perhaps behind a hole.
bool chain_check::follows(const stored_link& link) {
  const std::uint64_t next = walk_.last + 1;
  if (link.seq < next) {
    faults_.add(at(link.seq) + ": stands below what the chain has left behind (" + std::to_string(walk_.last) + ")");
    return false;
  }
  if (link.seq > next) {
    faults_.add("seq " + std::to_string(next) + (link.seq - 1 > next ? " to " + std::to_string(link.seq - 1) : "") +
                ": missing in the log");
    previous_hash_.reset();
  }
  ++walk_.links;
  walk_.last = link.seq;
  return true;
}

// A link whose predecessor is gone is believed: what is wrong has been said.
void chain_check::check_hash(const stored_link& link) {
  if (!link.change)
    faults_.add(at(link.seq) + ": the row of the log can't be read");
  else if (previous_hash_ && chain_hash(*previous_hash_, *link.change, link.content) != link.hash)
    faults_.add(at(link.seq) + ": its hash is not that of its predecessor, metadata and content");
  previous_hash_ = link.hash;
  walk_.last_hash = link.hash;
  expected_.see(link.seq, link.hash);
}

// What the data tell is replayed even where the row tells something else: the object's own row is to be judged by it.
std::optional<kept_link> chain_check::open(stored_link& link) {
  if (!link.change)
    return {};
  const domain::json event = domain::json::parse(link.change->data, nullptr, false);
  const domain::json object = event.is_object() ? event.value("object", domain::json()) : domain::json();
  if (!object.is_object() || domain::encode_change_data(*link.change, domain::dump(object)) != link.change->data ||
      object.value("id", domain::json()) != link.change->object_id.to_string())
    faults_.add(at(link.seq) + ": the data tell something else than the row of the log");
  if (!object.is_object())
    return {};
  return kept_link{std::move(*link.change), link.previous_seq, object};
}

void chain_check::check_end() {
  if (walk_.last != frame_->head)
    faults_.add("the log ends at seq " + std::to_string(walk_.last) + ", its counter stands at " +
                std::to_string(frame_->head));
  if (walk_.kept == 0)
    walk_.kept = walk_.last + 1;
}

}  // namespace chatmesh::persistence
