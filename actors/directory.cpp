#include "actors/directory.hpp"

#include <caf/send.hpp>

#include <utility>

namespace chatmesh::actors {

directory::directory(caf::actor_config& config, environment& env) : directory_actor::base(config), env_(env) {}

void directory::on_exit() {
  env_.registry.clear();
  running_.clear();
}

void directory::forget(std::unordered_map<domain::id, entry>::iterator it) {
  env_.registry.leave(it->first);
  running_.erase(it);
}

directory::behavior_type directory::make_behavior() {
  set_down_handler([this](caf::down_msg& m) { on_down(m); });
  return {
      [this](const subscribe& m) { on_subscribe(m); },
      [this](const retire& m) { on_retire(m); },
      [this](const replace& m) { on_replace(m); },
      [this](const drain& m) { on_drain(m); },
  };
}

void directory::on_subscribe(const subscribe& m) {
  if (draining_) {
    anon_send(m.connection, end_stream{domain::end_reason::draining, env_.settings.retry});
    return;
  }
  const auto& id = m.from.company;
  auto& e = running_[id];
  if (!e.company) {
    e.company = spawn<company, caf::lazy_init>(m.unit, std::ref(env_), id, directory_actor{this});
    by_actor_[e.company.id()] = id;
    env_.registry.enter(id, e.company);  // lazily made: it reads its position only after this
    monitor(e.company);
  }
  ++e.subscribes;
  anon_send(e.company, m);
}

void directory::on_retire(const retire& m) {
  auto it = running_.find(m.company);
  const bool agreed = it != running_.end() && it->second.company == m.asking && it->second.subscribes == m.subscribes;
  if (agreed)
    forget(it);
  anon_send(m.asking, retired{agreed});
}

// It ends by itself, when the last of its streams has.
void directory::on_replace(const replace& m) {
  const auto it = running_.find(m.company);
  if (it != running_.end() && it->second.company == m.asking)
    forget(it);
}

void directory::on_down(const caf::down_msg& m) {
  auto it = by_actor_.find(m.source.id());
  if (it == by_actor_.end())
    return;
  if (auto r = running_.find(it->second); r != running_.end() && r->second.company.id() == it->first)
    forget(r);
  by_actor_.erase(it);
  if (draining_)
    quit_if_last();
}

// A connection that was opened just before may still be about to subscribe.
void directory::quit_if_last() {
  if (!by_actor_.empty())
    return;
  if (env_.connections == 0)
    return quit();
  delayed_send(directory_actor{this}, last_look, drain{});
}

void directory::on_drain(const drain& m) {
  if (!std::exchange(draining_, true))
    for (auto& [_, e] : running_)
      anon_send(e.company, m);
  quit_if_last();
}

}  // namespace chatmesh::actors
