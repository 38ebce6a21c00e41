// Joins the actors' port to the log with persistence: the two never see each other.
#pragma once

#include "actors/event_log.hpp"
#include "actors/settings.hpp"
#include "persistence/readers.hpp"

namespace chatmesh::app {

// Stateless beside its two references, which outlive it; callable from any thread. Answers come on a reader thread, or
// at once and with nothing where the readers' queue is full.
class log_bridge final : public actors::event_log {
public:
  log_bridge(persistence::readers& readers, const actors::settings& s)
      : readers_(readers), page_events_(s.page_events), page_bytes_(s.page_bytes) {}

  void read_position(domain::id company, callback<actors::log_position>) override;
  void read_page(domain::id company, std::uint64_t after, callback<actors::log_page>) override;
  void read_endings(domain::id company, std::uint64_t above_authority, callback<actors::log_endings>) override;
  void read_admission(domain::id company, domain::id session, domain::id employee,
                      callback<actors::log_admission>) override;

private:
  template <class T, class Read>
  void ask(callback<T> done, Read read);

  persistence::readers& readers_;
  std::size_t page_events_;
  std::size_t page_bytes_;
};

}  // namespace chatmesh::app
