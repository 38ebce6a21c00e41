#pragma once

#include "persistence/sql/session.hpp"

#include <deque>

namespace chatmesh::persistence {

// Erases what belongs to a company that was deleted, in small steps. The checkpoint of its log stays.
class company_eraser {
public:
  explicit company_eraser(session&);

  // Erases at most max_rows (not counting what hangs on a customer: tags and tokens, both few). Fewer: nothing is left,
  // the company itself is gone.
  std::uint64_t step(const domain::id& company, std::uint64_t max_rows);

private:
  std::deque<statement> tables_;  // those that refer to others first
  statement company_;
};

}  // namespace chatmesh::persistence
