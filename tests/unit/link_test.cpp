// Goal: a link brings what was committed on either side to the other, in order and once, and whatever the peer does
// wrong or leaves out harms no stream. Method: as connection_test.cpp; the peer is an actor that says what the test
// wants, and records what it is told.
#include "actors/cluster/wire.hpp"
#include "tests/support/actor_fixture.hpp"
#include "tests/support/memory_heads.hpp"

#include <caf/actor_cast.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/send.hpp>

namespace chatmesh::tests {

using actors::company_head;
using actors::endings;
using actors::greeting;
using actors::interest;
using actors::noted;
using actors::parcel;
using actors::receipt;
using domain::frame_kind;

namespace {

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
  void ended(const domain::id&, std::uint64_t authority, std::span<const domain::id>) override {
    ended_at.push_back(authority);
  }
  void link_begun(const std::string&, std::uint32_t) override {}
  void link_ended(const std::string&, std::string_view reason) override { reasons.emplace_back(reason); }
};

}  // namespace

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
    say(actors::encode(greeting{node, "there"}), door);
    ASSERT_EQ(hub().links().all().size(), 1U);
  }
  void want() { say(actors::encode(interest{++interests, {company}, {}})); }

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

TEST_F(Link, GreetsAndSaysWhichCompaniesHaveStreamsHere) {
  auto s = open(member());
  link_up();
  ASSERT_EQ(heard->all<greeting>().size(), 1U);
  EXPECT_EQ(heard->all<greeting>()[0].node, ours);
  ASSERT_EQ(heard->all<interest>().size(), 1U);
  EXPECT_EQ(heard->all<interest>()[0].begins, (std::vector{company}));
  const auto first = std::exchange(company, domain::id::make());
  open(member());
  EXPECT_EQ(heard->all<interest>().back().begins, (std::vector{company}));
  company = first;
  s->on->on_closed();
  advance(settings.idle + 1s);
  EXPECT_EQ(heard->all<interest>().back().ends, (std::vector{first}));
}

TEST_F(Link, TellsAPeerWhatItWantsAndNothingElse) {
  link_up();
  publish({});
  EXPECT_TRUE(heard->all<parcel>().empty());
  want();
  EXPECT_EQ(heard->all<noted>().back().number, interests);
  const auto by = domain::id::make();
  const auto change = [&] {
    commit({.by = by, .client = "tab"});
    auto c = change_of(2);
    c.by = {domain::author_kind::employee, by, "Ada", "tab"};
    return c;
  }();
  hub().tell_peers({&change, 1});
  hub().tell_peers(company, 7, {by});
  settle();
  const auto told = heard->all<parcel>();
  ASSERT_EQ(told.size(), 1U) << "what came in together goes out together";
  const auto& item = std::get<actors::change_list>(told[0].items.at(0)).at(0);
  EXPECT_EQ(item.data, change.data);
  EXPECT_EQ(item.by.client, "tab");
  EXPECT_EQ(std::get<endings>(told[0].items.at(1)).authority, 7U);
  say(actors::encode(interest{++interests, {}, {company}}));
  hub().tell_peers({&change, 1});
  settle();
  EXPECT_EQ(heard->all<parcel>().size(), 1U);
}

TEST_F(Link, BringsWhatThePeerCommittedAndSaysThatItHas) {
  auto s = open(member());
  link_up();
  commit_many(2);
  tell(change_of(1));
  tell(change_of(2));
  EXPECT_EQ(s->seqs(), (std::vector<std::uint64_t>{1, 2}));
  EXPECT_EQ(port.committed_seqs, (std::vector<std::uint64_t>{1, 2}));
  EXPECT_EQ(heard->all<receipt>().back().number, 2U);
  EXPECT_EQ(log.page_reads, 0);
  tell(change_of(2));
  EXPECT_EQ(s->seqs().size(), 2U) << "twice is once";
}

