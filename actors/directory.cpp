#include "actors/directory.hpp"

#include <caf/send.hpp>

#include <utility>

namespace chatmesh::actors {

directory::directory(caf::actor_config& config, environment& env) : directory_actor::base(config), env_(env) {}

void directory::on_exit() {
  env_.registry.clear();
}

directory::behavior_type directory::make_behavior() {
  set_down_handler([this](caf::down_msg& m) { on_down(m); });
  return {
      [this](const subscribe& m) { on_subscribe(m); },
      [this](const presence_wanted& m) { on_presence_wanted(m); },
      [this](const retire& m) { on_retire(m); },
      [this](const drain& m) { on_drain(m); },
  };
}

void directory::on_subscribe(const subscribe& m) {
  if (draining_) {
    anon_send(m.connection, end_stream{domain::end_reason::draining, env_.settings.retry + slots_->next()});
    return;
  }
  auto passed_on = m;
  if (env_.registry.subscribe(passed_on))
    return;
  unit_ = m.unit;
  make(m.from.company, m.unit);
  env_.registry.subscribe(passed_on);
}

// Other nodes tell who is online to those alone who have the company.
void directory::on_presence_wanted(const presence_wanted& m) {
  auto question = m.question;
  if (env_.registry.ask(m.company, question) || draining_)
    return;
  make(m.company, unit_);
  env_.registry.ask(m.company, question);
}

// Lazily: it reads its position only once it has been entered.
company_actor directory::make(const domain::id& id, pinned_unit* unit) {
  auto at = std::make_shared<standing>();
  const auto made = spawn<company, caf::lazy_init>(unit, std::ref(env_), id, directory_actor{this}, at);
  by_actor_[made.id()] = id;
  monitor(made);
  env_.registry.enter(id, made, std::move(at));
  return made;
}

void directory::on_retire(const retire& m) {
  anon_send(m.asking, retired{env_.registry.retire(m.company, m.asking, m.requests)});
}

void directory::on_down(const caf::down_msg& m) {
  const auto it = by_actor_.find(m.source.id());
  if (it == by_actor_.end())
    return;
  env_.registry.leave(it->second, it->first);
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
  if (!std::exchange(draining_, true)) {
    slots_ = m.slots;
    for (const auto& each : env_.registry.close())
      anon_send(each, m);
  }
  quit_if_last();
}

}  // namespace chatmesh::actors
