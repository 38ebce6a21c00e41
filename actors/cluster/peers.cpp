#include "actors/cluster/peers.hpp"

#include <caf/actor_cast.hpp>
#include <caf/message_id.hpp>
#include <caf/send.hpp>

#include <algorithm>
#include <utility>

namespace chatmesh::actors {

peers::peers(caf::actor_config& config, link_setup setup)
    : peers_actor::base(config), setup_(std::move(setup)),
      random_(static_cast<std::minstd_rand::result_type>(setup_.ours.node.hash())) {}

peers::behavior_type peers::make_behavior() {
  set_down_handler([this](caf::down_msg& m) { on_down(m); });
  return {
      [this](const std::string& bytes) { on_bytes(bytes); },
      [this](const want& m) {
        for (auto& [_, p] : peers_)
          if (p.link)
            anon_send(p.link, m);
      },
      [this](const nodes_seen& m) { on_nodes(m); },
      [this](const dialled& m) { on_dialled(m); },
      [this](const dial_due& m) {
        if (const auto it = peers_.find(m.node); it != peers_.end()) {
          it->second.pausing = false;
          dial(it->second);
        }
        forget_gone();
      },
      [this](const link_up& m) {
        if (const auto it = peers_.find(m.node); it != peers_.end())
          it->second.failures = 0;
      },
      [this](const drain&) {
        for (auto& [_, p] : peers_)
          if (p.link)
            caf::anon_send<caf::message_priority::high>(p.link, drain{});
        quit();
      },
  };
}

void peers::on_exit() {
  peers_.clear();
}

// A node that was killed and one that just lost its link look alike: the latest that asks is the one that lives. Who
// asks for another node, which had this one's address before, is told whose door this is.
void peers::on_bytes(const std::string& bytes) {
  const auto from = current_sender();
  const auto message = decode(bytes);
  const auto* theirs = message ? std::get_if<greeting>(&*message) : nullptr;
  if (!from || !theirs || theirs->node == setup_.ours.node)
    return;
  if (theirs->to != domain::id{} && theirs->to != setup_.ours.node) {
    // Its link to this node, if it has one, is good and stays.
    const caf::strong_actor_ptr self{ctrl()};
    return from->enqueue(self, caf::make_message_id(), caf::make_message(encode(setup_.ours)), context());
  }
  if (!peers_.contains(theirs->node) && peers_.size() >= max_nodes)
    return setup_.port.link_ended(theirs->name, "there are too many nodes");
  auto& p = peers_[theirs->node];
  p.at.node = theirs->node;
  p.at.name = theirs->name;
  if (p.link)
    caf::anon_send<caf::message_priority::high>(p.link, drain{});
  connect<caf::lazy_init>(p, from);  // it begins with this greeting: its own may be answered before that comes
  p.link->enqueue(from, caf::make_message_id(), caf::make_message(bytes), context());
}

void peers::on_nodes(const nodes_seen& m) {
  for (auto& [_, p] : peers_)
    p.listed = false;
  for (const auto& each : m.nodes) {
    if (each.node == setup_.ours.node || (!peers_.contains(each.node) && peers_.size() >= max_nodes))
      continue;
    auto& p = peers_[each.node];
    p.at = each;
    p.listed = true;
    dial(p);
  }
  forget_gone();
}

// A node that was late with its lease is listed again a moment later: its pause goes on meanwhile.
void peers::forget_gone() {
  std::erase_if(peers_, [](const auto& each) {
    const auto& p = each.second;
    return !p.listed && !p.link && !p.dialling && !p.pausing;
  });
}

void peers::dial(peer& p) {
  const bool ours = p.at.node < setup_.ours.node;
  if (!ours || !p.listed || p.at.address.empty() || p.link || p.dialling || p.pausing)
    return;
  p.dialling = true;
  setup_.port.dial(p.at.address, [self = peers_actor{this}, node = p.at.node](caf::strong_actor_ptr door) {
    caf::anon_send(self, dialled{node, std::move(door)});
  });
}

// An address may lead to another node than the one that gave it, this one among them.
void peers::on_dialled(const dialled& m) {
  const auto it = peers_.find(m.node);
  if (it == peers_.end())
    return;
  auto& p = it->second;
  p.dialling = false;
  if (p.link)
    return;
  if (!m.door || m.door == caf::strong_actor_ptr{ctrl()}) {
    setup_.port.link_ended(p.at.name, "it can't be reached at " + p.at.address);
    return pause(p);
  }
  connect(p, m.door);
}

template <caf::spawn_options Options>
void peers::connect(peer& p, const caf::strong_actor_ptr& other) {
  p.link = spawn<link, Options>(std::cref(setup_), peers_actor{this}, other, p.at);
  monitor(p.link);
}

void peers::on_down(const caf::down_msg& m) {
  const auto it = std::ranges::find_if(
      peers_, [&](const auto& each) { return each.second.link && each.second.link.id() == m.source.id(); });
  if (it == peers_.end())
    return;  // another one has taken its place
  it->second.link = nullptr;
  pause(it->second);
}

void peers::pause(peer& p) {
  if (std::exchange(p.pausing, true))
    return;
  const auto longest = std::min(max_pause, first_pause * (1U << std::min(p.failures++, 5U)));
  const auto half = longest.count() / 2;
  const std::chrono::milliseconds length{half + static_cast<long>(random_() % static_cast<unsigned long>(half))};
  delayed_send(peers_actor{this}, length, dial_due{p.at.node});
}

}  // namespace chatmesh::actors
