// A typed actor that runs on one io thread only.
#pragma once

#include "actors/pinned_unit.hpp"

#include <caf/actor_config.hpp>

#include <utility>

namespace chatmesh::actors {

// Base is a typed_event_based_actor. With a unit, every activation of the actor happens in that unit's drain(), whoever
// sends; without one (deterministic tests) it runs on the system's scheduler.
template <class Base>
class pinned_actor : public Base {
public:
  pinned_actor(caf::actor_config& config, pinned_unit* unit) : Base(config), unit_(unit) {}

  using Base::enqueue;

  void enqueue(caf::mailbox_element_ptr element, caf::execution_unit* from) override {
    Base::enqueue(std::move(element), unit_ ? unit_ : from);
  }

  void launch(caf::execution_unit* from, bool lazy, bool hide) override {
    Base::launch(unit_ ? unit_ : from, lazy, hide);
  }

protected:
  pinned_unit* unit() const { return unit_; }

private:
  pinned_unit* unit_;
};

}  // namespace chatmesh::actors
