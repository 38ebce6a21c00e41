#include "persistence/health.hpp"

#include <spdlog/spdlog.h>

#include <utility>

namespace chatmesh::persistence {

namespace {

std::string_view words_for(failure why) {
  switch (why) {
  case failure::constraint:
  case failure::conflict: return "others' transactions are in the way";
  case failure::busy: return "another process holds its lock";
  case failure::connection: return "it can't be reached";
  case failure::full: return "no room is left";
  case failure::read_only: return "it is read-only";
  case failure::io: return "its storage fails";
  case failure::corrupt: return "what is stored can't be read";
  case failure::other: break;
  }
  return "it fails; the log has the database's own code";
}

}  // namespace

void health::failed(const std::exception& e) {
  const failure why = failure_of(e);
  ++failures_;
  const std::lock_guard lock{mutex_};
  const bool known = failed_in_row_++ > 0 && why_ == why;
  why_ = why;
  failing_ = true;
  if (!known)
    spdlog::error("the database serves no {}: {}", what_, describe(e));
}

void health::recovered() {
  const std::lock_guard lock{mutex_};
  if (!failing_.exchange(false))
    return;
  spdlog::info("the database serves {} again, after {} failures", what_, std::exchange(failed_in_row_, 0));
}

std::optional<std::string_view> health::trouble() const {
  if (!failing_)
    return {};
  const std::lock_guard lock{mutex_};
  return words_for(why_);
}

}  // namespace chatmesh::persistence
