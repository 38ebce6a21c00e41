#pragma once

#include "persistence/sql/session.hpp"
#include "persistence/stores.hpp"
#include "persistence/stores/audit_log.hpp"

#include <unordered_map>

namespace chatmesh::persistence {

// A place in a company's sequence that is taken: nobody else gets one until the transaction ends.
struct log_slot {
  std::uint32_t epoch = 0;
  std::uint64_t seq = 0;
  std::uint64_t authority = 0;
  std::string previous_hash;  // of the row at seq - 1
};

// Somebody else holds a company that is not to be waited for.
struct company_held {};

// The number that a company's authority was raised to, in that history.
struct authority_mark {
  std::uint32_t epoch = 0;
  std::uint64_t authority = 0;
};

// Each company's sequence: its locked counter row and the rows that every stream replays from.
class change_log {
public:
  static constexpr std::uint64_t first_seq = 1;

  // The audit log outlives it.
  change_log(session&, audit_log&);

  // A transaction begins, or is taken back to where counters were stored last: see store_counters().
  void begin() { taken_.clear(); }

  // Starts the sequence of a new company.
  void open(const domain::id& company, std::uint32_t epoch);

  // Whether a company that its command has only found out is waited for, or company_held thrown where others hold it.
  void wait_for_locks(bool is_patient) {
    is_patient_ = is_patient;
    has_met_held_ = false;
  }
  bool has_met_held() const { return has_met_held_; }

  // Keeps other writers out of such a company: see session::lock_companies().
  bool lock(const domain::id& company);

  // The first of a transaction moves the counter's row where that has to be locked from then on. The others are only
  // counted, and so store_counters() has to be called before COMMIT.
  log_slot take_slot(const domain::id& company);
  void store_counters();

  // Stores the change at its place, chained to its predecessor; fills in epoch, seq, authority and data. `previous_seq`
  // is the object's event before; 0 = none.
  void append(domain::change&, std::string_view object, const log_slot&, std::uint64_t previous_seq);

  // Locks the company and raises its authority because a session of its member ended.
  authority_mark end_session(const domain::id& company, const domain::id& session, domain::timestamp at);

  std::optional<log_position> find_position(const domain::id& company);
  // Several statements: what they read is one page only within one read transaction.
  log_page read(const domain::id& company, std::uint64_t after, std::uint32_t max_events, std::size_t max_bytes);
  std::vector<domain::id> ended_sessions(const domain::id& company, std::uint64_t authority);

  // Moves at most max_rows of the oldest changes that are neither among the last `keep_events` of their company nor
  // younger than `keep_after` to the audit log, without their data. What stays is dense up to the head.
  std::uint64_t prune(std::uint64_t keep_events, domain::timestamp keep_after, std::uint64_t max_rows);
  std::uint64_t remove_ended_sessions(domain::timestamp before, std::uint64_t max_rows);

private:
  struct prunable {
    domain::id company;
    std::uint64_t head;
  };
  std::uint64_t prune(const prunable&, std::uint64_t keep_events, domain::timestamp keep_after, std::uint64_t max_rows);

  struct counter {
    log_slot last;
    std::uint64_t stored = 0;  // as its row has it
  };

  session& db_;
  const bool takes_by_update_;  // a slot, as that locks its row
  bool is_patient_ = true;
  bool has_met_held_ = false;                      // in this transaction
  std::unordered_map<domain::id, counter> taken_;  // in this transaction
  statement open_, next_seq_, set_seq_, insert_, raise_authority_, insert_ended_, find_position_, read_,
      ended_sessions_;
  statement find_prunable_, oldest_, erase_, remove_ended_;
  audit_log& audit_;
};

}  // namespace chatmesh::persistence
