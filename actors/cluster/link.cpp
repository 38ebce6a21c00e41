#include "actors/cluster/link.hpp"

#include <caf/actor_cast.hpp>
#include <caf/message_id.hpp>
#include <caf/send.hpp>

#include <algorithm>
#include <string>
#include <utility>

namespace chatmesh::actors {

link::link(caf::actor_config& config, const link_setup& setup, peers_actor owner, caf::strong_actor_ptr other,
           node_address peer)
    : link_actor::base(config), setup_(setup), env_(setup.env), owner_(std::move(owner)),
      peer_(caf::actor_cast<caf::actor>(std::move(other))), who_(std::move(peer)) {}

void link::on_exit() {
  env_.interest.forget(id());
  if (counts_)
    env_.links.leave(counts_);
  if (wire_ >= wire_with_presence)
    for (const auto& company : env_.registry.all())
      anon_send(company, peer_lost{id()});
  owner_ = nullptr;
  peer_ = nullptr;
}

link::behavior_type link::make_behavior() {
  set_down_handler([this](caf::down_msg&) { fail("the connection is gone"); });
  monitor(peer_);
  auto ours = setup_.ours;
  ours.to = who_.node;
  say(encode(ours));
  delayed_send(link_actor{this}, patience, out_of_patience{});
  return {
      [this](const std::string& bytes) { on_bytes(bytes); },
      [this](const tell& m) { on_tell(m); },
      [this](const tell_presence& m) {
        if (wire_ < wire_with_presence)
          return;
        out_.tell(m.company, m.changes, clock().now());
        flush_soon();
      },
      [this](const want& m) {
        if (wire_ == 0)
          return;  // the first announcement has them all
        wanted_[m.company] = m.begins;
        announce_soon();
      },
      [this](const announce_due&) { announce_wanted(); },
      [this](const flush_link&) { flush(); },
      [this](const report_lag&) { report(); },
      [this](const out_of_patience&) {
        if (wire_ == 0)
          fail("no greeting");
      },
      [this](const drain&) { quit(); },
  };
}

void link::on_bytes(const std::string& bytes) {
  const auto message = decode(bytes);
  if (!message)
    return fail("what came is no message");
  const auto from = caf::actor_cast<caf::actor>(current_sender());
  if (wire_ != 0 && from == peer_)
    return std::visit([this](const auto& m) { take(m); }, *message);
  const auto* theirs = std::get_if<greeting>(&*message);
  if (wire_ == 0 && from == peer_ && !theirs)
    return fail("it does not greet");
  if (wire_ != 0 || !from || !theirs)
    return;
  if (from != peer_) {  // the door has made it
    peer_ = from;
    monitor(peer_);
  }
  begin(*theirs);
}

void link::begin(const greeting& theirs) {
  const auto wire = common_wire(setup_.ours, theirs);
  if (theirs.node != who_.node)
    return fail("another node answers at its address");
  if (!wire)
    return fail("its program is too old or too new to be understood");
  wire_ = *wire;
  counts_ = std::make_shared<link_counts>();
  counts_->node = theirs.node;
  counts_->name = theirs.name;
  counts_->wire = *wire;
  env_.links.enter(counts_);
  setup_.port.link_begun(who_.name, *wire);
  anon_send(owner_, link_up{who_.node});
  announce_all();
  report();
}

// ---- which companies run

void link::announce_all() {
  auto all = env_.registry.companies();
  for (std::size_t i = 0; i < all.size(); i += max_ids) {
    const auto at = [&](std::size_t n) { return all.begin() + static_cast<std::ptrdiff_t>(std::min(n, all.size())); };
    announce({at(i), at(i + max_ids)}, {});
  }
}

void link::announce_soon() {
  if (std::exchange(announcing_, true))
    return;
  const auto now = clock().now();
  if (now >= next_announcement_)
    anon_send(link_actor{this}, announce_due{});
  else
    delayed_send(link_actor{this}, next_announcement_ - now, announce_due{});
}

void link::announce_wanted() {
  announcing_ = false;
  next_announcement_ = clock().now() + announce_interval;
  std::vector<domain::id> begins, ends;
  for (const auto& [company, begins_here] : std::exchange(wanted_, {}))
    (begins_here ? begins : ends).push_back(company);
  announce(std::move(begins), std::move(ends));
}

void link::announce(std::vector<domain::id> begins, std::vector<domain::id> ends) {
  say(encode(interest{++announced_, begins, ends}));
  unnoted_.emplace(announced_, std::move(begins));
}

void link::take(const greeting&) {
  fail("it greets again");
}

void link::take(const interest& m) {
  env_.interest.begin(m.begins, link_actor{this});
  env_.interest.end(m.ends, id());
  say(encode(noted{m.number}));
  for (const auto& each : m.ends)
    out_.forget(each);
  if (wire_ < wire_with_presence)
    return;
  for (const auto& each : m.begins) {
    if (const auto company = env_.registry.find(each))
      anon_send(company, report_presence{link_actor{this}});
    else
      out_.tell(each, {}, clock().now());  // nobody
  }
  flush_soon();
}

// What was committed there while the announcement was on its way was told to nobody.
void link::take(const noted& m) {
  const auto found = unnoted_.extract(m.number);
  if (!found)
    return fail("it notes what was not announced");
  if (!found.mapped().empty())
    setup_.look(std::move(found.mapped()));
}

// ---- what was committed

void link::take(const parcel& m) {
  if (m.number != ++taken_)
    return fail("a parcel is missing");
  for (const auto& each : m.items)
    std::visit([this](const auto& item) { pass_on(item); }, each);
  flush_soon();
}

void link::take(const receipt& m) {
  if (!out_.acknowledged(m.number))
    return fail("it has taken what was not sent");
  flush_soon();
}

void link::pass_on(const change_list& all) {
  env_.links.events_taken += all.size();
  setup_.port.committed(all);
  const auto& first = all.front();
  const auto company = env_.registry.find(first.company_id);
  if (!company)
    return;
  changed message{first.epoch, {}};
  message.frames.reserve(all.size());
  for (const auto& each : all)
    message.frames.push_back(domain::encode_event(each));
  anon_send(company, std::move(message));
}

void link::pass_on(const endings& e) {
  setup_.port.ended(e.company, e.epoch, e.authority, e.sessions);
  if (const auto company = env_.registry.find(e.company))
    anon_send(company, ended{e.epoch, e.authority, e.sessions});
}

void link::pass_on(const company_head& at) {
  if (const auto company = env_.registry.find(at.company))
    anon_send(company, moved{at});
}

void link::pass_on(const presences& p) {
  if (const auto company = env_.registry.find(p.company))
    anon_send(company, peer_presence{id(), p.changes});
}

void link::pass_on(const typing_notice& t) {
  if (const auto company = env_.registry.find(t.company))
    anon_send(company, type_notice{t.notice});
}

// ---- out

void link::on_tell(const tell& m) {
  if (m.what->ephemeral && wire_ < wire_with_presence)
    return;
  if (!out_.has_room_for(*m.what))
    flush();
  const auto left_out = out_.events_left_out();
  out_.tell(m.what, clock().now());
  env_.links.events_left_out += out_.events_left_out() - left_out;
  flush_soon();
}

void link::flush_soon() {
  if (!std::exchange(flushing_, true))
    anon_send(link_actor{this}, flush_link{});
}

void link::flush() {
  flushing_ = false;
  if (wire_ == 0)
    return;
  if (receipted_ < taken_)
    say(encode(receipt{receipted_ = taken_}));
  const auto full = out_.times_full(), events = out_.events_told();
  while (auto bytes = out_.next(clock().now()))
    say(std::move(*bytes));
  env_.links.windows_full += out_.times_full() - full;
  counts_->windows_full = out_.times_full();
  env_.links.events_told += out_.events_told() - events;
  count();
}

void link::say(std::string bytes) {
  peer_->enqueue(caf::strong_actor_ptr{ctrl()}, caf::make_message_id(), caf::make_message(std::move(bytes)), context());
}

void link::count() {
  const auto since = out_.waiting_since();
  counts_->lag_events = out_.lag_events();
  counts_->waiting_since = since ? since->time_since_epoch() : std::chrono::steady_clock::duration{};
}

void link::report() {
  counts_->lag_by_company.put(out_.lag_by_company(max_reported));
  delayed_send(link_actor{this}, report_interval, report_lag{});
}

void link::fail(std::string_view reason) {
  setup_.port.link_ended(who_.name, reason);
  quit();
}

}  // namespace chatmesh::actors
