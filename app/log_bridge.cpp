#include "app/log_bridge.hpp"

#include "persistence/stores.hpp"

#include <memory>
#include <optional>
#include <utility>

namespace chatmesh::app {

namespace {

actors::log_position to_actors(const persistence::log_position& at) {
  return {at.epoch, at.head, at.oldest, at.authority};
}

}  // namespace

// `read(stores)` answers an optional; nothing is told as a failure. A transaction may still fail after the answer is
// out, so the callback is given away with the first answer.
template <class T, class Read>
void log_bridge::ask(callback<T> done, Read read) {
  auto once = std::make_shared<callback<T>>(std::move(done));
  auto answer = [once](std::optional<T> found) {
    if (auto tell = std::exchange(*once, nullptr))
      tell(std::move(found));
  };
  auto job = [answer, read](persistence::stores& stores) { answer(read(stores)); };
  auto failed = [answer] { answer(std::nullopt); };
  if (!readers_.submit(std::move(job), failed))
    failed();
}

void log_bridge::read_position(domain::id company, callback<actors::log_position> done) {
  ask<actors::log_position>(std::move(done), [company](persistence::stores& stores) {
    auto at = stores.find_position(company);
    return at ? std::optional{to_actors(*at)} : std::nullopt;
  });
}

void log_bridge::read_page(domain::id company, std::uint64_t after, callback<actors::log_page> done) {
  auto read = [company, after, events = page_events_, bytes = page_bytes_](persistence::stores& stores) {
    auto found = stores.read_log(company, after, static_cast<std::uint32_t>(events), bytes);
    actors::log_page page{to_actors(found.at), after, {}};
    page.frames.reserve(found.changes.size());
    for (const auto& change : found.changes)
      page.frames.push_back(domain::encode_event(change));
    return std::optional{std::move(page)};
  };
  ask<actors::log_page>(std::move(done), std::move(read));
}

void log_bridge::read_endings(domain::id company, std::uint64_t above_authority, callback<actors::log_endings> done) {
  ask<actors::log_endings>(
      std::move(done), [company, above_authority](persistence::stores& stores) -> std::optional<actors::log_endings> {
        auto at = stores.find_position(company);
        if (!at)
          return std::nullopt;
        return actors::log_endings{at->authority, stores.ended_sessions(company, above_authority)};
      });
}

void log_bridge::read_admission(domain::id company, domain::id session, domain::id employee,
                                callback<actors::log_admission> done) {
  auto read = [company, session, employee](persistence::stores& stores) -> std::optional<actors::log_admission> {
    auto at = stores.find_position(company);
    if (!at)
      return std::nullopt;
    if (employee == domain::id{}) {
      const bool live = stores.api_token_is_live(session) || stores.widget_token_is_live(session);
      return actors::log_admission{to_actors(*at), live, true};
    }
    const auto found = stores.find_employee(company, employee);
    const bool member = found && found->status == domain::employee_status::active;
    return actors::log_admission{to_actors(*at), stores.session_is_live(session), member};
  };
  ask<actors::log_admission>(std::move(done), std::move(read));
}

}  // namespace chatmesh::app
