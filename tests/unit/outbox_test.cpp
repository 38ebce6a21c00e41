// Goal: a peer that keeps up gets all that was committed, in order, in few parcels; one that does not costs a bounded
// amount here, and is told how far the log reaches. Method: pure calls; parcels are read as a peer reads them.
#include "actors/cluster/outbox.hpp"

#include <gtest/gtest.h>

namespace chatmesh::actors {

namespace {

using std::chrono_literals::operator""ms;

class Outbox : public ::testing::Test {
protected:
  void tell(std::uint64_t from, std::uint64_t to, std::size_t bytes = 100) { tell(company, from, to, bytes); }
  void tell(const domain::id& of, std::uint64_t from, std::uint64_t to, std::size_t bytes = 100) {
    for (auto seq = from; seq <= to; ++seq) {
      domain::change c;
      c.company_id = of;
      c.epoch = 7;
      c.seq = seq;
      c.authority = 2;
      c.object_id = company;
      c.data = std::string(bytes, 'x');
      box.tell(encode_changes({&c, 1}), now);
    }
  }
  parcel next() { return std::get<parcel>(decode(box.next(now).value()).value()); }

  static std::vector<std::uint64_t> seqs(const parcel& p) {
    std::vector<std::uint64_t> all;
    for (const auto& item : p.items)
      if (const auto* told = std::get_if<change_list>(&item))
        for (const auto& each : *told)
          all.push_back(each.seq);
    return all;
  }
  static std::vector<company_head> heads(const parcel& p) {
    std::vector<company_head> all;
    for (const auto& item : p.items)
      if (const auto* at = std::get_if<company_head>(&item))
        all.push_back(*at);
    return all;
  }
  void fill_window() {
    for (std::size_t i = 0; i < outbox::max_unacknowledged; ++i) {
      tell(i + 1, i + 1);
      next();
    }
    ASSERT_TRUE(box.is_full());
  }

  void fill_parcel() { tell(1, outbox::max_parcel_items); }

