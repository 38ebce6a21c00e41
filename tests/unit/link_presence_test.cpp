// Goal: a member is online on every node while any node has a stream of it. Method: tests/support/link_fixture.hpp.
#include "tests/support/link_fixture.hpp"

namespace chatmesh::tests {

using actors::interest;
using actors::parcel;
using actors::presences;
using domain::frame_kind;

using LinkPresence = Link;

TEST_F(LinkPresence, TellsThePeerWhoIsOnlineHereAndWhoComesAndGoes) {
  const auto ada = member(), bob = member();
  auto first = open(ada), second = open(ada);
  link_up();
  want();
  const auto told = [&] { return std::get<presences>(heard->all<parcel>().back().items.at(0)); };
  ASSERT_EQ(heard->all<parcel>().size(), 1U);
  EXPECT_EQ(told().company, company);
  EXPECT_EQ(told().changes.at(0).employee_id, ada.who.employee);
  auto third = open(bob);
  EXPECT_EQ(told().changes.at(0).employee_id, bob.who.employee);
  first->on->on_closed();
  settle();
  EXPECT_EQ(heard->all<parcel>().size(), 2U) << "not the last stream";
  second->on->on_closed();
  settle();
  EXPECT_FALSE(told().changes.at(0).online);
  EXPECT_EQ(told().changes.at(0).employee_id, ada.who.employee);
}

TEST_F(LinkPresence, WhoIsOnlineElsewhereIsOnlineUntilTheLinkIsGone) {
  auto s = open(member());
  link_up();
  const auto ada = domain::id::make(), customer = domain::id::make();
  const presences online{company, {{ada, true}}};
  say(actors::encode_parcel(
      ++parcels, {{actors::encode_typing({company, {customer, {domain::author_kind::employee, ada, "Ada", ""}}})}}, {},
      {{online}}));
  EXPECT_EQ(s->last(frame_kind::typing)["customer_id"], customer.to_string());
  advance(settings.presence_gather + 100ms);
  EXPECT_EQ(s->last(frame_kind::presence)["changes"][0]["employee_id"], ada.to_string());
  auto later = open(member());
  EXPECT_NE(later->last(frame_kind::presence).dump().find(ada.to_string()), std::string::npos);
  const auto told = s->of(frame_kind::presence).size();
  caf::anon_send_exit(puppets.back(), caf::exit_reason::kill);
  advance(settings.presence_grace + settings.presence_gather + 100ms);
  EXPECT_GT(s->of(frame_kind::presence).size(), told);
  EXPECT_EQ(s->last(frame_kind::presence)["changes"][0],
            (domain::json{{"employee_id", ada.to_string()}, {"online", false}}));
}

TEST_F(LinkPresence, AsksTheOtherNodesWhoIsOnlineInACompanyThatHasNoStreamHere) {
  link_up();
  const auto ada = domain::id::make();
  std::optional<std::vector<domain::id>> answer;
  hub().presence(company, [&](auto online) { answer = std::move(online); });
  settle();
  ASSERT_EQ(heard->all<interest>().back().begins, (std::vector{company}));
  EXPECT_FALSE(answer) << "the others get their time";
  say(actors::encode_parcel(++parcels, {}, {}, {{presences{company, {{ada, true}}}}}));
  EXPECT_EQ(answer, (std::vector{ada}));
  hub().presence(company, [&](auto online) { answer = std::move(online); });
  settle();
  EXPECT_EQ(answer, (std::vector{ada}));
}

TEST_F(LinkPresence, WaitsNoLongerThanAWhileForANodeThatSaysNothing) {
  link_up();
  std::optional<std::vector<domain::id>> answer;
  hub().presence(company, [&](auto online) { answer = std::move(online); });
  settle();
  EXPECT_FALSE(answer);
  advance(settings.presence_settle + 50ms);
  EXPECT_EQ(answer, (std::vector<domain::id>{}));
}

TEST_F(LinkPresence, SaysThatNobodyIsOnlineWhereNoStreamIs) {
  link_up();
  want();
  ASSERT_EQ(heard->all<parcel>().size(), 1U);
  const auto told = std::get<presences>(heard->all<parcel>()[0].items.at(0));
  EXPECT_EQ(told.company, company);
  EXPECT_TRUE(told.changes.empty());
}

TEST_F(LinkPresence, WhoComesBackInAnotherHistoryIsOnlineForThePeer) {
  const auto ada = member();
  auto old = open(ada);
  old->blocked = true;
  publish_many(1);
  link_up();
  want();
  log.epoch = 0x0badcafe;
  hub().recheck(company);
  settle();
  auto now = ada;
  now.epoch = log.epoch;
  auto back = open(now);
  advance(6s);  // the old stream has taken no goodbye
  ASSERT_TRUE(old->closed);
  std::vector<bool> told;
  for (const auto& each : heard->all<parcel>())
    for (const auto& item : each.items)
      for (const auto& change : std::get<presences>(item).changes)
        told.push_back(change.online);
  EXPECT_EQ(told, (std::vector{true, false, true}));
}

}  // namespace chatmesh::tests
