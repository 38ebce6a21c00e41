// Walks one company's chain from its checkpoint to its head.
#pragma once

#include "persistence/sql/session.hpp"
#include "persistence/verify/expected_heads.hpp"

#include <functional>

namespace chatmesh::persistence {

// Where a company's chain begins and ends by what is stored besides it.
struct chain_frame {
  domain::id company;
  std::uint64_t head = 0;  // of its counter
  std::uint64_t authority = 0;
  std::uint64_t checkpoint = 0;  // seq; 0 = none
  std::string checkpoint_hash;
};

// A link whose data are there, and whose data and metadata tell the same.
struct kept_link {
  domain::change change;
  std::uint64_t previous_seq = 0;
  domain::json object;
};

struct chain_walk {
  std::uint64_t links = 0;
  std::uint64_t last = 0;  // the head as the log has it
  std::string last_hash;
  std::uint64_t kept = 0;  // the first whose data are there; head + 1 for none
};

class chain_check {
public:
  // `expected` is told of every link.
  chain_check(session&, fault_list&, expected_heads& expected);

  // Inside a read transaction. The visitors get the links in order: first those without data, then the others.
  chain_walk run(const chain_frame&, const std::function<void(const domain::change&)>& visit_pruned,
                 const std::function<void(const kept_link&)>& visit);

private:
  struct stored_link {
    std::uint64_t seq = 0;
    std::optional<domain::change> change;  // none: a value that can't be
    std::string content, hash;
    std::uint64_t previous_seq = 0;
  };

  static stored_link read_link(row&, bool with_data);
  void walk(statement& pages, bool with_data, const std::function<void(stored_link&)>& visit);
  bool follows(const stored_link&);
  void check_hash(const stored_link&);
  std::optional<kept_link> open(stored_link&);
  void check_end();

  statement pruned_, kept_;
  fault_list& faults_;
  expected_heads& expected_;
  const chain_frame* frame_ = nullptr;
  chain_walk walk_;
  std::optional<std::string> previous_hash_;  // none behind a hole
};

}  // namespace chatmesh::persistence