  const domain::id company = domain::id::make();
  outbox::time_point now{1000ms};
  outbox box;
};

}  // namespace

TEST_F(Outbox, GathersWhatWaitsIntoOneParcelInOrder) {
  tell(1, 5);
  const auto p = next();
  EXPECT_EQ(p.number, 1U);
  EXPECT_EQ(seqs(p), (std::vector<std::uint64_t>{1, 2, 3, 4, 5}));
  EXPECT_FALSE(box.next(now));
}

TEST_F(Outbox, SendsNothingIntoAFullWindowAndGoesOnWhenThePeerHasTakenSome) {
  fill_window();
  tell(100, 102);
  EXPECT_FALSE(box.next(now));
  EXPECT_TRUE(box.acknowledged(1));
  EXPECT_EQ(seqs(next()), (std::vector<std::uint64_t>{100, 101, 102}));
  EXPECT_EQ(box.times_full(), 2U);
}

TEST_F(Outbox, KeepsNoMoreThanAParcelForAPeerThatTakesNothing) {
  fill_window();
  tell(100, 10'000);
  EXPECT_EQ(box.lag_events(), outbox::max_unacknowledged + 10'000 - 100 + 1);
  EXPECT_EQ(box.waiting_heads(), 1U);
  box.acknowledged(outbox::max_unacknowledged);
  const auto p = next();
  EXPECT_EQ(seqs(p).size(), outbox::max_parcel_events);
  ASSERT_EQ(heads(p).size(), 1U);
  EXPECT_EQ(heads(p)[0].head, 10'000U);
  EXPECT_EQ(heads(p)[0].authority, 2U);
  EXPECT_EQ(heads(p)[0].epoch, 7U);
  EXPECT_EQ(box.events_left_out(), 10'000 - 100 + 1 - outbox::max_parcel_events);
}

TEST_F(Outbox, BoundsAParcelInBytesAndLeavesALargerChangeToTheLog) {
  tell(1, 1, outbox::max_parcel_bytes);
  EXPECT_EQ(box.events_left_out(), 1U);
  tell(2, 3, outbox::max_parcel_bytes / 2);  // with what goes with it, the second is too much
  const auto p = next();
  EXPECT_EQ(seqs(p), (std::vector<std::uint64_t>{2}));
  ASSERT_EQ(heads(p).size(), 1U);
  EXPECT_EQ(heads(p)[0].head, 3U);
}

TEST_F(Outbox, LeavesAnEndToTheLogAndTellsNumbersOfTwoHistoriesOfNone) {
  fill_parcel();
  tell(company, outbox::max_parcel_items + 1, outbox::max_parcel_items + 1);
  box.tell(encode_endings({company, 7, 9, {domain::id::make()}}), now);
  auto at = heads(next());
  ASSERT_EQ(at.size(), 1U);
  EXPECT_EQ(at[0].epoch, 7U);
  EXPECT_EQ(at[0].head, outbox::max_parcel_items + 1);
  EXPECT_EQ(at[0].authority, 9U);
  fill_parcel();
  tell(1, 1);
  box.tell(encode_endings({company, 8, 9, {domain::id::make()}}), now);
  at = heads(next());
  ASSERT_EQ(at.size(), 1U);
  EXPECT_EQ(at[0].epoch, 0U) << "the peer has to look";
}

TEST_F(Outbox, SendsMoreHeadsThanAParcelHoldsInSeveral) {
  fill_parcel();
  for (std::size_t i = 0; i <= outbox::max_parcel_heads; ++i)
    box.tell(encode_endings({domain::id::make(), 7, 1, {}}), now);
  EXPECT_EQ(heads(next()).size(), outbox::max_parcel_heads);
  EXPECT_EQ(heads(next()).size(), 1U);
  EXPECT_FALSE(box.next(now));
}

TEST_F(Outbox, TellsWhoIsOnlineAsItIsWhenThePeerCanTakeIt) {
  const auto ada = domain::id::make(), bob = domain::id::make();
  fill_window();
  box.tell(company, {{ada, true}, {bob, true}}, now);
  box.tell(company, {{ada, false}}, now);
  EXPECT_FALSE(box.next(now));
  box.acknowledged(1);
  const auto p = next();
  ASSERT_EQ(p.items.size(), 1U);
  const auto& told = std::get<presences>(p.items[0]);
  EXPECT_EQ(told.company, company);
  ASSERT_EQ(told.changes.size(), 2U);
  for (const auto& each : told.changes)
    EXPECT_EQ(each.online, each.employee_id == bob);
  box.tell(company, {{ada, true}}, now);
  box.forget(company);
  box.acknowledged(2);
  EXPECT_FALSE(box.next(now));
}

TEST_F(Outbox, LeavesOutWhoTypesWhereThereIsNoRoom) {
  const auto typing = encode_typing({company, {domain::id::make(), {}}});
  box.tell(typing, now);
  EXPECT_TRUE(std::holds_alternative<typing_notice>(next().items.at(0)));
  box.acknowledged(1);
  tell(1, outbox::max_unacknowledged);
  for (auto i = outbox::max_unacknowledged; i > 0; --i) {
    next();
    tell(i, i);
  }
  ASSERT_TRUE(box.is_full());
  box.tell(typing, now);
  box.acknowledged(2);
  for (const auto& item : next().items)
    EXPECT_FALSE(std::holds_alternative<typing_notice>(item));
}

TEST_F(Outbox, KnowsSinceWhenThePeerLags) {
  EXPECT_FALSE(box.waiting_since());
  tell(1, 1);
  const auto first = now;
  EXPECT_EQ(box.waiting_since(), first);
  now += 50ms;
  next();
  EXPECT_EQ(box.waiting_since(), first);
  tell(2, 2);
  now += 50ms;
  next();
  box.acknowledged(1);
  EXPECT_EQ(box.waiting_since(), first + 50ms);
  EXPECT_EQ(box.lag_events(), 1U);
  box.acknowledged(2);
  EXPECT_FALSE(box.waiting_since());
}

TEST_F(Outbox, KnowsWhichCompaniesThePeerLagsWithWhetherToldOrLeftToTheLog) {
  const auto other = domain::id::make(), third = domain::id::make();
  const auto first = now;
  tell(1, 3);
  next();
  now += 10ms;
  tell(other, 1, 1);
  tell(4, 4);
  next();
  now += 10ms;
  tell(third, 1, outbox::max_parcel_events + 50);  // more than a parcel: 50 are left out
  auto lag = box.lag_by_company(2);
  EXPECT_EQ(lag.companies, 3U);
  ASSERT_EQ(lag.most.size(), 2U);
  EXPECT_EQ(lag.most[0].company, third);
  EXPECT_EQ(lag.most[0].of.events, outbox::max_parcel_events + 50);
  EXPECT_EQ(lag.most[0].of.since, first + 20ms);
  EXPECT_EQ(lag.most[1].company, company);
  EXPECT_EQ(lag.most[1].of.events, 4U);
  EXPECT_EQ(lag.most[1].of.since, first);
  box.acknowledged(1);
  lag = box.lag_by_company(3);
  ASSERT_EQ(lag.most.size(), 3U);
  EXPECT_EQ(lag.most[1].of.events, 1U);
  EXPECT_EQ(lag.most[1].of.since, first + 10ms);
  next();
  EXPECT_EQ(box.lag_by_company(3).most[0].of.events, outbox::max_parcel_events + 50);
  box.acknowledged(3);
  EXPECT_EQ(box.lag_by_company(3).companies, 0U);
  EXPECT_EQ(box.lag_events(), 0U);
}

TEST_F(Outbox, RefusesAReceiptForWhatWasNeverSent) {
  tell(1, 1);
  next();
  EXPECT_FALSE(box.acknowledged(2));
  EXPECT_TRUE(box.acknowledged(1));
  EXPECT_TRUE(box.acknowledged(1)) << "twice is no fault";
}

}  // namespace chatmesh::actors
