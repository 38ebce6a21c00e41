#pragma once

#include "persistence/sql/session.hpp"
#include "persistence/stores.hpp"

namespace chatmesh::persistence {

// Each company's sequence: its locked counter row and the rows that every stream replays from.
class change_log {
public:
  explicit change_log(session&);

  // Starts the sequence of a new company.
  void open(const domain::id& company, std::uint32_t epoch);

  // Takes the company's next seq and stores the change; fills in epoch, seq, authority and data.
  void append(domain::change&, std::string_view object);

  // Raises the company's authority because a session of its member ended; the new number.
  std::uint64_t end_session(const domain::id& company, const domain::id& session, domain::timestamp at);

  std::optional<log_position> find_position(const domain::id& company);
  log_page read(const domain::id& company, std::uint64_t after, std::uint32_t max_events, std::size_t max_bytes);
  std::vector<domain::id> ended_sessions(const domain::id& company, std::uint64_t authority);

  // Erases at most max_rows of the oldest changes that are neither among the last `keep_events` of their company nor
  // younger than `keep_after`. What stays is dense up to the head.
  std::uint64_t prune(std::uint64_t keep_events, domain::timestamp keep_after, std::uint64_t max_rows);
  std::uint64_t remove_ended_sessions(domain::timestamp before, std::uint64_t max_rows);

private:
  struct prunable {
    domain::id company;
    std::uint64_t head;
  };
  std::uint64_t prune(const prunable&, std::uint64_t keep_events, domain::timestamp keep_after, std::uint64_t max_rows);

  statement open_, next_seq_, insert_, raise_authority_, insert_ended_, find_position_, read_, ended_sessions_;
  statement find_prunable_, oldest_, erase_, remove_ended_;
};

}  // namespace chatmesh::persistence
