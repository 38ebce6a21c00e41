#pragma once

#include "persistence/sql/session.hpp"
#include "persistence/stores.hpp"

namespace chatmesh::persistence {

// A page of a log is bounded in bytes, which only shows as it is read, and PostgreSQL's library takes all rows of a
// statement before the first is seen: so a page is read in steps of that many.
inline constexpr std::size_t log_rows_at_once = 32;

// What stays of a change when its event is no longer kept for streams: who did what and when, and its link of the hash
// chain. The oldest go after a time of their own and leave a checkpoint, from which the chain goes on.
class audit_log {
public:
  explicit audit_log(session&);

  // Takes in a change, without its data but for their hash. `hash` is the one of its row.
  void insert(const domain::change&, const std::string& hash);

  // The hash of the company's row at `seq`, wherever it is now.
  std::optional<std::string> find_hash(const domain::id& company, std::uint64_t seq);

  // Newest first, changes that are still kept for streams with their data. `next` is a seq.
  page<domain::audit_entry> list(const domain::id& company, const audit_filter&, const page_request&);

  // Erases at most max_rows that are older than `keep_after`; moves the checkpoint in the same transaction.
  std::uint64_t prune(domain::timestamp keep_after, std::uint64_t max_rows);

  // Moves the checkpoint to the head: what is left of a company that is about to be erased.
  void close(const domain::id& company);

private:
  std::uint64_t prune(const domain::id& company, domain::timestamp keep_after, std::uint64_t max_rows);

  statement insert_, find_hash_, list_kept_, list_pruned_, find_data_, find_bounds_;
  statement find_prunable_, oldest_, erase_, set_checkpoint_, close_;
};

}  // namespace chatmesh::persistence
