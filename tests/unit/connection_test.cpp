// Goal: every event of the log reaches every stream once and in order, however it comes and goes; what can't be
// honoured is told. Method: hub, directory, company and connection as they run in the server, step by step over a log
// in memory.
#include "tests/support/actor_fixture.hpp"

namespace chatmesh::tests {

using domain::frame_kind;
using kinds = std::vector<frame_kind>;

class Connection : public Actors {};

namespace {

kinds kinds_of(const recording& r) {
  kinds found;
  for (const auto& f : r.frames)
    found.push_back(f->kind);
  return found;
}

std::vector<std::uint64_t> range(std::uint64_t from, std::uint64_t to) {
  std::vector<std::uint64_t> found;
  for (auto i = from; i <= to; ++i)
    found.push_back(i);
  return found;
}

}  // namespace

TEST_F(Connection, SaysHelloThenPresenceAndStartsAtTheHead) {
  commit_many(3);
  auto s = open(member());
  ASSERT_EQ(kinds_of(*s), (kinds{frame_kind::hello, frame_kind::presence}));
  auto hello = s->last(frame_kind::hello);
  EXPECT_EQ(hello["cursor"], cursor(3));
  EXPECT_EQ(hello["head"], 3);
  EXPECT_EQ(hello["resumed"], false);
  EXPECT_NE(s->frames[0]->text().find("id: " + cursor(3)), std::string_view::npos);
  publish_many(2);
  EXPECT_EQ(s->seqs(), range(4, 5));
}

TEST_F(Connection, ReplaysFromItsCursorThenGoesOnLive) {
  commit_many(10);
  auto s = open(member(cursor(4)));
  EXPECT_EQ(s->last(frame_kind::hello)["resumed"], true);
  EXPECT_EQ(s->last(frame_kind::hello)["cursor"], cursor(4));
  EXPECT_EQ(s->seqs(), range(5, 10));
  publish_many(3);
  EXPECT_EQ(s->seqs(), range(5, 13));
}

TEST_F(Connection, ReplaysManyPagesWithoutHoleOrRepeat) {
  log.page_events = 7;  // pages are cut short, as by their bytes
  commit_many(1000);
  auto s = open(member(cursor(3)));
  EXPECT_EQ(s->seqs(), range(4, 1000));
}

TEST_F(Connection, CursorZeroAsksForAllThatIsKept) {
  commit_many(600);
  log.oldest = 301;
  auto s = open(member("0"));
  EXPECT_EQ(s->last(frame_kind::hello)["cursor"], cursor(300));
  EXPECT_EQ(s->seqs(), range(301, 600));
}

TEST_F(Connection, TellsWhyACursorCannotBeHonoured) {
  commit_many(400);
  log.oldest = 100;
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"nonsense", "malformed"}, {"00000001-3", "unknown_epoch"}, {cursor(401), "ahead"}, {cursor(98), "expired"}};
  for (const auto& [given, reason] : cases) {
    auto s = open(member(given));
    ASSERT_GE(s->frames.size(), 3U) << given;
    EXPECT_EQ(kinds_of(*s), (kinds{frame_kind::hello, frame_kind::reset, frame_kind::presence})) << given;
    EXPECT_EQ(s->last(frame_kind::reset)["reason"], reason);
    EXPECT_EQ(s->last(frame_kind::reset)["cursor"], cursor(400));
    EXPECT_EQ(s->frames[0]->text().find("\nid:"), std::string_view::npos) << "a cut before the reset must lose nothing";
    EXPECT_NE(s->frames[1]->text().find("id: " + cursor(400)), std::string_view::npos);
  }
  auto edge = open(member(cursor(99)));
  EXPECT_EQ(edge->seqs(), range(100, 400));
}

TEST_F(Connection, SaysAheadOnlyAfterTheLogWasAsked) {
  commit_many(5);
  auto first = open(member());
  auto who = member(cursor(7));
  who.head = 5;
  commit_many(2);  // committed, but the company has not heard of it
  auto s = open(who);
  EXPECT_TRUE(s->of(frame_kind::reset).empty());
  EXPECT_EQ(s->last(frame_kind::hello)["cursor"], cursor(7));
  EXPECT_EQ(log.admission_reads, 1);
}

TEST_F(Connection, SkipsOwnEchoButNotAnotherAuthorWithTheSameClient) {
  auto who = member();
  who.who.client = "tab-1";
  auto s = open(who);
  auto other = open(member());
  publish({.by = who.who.employee, .client = "tab-1"});
  publish({.by = who.who.employee, .client = "tab-2"});
  publish({.by = domain::id::make(), .client = "tab-1"});
  EXPECT_EQ(s->seqs(), (std::vector<std::uint64_t>{2, 3}));
  ASSERT_EQ(s->of(frame_kind::skip).size(), 1U);
  EXPECT_EQ(s->last(frame_kind::skip), (domain::json{{"from", 1}, {"to", 1}}));
  EXPECT_EQ(other->seqs(), range(1, 3));

  who.cursor = cursor(0);
  auto replay = open(who);
  EXPECT_EQ(replay->seqs(), (std::vector<std::uint64_t>{2, 3}));
}