TEST_F(Link, ReadsFromTheLogWhatIsLeftOut) {
  auto s = open(member());
  link_up();
  commit_many(5);
  tell(change_of(3));
  EXPECT_EQ(s->seqs(), (std::vector<std::uint64_t>{1, 2, 3, 4, 5}));
  commit_many(2);
  say(actors::encode_parcel(++parcels, {}, {{company_head{company, log.epoch, 7, 0}}}));
  EXPECT_EQ(s->seqs().back(), 7U);
  EXPECT_GE(hub().holes(), 2U);
}

TEST_F(Link, BringsTheEndOfASessionThatMadeNoEvent) {
  auto who = member();
  auto s = open(who);
  link_up();
  end_session(who.session, false);
  say(actors::encode_parcel(++parcels, {{actors::encode_endings({company, log.authority, {who.session}})}}, {}));
  EXPECT_EQ(s->last(frame_kind::goodbye)["reason"], "session_ended");
  EXPECT_EQ(port.ended_at, (std::vector<std::uint64_t>{log.authority}));
}

TEST_F(Link, TellsNothingAboveAnEndThatThePeerLeftOut) {
  auto who = member();
  auto s = open(who);
  link_up();
  end_session(who.session, false);
  commit_many(1);
  tell(change_of(1));  // carries the authority
  EXPECT_TRUE(s->seqs().empty());
  EXPECT_EQ(s->last(frame_kind::goodbye)["reason"], "session_ended");
}

TEST_F(Link, NeverTakesAnEventOfAnotherHistoryForTheNext) {
  auto s = open(member());
  publish_many(2);
  link_up();
  commit_many(1);
  auto foreign = change_of(3);
  foreign.epoch = 0x0badcafe;
  tell(foreign);
  EXPECT_EQ(s->seqs(), (std::vector<std::uint64_t>{1, 2, 3})) << "of our history, from the log";
  log.epoch = 0x0badcafe;
  commit_many(1);
  tell(change_of(4));
  EXPECT_EQ(s->last(frame_kind::reset)["reason"], "unknown_epoch");
}

TEST_F(Link, AHeadThatTheLogDoesNotHaveIsNotLookedForWithoutAPause) {
  auto s = open(member());
  link_up();
  const auto before = log.page_reads;
  say(actors::encode_parcel(++parcels, {}, {{company_head{company, log.epoch, 100, 0}}}));
  say(actors::encode_parcel(++parcels, {}, {{company_head{company, log.epoch, 0, 100}}}));
  advance(1s);
  EXPECT_LE(log.page_reads - before, 8);
  EXPECT_LE(log.endings_reads, 8);
  log.authority = 100;
  commit_many(100);
  advance(1s);
  EXPECT_EQ(s->seqs().size(), 100U);
}

TEST_F(Link, LooksForWhatWasCommittedBeforeThePeerKnewOfTheStreams) {
  auto s = open(member());
  link_up();
  commit_many(3);  // there, and told to nobody
  const auto asked = heads.asked.size();
  say(actors::encode(noted{heard->all<interest>().back().number}));
  advance(200ms);
  EXPECT_EQ(heads.asked.size(), asked + 1);
  EXPECT_EQ(s->seqs(), (std::vector<std::uint64_t>{1, 2, 3}));
}

TEST_F(Link, StopsAtAFullWindowAndGoesOnFromTheReceipt) {
  link_up();
  want();
  const auto publish_there = [&](std::uint64_t seq) {
    commit_many(1);
    const auto c = change_of(seq);
    hub().tell_peers({&c, 1});
    settle();
  };
  for (std::uint64_t seq = 1; seq <= 20; ++seq)
    publish_there(seq);
  EXPECT_EQ(heard->all<parcel>().size(), 8U);
  EXPECT_EQ(hub().links().windows_full, 1U);
  EXPECT_EQ(hub().links().all()[0]->waiting_events, 20U);
  say(actors::encode(receipt{8}));
  ASSERT_EQ(heard->all<parcel>().size(), 9U);
  EXPECT_EQ(heard->all<parcel>().back().items.size(), 12U);
  say(actors::encode(receipt{9}));
  EXPECT_EQ(hub().links().all()[0]->waiting_events, 0U);
}

