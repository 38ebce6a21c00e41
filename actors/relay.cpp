#include "actors/relay.hpp"

#include "actors/connection.hpp"

#include <caf/actor_cast.hpp>
#include <caf/send.hpp>

#include <algorithm>
#include <iterator>
#include <utility>

namespace chatmesh::actors {

relay::relay(caf::actor_config& config, pinned_unit* unit, environment& env, const directory_actor& directory)
    : pinned_actor(config, unit), env_(env), directory_(directory.address()) {
  monitor(directory);
}

relay::behavior_type relay::make_behavior() {
  set_down_handler([this](caf::down_msg& m) { on_down(m); });
  return {
      [this](const join& m) { on_join(m); },
      [this](const spread& m) { on_spread(m); },
      [this](const go_on&) {
        pumping_ = false;
        pump();
      },
      [this](const lingered& m) {
        if (auto it = audiences_.find(m.company); it != audiences_.end() && it->second.lingering)
          queue_up(*it);
      },
      [this](const beat&) { on_beat(); },
  };
}

void relay::on_exit() {
  for (auto& [_, each] : audiences_)
    each.abandon();
  work_.clear();
  audiences_.clear();
  if (unit())
    unit()->settle(nullptr);  // the next stream makes another
}

// The company has sent `subscribed` to the connection; every event after that one's head comes here after this message.
void relay::on_join(const join& m) {
  auto* who = static_cast<connection*>(caf::actor_cast<caf::abstract_actor*>(m.connection));
  if (who->is_over())
    return;
  auto& to = audiences_.try_emplace(m.company, m.head).first->second;
  if (to.source() != m.from.address()) {
    demonitor(to.source());
    to.follow(m.from.address(), m.head);
    monitor(m.from);
  }
  to.join(*who, m.head.seq);
  to.next_beat = std::min(to.next_beat, clock().now() + env_.settings.heartbeat);
  arm_beat();
}

void relay::on_down(const caf::down_msg& m) {
  if (m.source == directory_)
    return quit();
  for (auto& [_, each] : audiences_)
    if (each.source() == m.source)
      return each.abandon();  // forgotten when nobody is left and nothing refers to it
}

relay::map::iterator relay::forget(map::iterator it) {
  demonitor(it->second.source());
  return audiences_.erase(it);
}

void relay::on_spread(const spread& m) {
  auto it = audiences_.find(m.company);
  if (it == audiences_.end())
    return;
  auto& a = it->second;
  a.add(m.frame);
  if (!a.queued && m.more && gathers(a)) {
    a.expecting = true;
    linger(*it, lingers_for_expected);
  } else if (!a.queued || (a.lingering && (!gathers(a) || (a.expecting && !m.more)))) {
    queue_up(*it);
  }
}

// Whether one call a connection for several events is worth their wait.
bool relay::gathers(const audience& a) const {
  return env_.settings.linger.count() > 0 && a.size() >= min_to_linger && a.waiting() < batch::max_events;
}

void relay::linger(entry& e, int times) {
  e.second.queued = true;
  e.second.lingering = true;
  delayed_send(relay_actor{this}, times * env_.settings.linger, lingered{e.first});
}

void relay::queue_up(entry& e) {
  e.second.queued = true;
  e.second.lingering = false;
  e.second.expecting = false;
  work_.push_back(&e);
  if (!std::exchange(pumping_, true))
    anon_send(relay_actor{this}, go_on{});
}

void relay::pump() {
  const auto now = clock().now();
  for (auto budget = slice; budget > 0 && !work_.empty();) {
    auto& e = *work_.front();
    budget -= std::max<std::size_t>(1, e.second.walk(budget, now));
    if (e.second.walking())
      continue;
    work_.pop_front();
    finish(e);
  }
  if (!work_.empty() && !std::exchange(pumping_, true))
    anon_send(relay_actor{this}, go_on{});
}

// What came during the walk shows that events come faster than they can be handed out one by one: then a moment's wait
// joins more of them into one call a connection. With one event outstanding it never happens.
void relay::finish(entry& e) {
  auto& a = e.second;
  a.queued = a.has_waiting();
  if (!a.queued) {
    if (a.size() == 0)
      forget(audiences_.find(e.first));
  } else if (gathers(a)) {
    linger(e, 1);
  } else {
    queue_up(e);
  }
}

void relay::on_beat() {
  beating_ = false;
  const auto now = clock().now();
  for (auto it = audiences_.begin(); it != audiences_.end();) {
    auto& a = it->second;
    if (a.next_beat <= now)
      a.next_beat = a.beat(now, env_.settings.heartbeat);
    it = a.size() == 0 && !a.queued ? forget(it) : std::next(it);
  }
  arm_beat();
}

void relay::arm_beat() {
  if (audiences_.empty() || std::exchange(beating_, true))
    return;
  delayed_send(relay_actor{this}, env_.settings.heartbeat / beats, beat{});
}

}  // namespace chatmesh::actors
