#include "actors/hub.hpp"

#include "actors/cluster/head_watch.hpp"
#include "actors/cluster/peers.hpp"
#include "actors/connection.hpp"
#include "actors/directory.hpp"
#include "actors/relay.hpp"

#include <caf/actor_cast.hpp>
#include <caf/message_id.hpp>
#include <caf/send.hpp>

#include <algorithm>
#include <atomic>
#include <utility>

namespace chatmesh::actors {

struct hub::impl {
  impl(caf::actor_system& s, const settings& given, event_log& log)
      : system(s), env{.settings = given, .log = log}, directory(s.spawn<actors::directory>(std::ref(env))) {}

  caf::actor_system& system;
  environment env;
  directory_actor directory;
  head_watch_actor watch;                  // none: this node is alone
  peers_actor peers;                       // none: it has no links
  std::shared_ptr<reconnect_slots> slots;  // made before `closing` is set
  std::atomic<bool> closing{false};
};

hub::hub(caf::actor_system& system, const settings& given, event_log& log)
    : impl_(std::make_unique<impl>(system, given, log)) {}

// A hub that was never closed has no streams: its directory is all that has to go.
hub::~hub() {
  if (!impl_->closing)
    close({});
}

// Nobody reads where no company runs.
template <class Message>
void hub::pass_on(const domain::id& company, Message message) {
  if (const auto actor = impl_->env.registry.find(company))
    caf::anon_send(actor, std::move(message));
}

void hub::changed(domain::id company, std::uint32_t epoch, std::vector<domain::frame_ptr> frames, bool more) {
  pass_on(company, actors::changed{epoch, std::move(frames), more});
}

void hub::ended(domain::id company, std::uint32_t epoch, std::uint64_t authority, std::vector<domain::id> sessions) {
  pass_on(company, actors::ended{epoch, authority, std::move(sessions)});
}

// Encoded once, and only where somebody wants it.
template <class Encode>
void hub::tell_links(const domain::id& company, Encode encode) {
  const auto links = impl_->env.interest.of(company);
  if (links.empty())
    return;
  const auto message = caf::make_message(tell{encode()});
  for (const auto& link : links)
    link->enqueue(nullptr, caf::make_message_id(), message, nullptr);
}

// In pieces that a link can take one by one.
void hub::tell_peers(std::span<const domain::change> changes) {
  while (!changes.empty()) {
    std::size_t taken = 0, bytes = 0;
    do
      bytes += changes[taken++].data.size();
    while (taken < std::min(changes.size(), outbox::max_item_events) &&
           bytes + changes[taken].data.size() <= outbox::max_item_bytes);
    tell_links(changes.front().company_id, [&] { return encode_changes(changes.first(taken)); });
    changes = changes.subspan(taken);
  }
}

void hub::tell_peers(const domain::id& company, std::uint32_t epoch, std::uint64_t authority,
                     const std::vector<domain::id>& sessions) {
  tell_links(company, [&] { return encode_endings({company, epoch, authority, sessions}); });
}

void hub::recheck(domain::id company) {
  pass_on(company, actors::recheck{});
}

void hub::recheck_all() {
  for (const auto& company : impl_->env.registry.all())
    caf::anon_send(company, actors::recheck{});
}

void hub::watch_heads(head_log& heads, std::chrono::milliseconds interval) {
  impl_->watch = impl_->system.spawn<head_watch>(std::ref(impl_->env), std::ref(heads), interval);
}

caf::strong_actor_ptr hub::join(cluster_port& port, domain::id ours, std::string name, std::uint32_t newest) {
  auto look = [watch = impl_->watch](std::vector<domain::id> companies) {
    caf::anon_send(watch, check{std::move(companies)});
  };
  impl_->peers = impl_->system.spawn<actors::peers>(
      link_setup{impl_->env, port, {.node = ours, .name = std::move(name), .newest = newest}, std::move(look)});
  impl_->env.registry.watch([peers = impl_->peers](const domain::id& company, bool runs) {
    caf::anon_send(peers, want{company, runs});
  });
  return caf::actor_cast<caf::strong_actor_ptr>(impl_->peers);
}

void hub::nodes_seen(std::vector<node_address> nodes) {
  caf::anon_send(impl_->peers, actors::nodes_seen{std::move(nodes)});
}

void hub::typing(domain::id company, domain::typing notice) {
  tell_links(company, [&] { return encode_typing({company, notice}); });
  pass_on(company, type_notice{std::move(notice)});
}

void hub::presence(domain::id company, std::function<void(std::vector<domain::id>)> answer) {
  auto& registry = impl_->env.registry;
  if (!registry.find(company) && impl_->env.links.all().empty())
    return answer({});
  // An actor that ends before it reads this drops it: then nobody is online, and the asker is told so all the same.
  struct question {
    std::function<void(std::vector<domain::id>)> answer;
    ~question() {
      if (answer)
        answer({});
    }
  };
  auto asked = std::make_shared<question>();
  asked->answer = std::move(answer);
  ask_presence ask{[asked](std::vector<domain::id> online) {
    if (const auto tell = std::exchange(asked->answer, nullptr))
      tell(std::move(online));
  }};
  if (!registry.ask(company, ask))
    caf::anon_send(impl_->directory, presence_wanted{company, std::move(ask)});
}

void hub::open(pinned_unit& unit, subscriber who, std::shared_ptr<stream> peer) {
  auto& system = impl_->system;
  auto& env = impl_->env;
  if (!unit.resident()) {
    auto made = system.spawn<relay>(&unit, std::ref(env), impl_->directory);
    unit.settle(caf::actor_cast<caf::strong_actor_ptr>(made));
  }
  auto actor = system.spawn<connection>(&unit, std::ref(env), impl_->directory,
                                        caf::actor_cast<relay_actor>(unit.resident()), std::move(who), std::move(peer));
  if (impl_->closing)
    caf::anon_send(actor, end_stream{domain::end_reason::draining, impl_->env.settings.retry + impl_->slots->next()});
}

domain::frame_ptr hub::refuse(domain::end_reason reason) {
  impl_->env.count_end(reason);
  return domain::encode_goodbye(reason, impl_->env.settings.retry);
}

std::uint64_t hub::connections() const {
  return impl_->env.connections;
}

std::uint64_t hub::companies() const {
  return impl_->env.companies;
}

std::uint64_t hub::ends(domain::end_reason reason) const {
  return impl_->env.ends.at(static_cast<std::size_t>(reason));
}

std::uint64_t hub::head_checks() const {
  return impl_->env.head_checks;
}

std::uint64_t hub::found_behind() const {
  return impl_->env.found_behind;
}

std::uint64_t hub::holes() const {
  return impl_->env.holes;
}

const link_board& hub::links() const {
  return impl_->env.links;
}

void hub::close(const reconnect_pace& pace) {
  const auto streams = connections();
  impl_->slots = std::make_shared<reconnect_slots>(streams, pace.time_for(streams));
  impl_->closing = true;
  caf::anon_send(impl_->directory, drain{impl_->slots});
  if (impl_->watch)
    caf::anon_send(impl_->watch, drain{});
  if (impl_->peers)
    caf::anon_send(impl_->peers, drain{});
}

}  // namespace chatmesh::actors