TEST_F(Connection, AReadMarkIsItsAuthorsAlone) {
  const auto who = member();
  auto own = open(who), other = open(member());
  auto program = who;
  program.who.by_kind = domain::author_kind::token;
  auto of_program = open(program);
  publish({.entity = domain::entity::read, .by = who.who.employee});
  publish({.by = who.who.employee});
  EXPECT_EQ(own->seqs(), range(1, 2));
  for (const auto& stream : {other, of_program}) {
    EXPECT_EQ(stream->seqs(), range(2, 2));
    EXPECT_EQ(stream->last(frame_kind::skip), (domain::json{{"from", 1}, {"to", 1}}));
  }
  auto late = open(member(cursor(0)));
  EXPECT_EQ(late->seqs(), range(2, 2));
}

TEST_F(Connection, MergesSkipsAndTellsThemBeforeTheNextEvent) {
  auto who = member();
  who.who.entities = 0b00100;  // customers
  auto s = open(who);
  for (int i = 0; i < 3; ++i)
    publish({.entity = domain::entity::note});
  EXPECT_TRUE(s->of(frame_kind::skip).empty());
  publish({});
  ASSERT_EQ(s->of(frame_kind::skip).size(), 1U);
  EXPECT_EQ(s->last(frame_kind::skip), (domain::json{{"from", 1}, {"to", 3}}));
  EXPECT_EQ(s->frames[s->frames.size() - 2]->kind, frame_kind::skip);
  EXPECT_EQ(s->frames.back()->seq, 4U);
}

TEST_F(Connection, TellsASkipAtTheLatestAfterItsDelay) {
  auto who = member();
  who.who.entities = 0b00100;
  auto s = open(who);
  publish({.entity = domain::entity::note});
  advance(settings.skip_delay - 100ms);
  EXPECT_TRUE(s->of(frame_kind::skip).empty());
  advance(200ms);
  EXPECT_EQ(s->last(frame_kind::skip), (domain::json{{"from", 1}, {"to", 1}}));
}

TEST_F(Connection, TellsASkipAtTheLatestAfterItsDelayAlsoInALongReplay) {
  log.page_events = settings.page_events = 10;
  for (int i = 0; i < 30; ++i)
    commit({.entity = domain::entity::note});
  auto who = member(cursor(0));
  who.who.entities = 0b00100;
  open(member(cursor(30)));  // the company knows its head
  log.hold = true;
  auto s = open(who);
  log.release();  // its admission
  log.hold = true;
  settle();
  log.release();  // its first page
  log.hold = true;
  settle();
  advance(settings.skip_delay + 100ms);
  EXPECT_EQ(s->last(frame_kind::skip), (domain::json{{"from", 1}, {"to", 10}}));
  log.release();
  settle();
  publish({});
  EXPECT_EQ(s->last(frame_kind::skip), (domain::json{{"from", 11}, {"to", 30}}));
  EXPECT_EQ(s->frames.back()->seq, 31U);
}

TEST_F(Connection, HoldsOnePageForASlowReaderAndLosesNothing) {
  auto slow = open(member(), true);
  publish_many(5000);
  EXPECT_TRUE(slow->seqs().empty()) << "hello is not out yet";
  unblock(*slow);
  EXPECT_EQ(slow->seqs(), range(1, 5000));
  EXPECT_LE(slow->largest_send, settings.page_events + 2);
}

TEST_F(Connection, AStalledOneCostsTheOthersNothing) {
  auto stalled = open(member(), true);
  auto healthy = open(member());
  publish_many(300);
  EXPECT_EQ(healthy->seqs(), range(1, 300));
  EXPECT_EQ(stalled->frames.size(), 2U);
}

TEST_F(Connection, ResetsWhenPruningOvertakesASlowReader) {
  auto slow = open(member(), true);
  publish_many(1000);
  log.oldest = 900;
  unblock(*slow);
  EXPECT_TRUE(slow->seqs().empty());
  EXPECT_EQ(slow->last(frame_kind::reset)["reason"], "expired");
  EXPECT_EQ(slow->last(frame_kind::reset)["cursor"], cursor(1000));
  publish_many(2);
  EXPECT_EQ(slow->seqs(), range(1001, 1002));
}

TEST_F(Connection, EndsWithItsPeer) {
  auto s = open(member());
  auto stays = open(member());
  s->on->on_closed();
  settle();
  EXPECT_TRUE(s->closed);
  EXPECT_EQ(hub().connections(), 1U);
  publish_many(1);
  EXPECT_TRUE(s->seqs().empty());
  EXPECT_EQ(stays->seqs(), range(1, 1));
}

TEST_F(Connection, WaitsForNoPeerThatTakesNothingOfWhatGoesBeforeTheGoodbye) {
  auto who = member();
  who.who.entities = 0b00100;  // customers
  auto s = open(who);
  publish({.entity = domain::entity::note});
  s->blocked = true;
  hub().close({});
  settle();
  EXPECT_EQ(s->frames.back()->kind, frame_kind::skip);
  EXPECT_EQ(hub().connections(), 1U);
  advance(6s);
  EXPECT_EQ(hub().connections(), 0U);
}

TEST_F(Connection, IsToldToComeBackWhenTheLogCannotBeRead) {
  log.failing = true;
  auto s = open(member());
  advance(9s);
  EXPECT_TRUE(s->frames.empty());
  advance(2s);
  EXPECT_EQ(s->last(frame_kind::goodbye)["reason"], "overloaded");
  EXPECT_EQ(hub().connections(), 0U);
}

}  // namespace chatmesh::tests