TEST_F(Link, EndsWhereThePeerBreaksTheRules) {
  const std::vector<std::pair<std::string, std::string>> wrong{
      {"\x01garbage", "what came is no message"},
      {actors::encode_parcel(2, {}, {}), "a parcel is missing"},
      {actors::encode(receipt{1}), "it has taken what was not sent"},
      {actors::encode(noted{99}), "it notes what was not announced"},
      {actors::encode(greeting{ours, "x"}), "it greets again"}};
  for (const auto& [bytes, reason] : wrong) {
    link_up();
    say(bytes);
    expect_refused(reason);
  }
}

TEST_F(Link, RefusesAVersionThatItDoesNotSpeak) {
  make_peer();
  say(actors::encode(greeting{domain::id::make(), "there", 98, 99}), door);
  expect_refused("its program is too old or too new to be understood");
  say("garbage", door);
  say(actors::encode(greeting{ours, "itself"}), door);
  EXPECT_TRUE(hub().links().all().empty());
}

TEST_F(Link, TheLatestLinkOfANodeReplacesTheOneBefore) {
  const auto node = domain::id::make();
  auto s = open(member());
  link_up(node);
  const auto old = heard;
  link_up(node);
  EXPECT_TRUE(old->link_ended);
  EXPECT_FALSE(heard->link_ended);
  commit_many(1);
  tell(change_of(1));
  EXPECT_EQ(s->seqs().size(), 1U);
}

TEST_F(Link, DialsOnlyNodesThatStartedEarlierAndWaitsLongerAfterEachFailure) {
  hub().nodes_seen({{earlier, "a", "a:1"}, {ours, "here", "b:1"}, {domain::id::make(), "later", "c:1"}});
  settle();
  EXPECT_EQ(port.dialled, (std::vector<std::string>{"a:1"}));
  hub().nodes_seen({{earlier, "a", "a:1"}});
  settle();
  EXPECT_EQ(port.dialled.size(), 1U) << "a pause stands behind a failure, however often the node is seen";
  advance(1s);
  const auto early = port.dialled.size();
  EXPECT_GE(early, 3U);
  EXPECT_LE(early, 7U);
  advance(10s);
  const auto later = port.dialled.size();
  advance(6s);
  EXPECT_LE(port.dialled.size() - later, 4U);
  EXPECT_GE(port.dialled.size() - later, 1U);
  hub().nodes_seen({});
  settle();
  const auto last = port.dialled.size();
  advance(10s);
  EXPECT_EQ(port.dialled.size(), last) << "one that is gone";
}

TEST_F(Link, DialsAgainWhenALinkIsLost) {
  make_peer();
  port.answer = [this] { return caf::actor_cast<caf::strong_actor_ptr>(puppets.back()); };
  hub().nodes_seen({{earlier, "a", "a:1"}});
  settle();
  ASSERT_EQ(heard->all<greeting>().size(), 1U);
  say(actors::encode(greeting{earlier, "a"}));
  EXPECT_EQ(hub().links().all().size(), 1U);
  caf::anon_send_exit(puppets.back(), caf::exit_reason::kill);
  make_peer();
  advance(500ms);
  EXPECT_EQ(port.dialled.size(), 2U);
  say(actors::encode(greeting{earlier, "a"}));
  EXPECT_EQ(hub().links().all().size(), 1U);
}

TEST_F(Link, GivesUpWhereNobodyOrAnotherNodeAnswers) {
  make_peer();
  port.answer = [this] { return caf::actor_cast<caf::strong_actor_ptr>(puppets.back()); };
  hub().nodes_seen({{earlier, "a", "a:1"}});
  settle();
  say(actors::encode(greeting{domain::id::make(), "b"}));
  expect_refused("another node answers at its address");
  advance(500ms);
  ASSERT_GE(port.dialled.size(), 2U);
  advance(6s);
  EXPECT_EQ(port.reasons.back(), "no greeting");
  port.answer = [this] { return door; };
  advance(10s);
  EXPECT_TRUE(hub().links().all().empty()) << "itself";
}

}  // namespace chatmesh::tests
