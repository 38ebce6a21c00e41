// A hub with links, step by step: the peer is an actor that says what the test wants and records what it is told.
#pragma once

#include "actors/cluster/wire.hpp"
#include "tests/support/actor_fixture.hpp"
#include "tests/support/memory_heads.hpp"

#include <caf/actor_cast.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/send.hpp>

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace chatmesh::tests {

struct hearing {
  std::vector<actors::link_message> messages;
  caf::strong_actor_ptr from;  // of the last
  bool link_ended = false;

  template <class Message>
  std::vector<Message> all() const {
    std::vector<Message> found;
    for (const auto& each : messages)
      if (const auto* m = std::get_if<Message>(&each))
        found.push_back(*m);
    return found;
  }
};

class puppet final : public caf::event_based_actor {
public:
  puppet(caf::actor_config& config, std::shared_ptr<hearing> heard)
      : caf::event_based_actor(config), heard_(std::move(heard)) {
    set_down_handler([this](caf::down_msg&) { heard_->link_ended = true; });
  }
  caf::behavior make_behavior() override {
    return {[this](const std::string& bytes) {
      heard_->messages.push_back(actors::decode(bytes).value());
      if (heard_->from != current_sender()) {
        heard_->from = current_sender();
        heard_->link_ended = false;
        monitor(caf::actor_cast<caf::actor>(heard_->from));
      }
    }};
  }

private:
  std::shared_ptr<hearing> heard_;
};

class recording_port final : public actors::cluster_port {
public:
  std::vector<std::string> dialled;
  std::function<caf::strong_actor_ptr()> answer = [] { return nullptr; };
  std::vector<std::uint64_t> committed_seqs;
  std::vector<std::uint64_t> ended_at;
  std::vector<std::string> reasons;

  void dial(const std::string& address, std::function<void(caf::strong_actor_ptr)> done) override {
    dialled.push_back(address);
    done(answer());
  }
  void committed(std::span<const domain::change> all) override {
    for (const auto& each : all)
      committed_seqs.push_back(each.seq);
  }
  void ended(const domain::id&, std::uint32_t, std::uint64_t authority, std::span<const domain::id>) override {
    ended_at.push_back(authority);
  }
  void link_begun(const std::string&, std::uint32_t) override {}
  void link_ended(const std::string&, std::string_view reason) override { reasons.emplace_back(reason); }
};

class Link : public Actors {
protected:
  void SetUp() override {
    hub().watch_heads(heads, 60s);
    door = hub().join(port, ours, "here");
    settle();
  }
  void TearDown() override {
    for (const auto& each : puppets)
      caf::anon_send_exit(each, caf::exit_reason::kill);
    puppets.clear();
    heard = {};
    door = nullptr;
    port.answer = nullptr;
    Actors::TearDown();
  }

  caf::actor make_peer() {
    heard = std::make_shared<hearing>();
    puppets.push_back(door->home_system->spawn<puppet>(heard));
    return puppets.back();
  }
  void say(const std::string& bytes, const caf::strong_actor_ptr& to) {
    caf::send_as(puppets.back(), caf::actor_cast<caf::actor>(to), bytes);
    settle();
  }
  void say(const std::string& bytes) { say(bytes, heard->from); }
  // A node that started later has dialled, and asks for a link.
  void link_up(domain::id node = domain::id::make()) {
    make_peer();
    say(actors::encode(actors::greeting{node, "there"}), door);
    ASSERT_EQ(hub().links().all().size(), 1U);
  }
  void want() { say(actors::encode(actors::interest{++interests, {company}, {}})); }

  // A change of the log, for the peer to tell.
  domain::change change_of(std::uint64_t seq) const {
    domain::change c;
    c.company_id = company;
    c.epoch = log.epoch;
    c.seq = seq;
    c.authority = log.authority;
    c.object_id = domain::id::make();
    c.data = log.frames.at(seq - 1)->data();
    return c;
  }
  void tell(const domain::change& c) { say(actors::encode_parcel(++parcels, {{actors::encode_changes({&c, 1})}}, {})); }
  void expect_refused(const std::string& reason) {
    EXPECT_TRUE(heard->link_ended);
    EXPECT_TRUE(hub().links().all().empty());
    ASSERT_FALSE(port.reasons.empty());
    EXPECT_EQ(port.reasons.back(), reason);
  }

  const domain::id earlier = domain::id::make(), ours = domain::id::make();
  memory_heads heads{log};
  recording_port port;
  caf::strong_actor_ptr door;
  std::vector<caf::actor> puppets;
  std::shared_ptr<hearing> heard;
  std::uint64_t interests = 0, parcels = 0;
};

}  // namespace chatmesh::tests
