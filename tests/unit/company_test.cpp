// Goal: one order for all, nothing to those whose right has ended, presence and heartbeats as the protocol says, and
// nobody left behind. Method: as connection_test.cpp.
#include "tests/support/actor_fixture.hpp"

namespace chatmesh::tests {

using domain::frame_kind;

class Company : public Actors {};

TEST_F(Company, FillsAHoleFromTheLog) {
  auto s = open(member());
  commit_many(3);
  auto fourth = commit({});
  hub().changed(company, log.epoch, {fourth});  // 1 to 3 were lost on the way
  settle();
  EXPECT_EQ(s->seqs(), (std::vector<std::uint64_t>{1, 2, 3, 4}));
  hub().changed(company, log.epoch, {fourth});  // and come twice
  publish_many(1);
  EXPECT_EQ(s->seqs(), (std::vector<std::uint64_t>{1, 2, 3, 4, 5}));
}

TEST_F(Company, MissesNothingThatIsCommittedWhileItStarts) {
  log.hold = true;
  commit_many(2);
  auto s = open(member());
  publish_many(3);  // while the head is being read
  log.release();
  settle();
  publish_many(1);
  EXPECT_EQ(s->seqs(), (std::vector<std::uint64_t>{3, 4, 5, 6}));
}

TEST_F(Company, ReadsTheLogOnceForAHerd) {
  commit_many(200);
  log.hold = true;
  std::vector<std::shared_ptr<recording>> herd;
  for (int i = 0; i < 50; ++i)
    herd.push_back(open(member(cursor(100 + static_cast<std::uint64_t>(i)))));
  while (log.hold && hub().connections() == 50 && herd.back()->seqs().size() != 51) {
    log.release();
    settle();
  }
  for (std::size_t i = 0; i < herd.size(); ++i)
    EXPECT_EQ(herd[i]->seqs().size(), 100 - i);
  EXPECT_EQ(log.page_reads, 1);
}

TEST_F(Company, TriesAFailedReadAgain) {
  commit_many(5);
  log.failing = true;
  auto s = open(member(cursor(1)));
  advance(1s);
  EXPECT_TRUE(s->frames.empty());
  log.failing = false;
  advance(1s);
  EXPECT_EQ(s->seqs(), (std::vector<std::uint64_t>{2, 3, 4, 5}));
}

TEST_F(Company, SendsNothingAfterTheEndOfASession) {
  auto who = member();
  auto s = open(who);
  auto other = open(member());
  publish_many(1);
  end_session(who.session);
  publish_many(2);
  EXPECT_EQ(s->seqs(), (std::vector<std::uint64_t>{1}));
  EXPECT_EQ(s->frames.back()->kind, frame_kind::goodbye);
  EXPECT_EQ(s->last(frame_kind::goodbye)["reason"], "session_ended");
  EXPECT_TRUE(s->closed);
  EXPECT_EQ(other->seqs(), (std::vector<std::uint64_t>{1, 2, 3}));
}

TEST_F(Company, SendsNothingAfterTheEndOfAnApiToken) {
  auto who = member();
  who.who.by_kind = domain::author_kind::token;
  who.session_expires_at = domain::timestamp::max();
  auto s = open(who);
  auto other = open(member());
  advance(24h);
  publish_many(1);
  end_session(who.session);
  publish_many(1);
  EXPECT_EQ(s->seqs(), (std::vector<std::uint64_t>{1}));
  EXPECT_EQ(s->last(frame_kind::goodbye)["reason"], "token_revoked");
  EXPECT_TRUE(s->last(frame_kind::hello)["employee_id"].is_null());
  for (const auto& told : other->of(frame_kind::presence))
    EXPECT_EQ(told->data().find(who.who.employee.to_string()), std::string_view::npos);
}

TEST_F(Company, AdmitsNoStreamWhoseApiTokenEndedOnTheWay) {
  auto first = open(member());
  auto who = member();
  who.who.by_kind = domain::author_kind::token;
  end_session(who.session);  // proven before, subscribed after
  auto s = open(who);
  EXPECT_EQ(s->last(frame_kind::goodbye)["reason"], "token_revoked");
  EXPECT_EQ(log.admission_reads, 1);
}

TEST_F(Company, LearnsFromAnEventsAuthorityWhatEndedBeforeIt) {
  auto who = member();
  auto s = open(who);
  auto other = open(member());
  end_session(who.session, false);  // the news is lost; the next event carries the higher number
  publish_many(1);
  EXPECT_TRUE(s->seqs().empty());
  EXPECT_EQ(s->last(frame_kind::goodbye)["reason"], "session_ended");
  EXPECT_EQ(other->seqs(), (std::vector<std::uint64_t>{1}));
  EXPECT_EQ(log.endings_reads, 1);
}

TEST_F(Company, RefusesASessionThatEndedBetweenItsProofAndItsSubscription) {
  auto stays = open(member());
  auto who = member();
  end_session(who.session);
  auto s = open(who);
  EXPECT_TRUE(s->of(frame_kind::hello).empty());
  EXPECT_EQ(s->last(frame_kind::goodbye)["reason"], "session_ended");
}

TEST_F(Company, EndsAMembershipExactlyAtItsEvent) {
  auto who = member();
  auto s = open(who);
  publish_many(1);
  publish({.entity = domain::entity::employee, .action = domain::action::deleted, .object = who.who.employee});
  publish_many(1);
  EXPECT_EQ(s->seqs(), (std::vector<std::uint64_t>{1, 2}));
  EXPECT_EQ(s->last(frame_kind::goodbye)["reason"], "membership_ended");
}

TEST_F(Company, EndsAMembershipForASlowReaderToo) {
  auto who = member();
  auto s = open(who, true);
  publish_many(3);
  publish({.entity = domain::entity::employee, .action = domain::action::deleted, .object = who.who.employee});
  publish_many(5);
  unblock(*s);
  EXPECT_EQ(s->seqs(), (std::vector<std::uint64_t>{1, 2, 3, 4}));
  EXPECT_EQ(s->last(frame_kind::goodbye)["reason"], "membership_ended");
}

TEST_F(Company, ProvesAgainBeforeItStartsAboveTheProof) {
  auto who = member(cursor(2));  // proven at head 0
  auto stays = open(member());
  publish({.entity = domain::entity::employee, .action = domain::action::deleted, .object = who.who.employee});
  log.former_members.push_back(who.who.employee);
  publish_many(3);
  auto s = open(who);
  EXPECT_TRUE(s->seqs().empty());
  EXPECT_EQ(s->last(frame_kind::goodbye)["reason"], "membership_ended");
}

TEST_F(Company, EndsAllStreamsOfADeletedCompany) {
  auto a = open(member());
  auto b = open(member());
  publish({.entity = domain::entity::company, .action = domain::action::deleted, .object = company});
  for (const auto& s : {a, b}) {
    EXPECT_EQ(s->seqs(), (std::vector<std::uint64_t>{1}));
    EXPECT_EQ(s->last(frame_kind::goodbye)["reason"], "company_deleted");
  }
  EXPECT_EQ(hub().connections(), 0U);
}

TEST_F(Company, EndsAStreamWhenItsSessionExpires) {
  auto who = member();
  who.session_expires_at = who.as_of + 5s;
  auto s = open(who);
  advance(4s);
  EXPECT_TRUE(s->of(frame_kind::goodbye).empty());
  advance(2s);
  EXPECT_EQ(s->last(frame_kind::goodbye)["reason"], "session_expired");
}

TEST_F(Company, LimitsTheStreamsOfAMember) {
  settings.streams_per_member = 2;
  auto who = member();
  auto first = open(who);
  auto second = open(who);
  auto third = open(who);
  EXPECT_EQ(third->last(frame_kind::goodbye)["reason"], "too_many_streams");
  EXPECT_NE(third->frames.back()->text().find("retry:"), std::string_view::npos);
  first->on->on_closed();
  settle();
  EXPECT_FALSE(open(who)->of(frame_kind::hello).empty());
}

TEST_F(Company, BeatsAfterSilenceOnly) {
  auto s = open(member());
  advance(14s);
  publish_many(1);
  advance(14s);
  EXPECT_TRUE(s->of(frame_kind::heartbeat).empty());
  advance(1500ms);
  ASSERT_EQ(s->of(frame_kind::heartbeat).size(), 1U);
  EXPECT_EQ(s->last(frame_kind::heartbeat)["head"], 1);
  advance(15s);
  EXPECT_EQ(s->of(frame_kind::heartbeat).size(), 2U);
}

TEST_F(Company, TellsPresenceOnFirstAndLastStreamWithGrace) {
  auto watcher = open(member());
  advance(3s);
  const auto told = [&] { return watcher->of(frame_kind::presence).size(); };
  ASSERT_EQ(told(), 2U) << "all, then its own coming";
  auto who = member();
  auto a = open(who);
  auto b = open(who);
  advance(3s);
  ASSERT_EQ(told(), 3U) << "two streams, one coming";
  auto change = watcher->last(frame_kind::presence)["changes"][0];
  EXPECT_EQ(change, (domain::json{{"employee_id", who.who.employee.to_string()}, {"online", true}}));
  a->on->on_closed();
  advance(12s);
  EXPECT_EQ(told(), 3U) << "one stream is left";
  b->on->on_closed();
  advance(9s);
  EXPECT_EQ(told(), 3U) << "grace";
  advance(2s);
  ASSERT_EQ(told(), 4U);
  change = watcher->last(frame_kind::presence)["changes"][0];
  EXPECT_EQ(change, (domain::json{{"employee_id", who.who.employee.to_string()}, {"online", false}}));
}

TEST_F(Company, HasNoMoreTimersHoweverOftenPresenceChanges) {
  auto who = member();
  who.session_expires_at = who.as_of + 24h;
  auto s = open(who);
  const auto come_and_go = [&] {
    open(member())->on->on_closed();
    advance(1min);
    return coordinator().clock().schedule().size();
  };
  const auto timers = come_and_go();
  for (int i = 0; i < 20; ++i)
    EXPECT_EQ(come_and_go(), timers);
}

TEST_F(Company, GivesASlowReaderThePresenceThatItMissed) {
  auto slow = open(member());
  slow->blocked = true;
  publish_many(1);
  auto who = member();
  auto other = open(who);
  advance(3s);
  unblock(*slow);
  const domain::json change{{"employee_id", who.who.employee.to_string()}, {"online", true}};
  const auto told = slow->last(frame_kind::presence)["changes"];
  EXPECT_NE(std::ranges::find(told, change), told.end()) << told;
}

TEST_F(Company, GivesPresenceInFullToAReaderThatMissedMuch) {
  auto slow = open(member());
  slow->blocked = true;
  publish_many(1);
  for (int i = 0; i < 30; ++i) {
    open(member());
    advance(1s);
  }
  unblock(*slow);
  const auto full = slow->last(frame_kind::presence);
  EXPECT_EQ(full["full"], true);
  EXPECT_EQ(full["online"].size(), 31U);
}

TEST_F(Company, PassesOnOneTypingNoticeAnIntervalAndNoEcho) {
  auto who = member();
  who.who.client = "tab";
  auto own = open(who);
  auto other = open(member());
  const domain::typing notice{domain::id::make(), {domain::author_kind::employee, who.who.employee, "Ada", "tab"}};
  for (int i = 0; i < 3; ++i)
    hub().typing(company, notice);
  settle();
  EXPECT_EQ(other->of(frame_kind::typing).size(), 1U);
  EXPECT_TRUE(own->of(frame_kind::typing).empty());
  advance(2100ms);
  hub().typing(company, notice);
  settle();
  EXPECT_EQ(other->of(frame_kind::typing).size(), 2U);
}

TEST_F(Company, AnswersWhoIsOnline) {
  std::optional<std::vector<domain::id>> answer;
  hub().presence(company, [&](auto online) { answer = std::move(online); });
  settle();
  ASSERT_TRUE(answer);
  EXPECT_TRUE(answer->empty());
  auto who = member();
  auto s = open(who);
  hub().presence(company, [&](auto online) { answer = std::move(online); });
  settle();
  EXPECT_EQ(*answer, std::vector{who.who.employee});
}

TEST_F(Company, ARemovedEmployeeIsOfflineAtOnce) {
  auto watcher = open(member());
  auto who = member();
  auto leaves = open(who, true);  // takes nothing: its stream is still open when the employee is gone
  advance(3s);
  publish({.entity = domain::entity::employee, .action = domain::action::deleted, .object = who.who.employee});
  std::optional<std::vector<domain::id>> answer;
  hub().presence(company, [&](auto online) { answer = std::move(online); });
  settle();
  ASSERT_TRUE(answer);
  EXPECT_EQ(std::ranges::count(*answer, who.who.employee), 0);
  advance(settings.presence_gather + 100ms);
  EXPECT_EQ(watcher->last(frame_kind::presence)["changes"],
            domain::json::array({{{"employee_id", who.who.employee.to_string()}, {"online", false}}}));
  const auto told = watcher->of(frame_kind::presence).size();
  leaves->on->on_closed();
  advance(settings.presence_grace + 5s);
  EXPECT_EQ(watcher->of(frame_kind::presence).size(), told) << "and nobody is told again";
}

TEST_F(Company, LimitsTheStreamsOfACustomerWhateverItsTokens) {
  settings.streams_per_member = 2;
  auto who = member();
  who.who.by_kind = domain::author_kind::customer;
  auto other_token = who, other_customer = who;
  other_token.session = domain::id::make();
  other_customer.who.employee = domain::id::make();
  auto first = open(who), second = open(other_token);
  EXPECT_EQ(open(who)->last(frame_kind::goodbye)["reason"], "too_many_streams");
  EXPECT_EQ(open(other_customer)->frames.front()->kind, frame_kind::hello);
  first->on->on_closed();
  settle();
  EXPECT_EQ(open(who)->frames.front()->kind, frame_kind::hello);
  EXPECT_EQ(open(other_token)->last(frame_kind::goodbye)["reason"], "too_many_streams");
}

TEST_F(Company, AReaderThatDoesNotCountHasNoLimitAndNoPresence) {
  settings.streams_per_member = 1;
  auto who = member();
  who.counts = false;
  auto a = open(who), b = open(who);
  EXPECT_EQ(b->frames.front()->kind, frame_kind::hello);
  std::optional<std::vector<domain::id>> answer;
  hub().presence(company, [&](auto online) { answer = std::move(online); });
  settle();
  EXPECT_EQ(answer, std::vector<domain::id>{});
  who.counts = true;
  EXPECT_EQ(open(who)->frames.front()->kind, frame_kind::hello);
  EXPECT_EQ(open(who)->last(frame_kind::goodbye)["reason"], "too_many_streams");
}

TEST_F(Company, SendsItsReadersBackWhereItFails) {
  auto first = open(member()), second = open(member());
  log.broken = true;
  commit_many(1000);
  auto last = open(member(cursor(0)));
  EXPECT_TRUE(first->closed && second->closed && last->closed);
  EXPECT_EQ(hub().connections(), 0U);
  log.broken = false;
  EXPECT_EQ(open(member(cursor(998)))->seqs().size(), 2U);
}

TEST_F(Company, GivesAGoodbyeItsTimeHoweverLongItsEventTook) {
  commit_many(100);
  auto s = open(member(cursor(1)), true);
  log.hold = true;
  unblock(*s);
  hub().close({});
  advance(4900ms);  // it waits for the last event all the while
  s->blocked = true;
  log.release();
  settle();
  advance(1s);
  ASSERT_FALSE(s->closed) << "it has waited a second, not five";
  unblock(*s);
  EXPECT_EQ(s->last(frame_kind::goodbye)["reason"], "draining");
}

}  // namespace chatmesh::tests
