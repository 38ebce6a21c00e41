// Goal: a link brings what was committed on either side to the other, in order and once, and whatever the peer does
// wrong or leaves out harms no stream. Method: tests/support/link_fixture.hpp.
#include "actors/cluster/link.hpp"
#include "tests/support/link_fixture.hpp"

#include <set>

namespace chatmesh::tests {

using actors::company_head;
using actors::endings;
using actors::greeting;
using actors::interest;
using actors::noted;
using actors::parcel;
using actors::receipt;
using domain::frame_kind;

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

TEST_F(Link, AnnouncesCompaniesThatBeginInARowTogether) {
  link_up();
  open(member());
  const auto first = heard->all<interest>();
  EXPECT_EQ(first.back().begins, (std::vector{company})) << "the first one waits for nobody";
  std::set<domain::id> more;
  for (int i = 0; i < 3; ++i) {
    company = domain::id::make();
    more.insert(company);
    open(member());
  }
  EXPECT_EQ(heard->all<interest>().size(), first.size());
  advance(actors::link::announce_interval);
  ASSERT_EQ(heard->all<interest>().size(), first.size() + 1);
  const auto begins = heard->all<interest>().back().begins;
  EXPECT_EQ((std::set<domain::id>(begins.begin(), begins.end())), more);
}

TEST_F(Link, TellsAPeerWhatItWantsAndNothingElse) {
  link_up();
  publish({});
  EXPECT_TRUE(heard->all<parcel>().empty());
  want();
  EXPECT_EQ(heard->all<noted>().back().number, interests);
  const auto before = heard->all<parcel>().size();
  const auto by = domain::id::make();
  const auto change = [&] {
    commit({.by = by, .client = "tab"});
    auto c = change_of(2);
    c.by = {domain::author_kind::employee, by, "Ada", "tab"};
    return c;
  }();
  hub().tell_peers({&change, 1});
  hub().tell_peers(company, log.epoch, 7, {by});
  settle();
  const auto told = heard->all<parcel>();
  ASSERT_EQ(told.size(), before + 1) << "what came in together goes out together";
  const auto& items = told.back().items;
  const auto& item = std::get<actors::change_list>(items.at(0)).at(0);
  EXPECT_EQ(item.data, change.data);
  EXPECT_EQ(item.by.client, "tab");
  EXPECT_EQ(std::get<endings>(items.at(1)).authority, 7U);
  say(actors::encode(interest{++interests, {}, {company}}));
  hub().tell_peers({&change, 1});
  settle();
  EXPECT_EQ(heard->all<parcel>().size(), told.size());
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
  say(actors::encode_parcel(++parcels, {{actors::encode_endings({company, log.epoch, log.authority, {who.session}})}},
                            {}));
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

TEST_F(Link, TellsAnOlderPeerWhatItUnderstands) {
  open(member());
  make_peer();
  say(actors::encode(greeting{domain::id::make(), "there", 1, 1}), door);
  want();
  open(member());
  hub().typing(company, {domain::id::make(), {}});
  commit_many(1);
  const auto c = change_of(1);
  hub().tell_peers({&c, 1});
  settle();
  const auto told = heard->all<parcel>();
  ASSERT_EQ(told.size(), 1U);
  ASSERT_EQ(told[0].items.size(), 1U);
  EXPECT_TRUE(std::holds_alternative<actors::change_list>(told[0].items[0]));
}

TEST_F(Link, StopsAtAFullWindowAndGoesOnFromTheReceipt) {
  link_up();
  want();
  say(actors::encode(receipt{1}));  // nobody is online
  const auto publish_there = [&](std::uint64_t seq) {
    commit_many(1);
    const auto c = change_of(seq);
    hub().tell_peers({&c, 1});
    settle();
  };
  for (std::uint64_t seq = 1; seq <= 20; ++seq)
    publish_there(seq);
  EXPECT_EQ(heard->all<parcel>().size(), 9U);
  EXPECT_EQ(hub().links().windows_full, 1U);
  const auto link = hub().links().all()[0];
  EXPECT_EQ(link->lag_events, 20U);
  EXPECT_EQ(link->windows_full, 1U);
  advance(actors::link::report_interval);
  const auto lag = link->lag_by_company.get();
  ASSERT_EQ(lag.most.size(), 1U);
  EXPECT_EQ(lag.most[0].company, company);
  EXPECT_EQ(lag.most[0].of.events, 20U);
  say(actors::encode(receipt{9}));
  ASSERT_EQ(heard->all<parcel>().size(), 10U);
  EXPECT_EQ(heard->all<parcel>().back().items.size(), 12U);
  say(actors::encode(receipt{10}));
  EXPECT_EQ(link->lag_events, 0U);
  advance(actors::link::report_interval);
  EXPECT_EQ(link->lag_by_company.get().companies, 0U);
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

TEST_F(Link, KeepsItsPauseWhereANodeIsNotListedForAMoment) {
  hub().nodes_seen({{earlier, "a", "a:1"}});
  settle();
  ASSERT_EQ(port.dialled.size(), 1U);
  hub().nodes_seen({});
  hub().nodes_seen({{earlier, "a", "a:1"}});
  settle();
  EXPECT_EQ(port.dialled.size(), 1U);
  advance(200ms);
  EXPECT_GE(port.dialled.size(), 2U);
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

TEST_F(Link, EndsWithAPeerThatSpeaksBeforeItGreets) {
  make_peer();
  port.answer = [this] { return caf::actor_cast<caf::strong_actor_ptr>(puppets.back()); };
  hub().nodes_seen({{earlier, "a", "a:1"}});
  settle();
  want();
  expect_refused("it does not greet");
}

TEST_F(Link, KeepsItsLinkWhereTheNodeAsksForAnotherOneThatHadThisAddress) {
  const auto node = domain::id::make();
  link_up(node);
  const auto good = heard;
  make_peer();
  say(actors::encode(greeting{.node = node, .name = "there", .to = earlier}), door);
  EXPECT_FALSE(good->link_ended);
  ASSERT_EQ(heard->all<greeting>().size(), 1U) << "so that it need not wait";
  EXPECT_EQ(heard->all<greeting>()[0].node, ours);
  EXPECT_EQ(hub().links().all().size(), 1U);
}

TEST_F(Link, SaysWhichNodeIsMeant) {
  make_peer();
  port.answer = [this] { return caf::actor_cast<caf::strong_actor_ptr>(puppets.back()); };
  hub().nodes_seen({{earlier, "a", "a:1"}});
  settle();
  EXPECT_EQ(heard->all<greeting>().at(0).to, earlier);
}

TEST_F(Link, LooksForWhatOnlyANewerPeerKnows) {
  auto s = open(member());
  link_up();
  commit_many(1);
  auto change = change_of(1);
  change.entity = domain::entity::customer;
  auto bytes = actors::encode_parcel(++parcels, {{actors::encode_changes({&change, 1})}}, {});
  bytes.replace(bytes.find("customer"), 8, "carriage");
  say(bytes);
  EXPECT_FALSE(heard->link_ended);
  EXPECT_EQ(s->seqs(), (std::vector<std::uint64_t>{1}));
  EXPECT_EQ(log.page_reads, 1);
}

TEST_F(Link, TellsALargeCommitInPiecesAndLeavesWhatNoParcelHoldsToTheLog) {
  link_up();
  want();
  say(actors::encode(receipt{1}));  // nobody is online
  commit_many(100);
  std::vector<domain::change> all;
  for (std::uint64_t seq = 1; seq <= 100; ++seq)
    all.push_back(change_of(seq));
  for (std::size_t i = 0; i < 10; ++i)
    all[i].data.resize(actors::outbox::max_item_bytes / 2, 'x');
  all[50].data.resize(actors::outbox::max_parcel_bytes, 'x');
  hub().tell_peers(all);
  settle();
  std::vector<std::uint64_t> told;
  std::vector<company_head> heads_told;
  for (const auto& each : heard->all<parcel>())
    for (const auto& item : each.items)
      if (const auto* changes = std::get_if<actors::change_list>(&item)) {
        std::size_t bytes = 0;
        for (const auto& change : *changes) {
          told.push_back(change.seq);
          bytes += change.data.size();
        }
        EXPECT_LE(changes->size(), actors::outbox::max_item_events);
        EXPECT_LE(bytes, actors::outbox::max_item_bytes);
      } else if (const auto* at = std::get_if<company_head>(&item)) {
        heads_told.push_back(*at);
      }
  EXPECT_EQ(told.size(), 99U) << "the window has room for all but the one";
  EXPECT_EQ(std::ranges::count(told, 51U), 0);
  ASSERT_EQ(heads_told.size(), 1U);
  EXPECT_EQ(heads_told[0].head, 51U);
}

}  // namespace chatmesh::tests
