// chatmesh.directory: which companies run on this node.
//
// A request whose company does not run passes through here. The registry counts those of each company, so one that asks
// to go knows by one comparison whether another is on its way to it.
#pragma once

#include "actors/company.hpp"
#include "actors/interfaces.hpp"

#include <chrono>
#include <unordered_map>

namespace chatmesh::actors {

class directory final : public directory_actor::base {
public:
  directory(caf::actor_config&, environment&);

  const char* name() const override { return "chatmesh.directory"; }

protected:
  behavior_type make_behavior() override;
  void on_exit() override;

private:
  static constexpr std::chrono::milliseconds last_look{10};  // between two, at the end

  void on_subscribe(const subscribe&);
  void on_presence_wanted(const presence_wanted&);
  void on_retire(const retire&);
  company_actor make(const domain::id&, pinned_unit*);
  void on_down(const caf::down_msg&);
  void on_drain(const drain&);
  void quit_if_last();

  environment& env_;
  std::unordered_map<caf::actor_id, domain::id> by_actor_;  // running ones and those that were agreed to go
  pinned_unit* unit_ = nullptr;                             // of the latest stream that came through here
  bool draining_ = false;
  std::shared_ptr<reconnect_slots> slots_;  // where it drains
};

}  // namespace chatmesh::actors
