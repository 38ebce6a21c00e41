#include "persistence/commands/handlers.hpp"

namespace chatmesh::persistence {

namespace {

constexpr std::chrono::hours ended_sessions_life{30 * 24};  // the longest life of a session
constexpr std::chrono::hours deleted_company_life{24};      // live streams are long over
constexpr std::chrono::hours released_image_life{24};       // pages that show it are long gone

}  // namespace

// One small step: each part takes what the ones before it have left of `max_rows`. Whoever gets max_rows back asks
// again. Where another node is at it, there is nothing left to do: both would only wait for each other's rows.
written run(write_context& c, const prune_log& asked) {
  store_set& all = c.stores;
  if (!all.claim_pruning.one([](row& r) { return r.flag(); }).value())
    return {};
  std::uint64_t removed = 0;
  const auto left = [&] { return asked.max_rows - removed; };
  removed += all.log.prune(asked.keep_events, c.now - asked.keep_age, left());
  if (asked.keep_audit.count() > 0)
    removed += all.audit.prune(c.now - asked.keep_audit, left());
  removed += all.log.remove_ended_sessions(c.now - ended_sessions_life, left());
  removed += all.sessions.remove_expired(c.now, left());
  removed += all.visitors.remove_expired(c.now, left());
  removed += all.answers.remove_old(c.now, left());
  removed += all.images.remove_released(c.now - released_image_life, left());
  if (const auto company = all.companies.find_deleted(c.now - deleted_company_life); company && left() > 0) {
    all.audit.close(*company);
    removed += all.eraser.step(*company, left());
  }
  written done;
  done.removed = removed;
  return done;
}

written run(write_context& c, const probe_database&) {
  c.stores.probe.execute();
  return {};
}

}  // namespace chatmesh::persistence
