// Goal: a right that is found without asking the database is one that the database would have confirmed at the head and
// authority that it is found with. Method: the writer's notices in every order that can occur, and a clock of our own.
#include "http/stream_rights.hpp"

#include <gtest/gtest.h>

#include <string>

namespace chatmesh::http {

namespace {

using namespace std::chrono_literals;

class StreamRights : public ::testing::Test {
protected:
  persistence::token_principal of(std::uint8_t secret) const {
    persistence::token_principal who{company_, {}};
    who.token.fill(secret);
    return who;
  }
  persistence::token_principal ann() const { return of(1); }
  persistence::token_principal bob() const { return of(2); }

  // Proven at that position.
  stream_right right(std::uint64_t head, std::uint64_t authority = 0) const {
    stream_right r;
    r.reader = domain::id::make();
    r.session = domain::id::make();
    r.as_of = database_now_;
    r.expires_at = database_now_ + 24h;
    r.at = {.epoch = 1, .head = head, .oldest = 1, .authority = authority};
    r.good = stream_rights::lifetime;
    return r;
  }
  stream_right keep(const persistence::token_principal& who, stream_right r) {
    rights_.keep(rights_.ask(), who, r);
    return r;
  }

  domain::change change(std::uint64_t seq, std::uint64_t authority = 0) const {
    domain::change c;
    c.company_id = company_;
    c.epoch = 1;
    c.seq = seq;
    c.authority = authority;
    c.entity = domain::entity::customer;
    c.action = domain::action::updated;
    c.object_id = domain::id::make();
    return c;
  }
  domain::change change_of(const stream_right& r, std::uint64_t seq, domain::action action) const {
    auto c = change(seq);
    c.entity = domain::entity::employee;
    c.action = action;
    c.object_id = r.reader;
    return c;
  }
  void commit(domain::change c) { rights_.committed({&c, 1}); }
  void end(const domain::id& session, std::uint64_t authority) { rights_.ended(company_, 1, authority, {&session, 1}); }

  void pass(std::chrono::milliseconds time) { now_ += time; }

  // Whether it is found, and at which position.
  void expect_at(const persistence::token_principal& who, std::uint64_t head, std::uint64_t authority = 0) {
    const auto found = rights_.find(who);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->at.head, head);
    EXPECT_EQ(found->at.authority, authority);
  }
  void expect_unknown(const persistence::token_principal& who) { EXPECT_FALSE(rights_.find(who)); }

  domain::id company_ = domain::id::make();
  stream_rights::clock::time_point now_{1h};
  domain::timestamp database_now_{1'000'000s};
  stream_rights rights_{[this] { return now_; }};
};

}  // namespace

TEST_F(StreamRights, AreFoundByTheirTokenAndCompanyAlone) {
  expect_unknown(ann());
  const auto kept = keep(ann(), right(7, 2));
  const auto found = rights_.find(ann());
  ASSERT_TRUE(found);
  EXPECT_EQ(found->reader, kept.reader);
  EXPECT_EQ(found->session, kept.session);
  EXPECT_EQ(found->expires_at, kept.expires_at);
  EXPECT_EQ(found->at.head, 7U);
  EXPECT_EQ(found->at.authority, 2U);
  expect_unknown(bob());
  expect_unknown({domain::id::make(), ann().token});
}

TEST_F(StreamRights, MoveAlongWithWhatIsCommitted) {
  keep(ann(), right(7));
  commit(change(8));
  commit(change(9));
  expect_at(ann(), 9);
}

TEST_F(StreamRights, EndWithTheirSessionAndNotWithAnothers) {
  const auto anns = keep(ann(), right(7));
  keep(bob(), right(7));
  end(anns.session, 1);
  expect_unknown(ann());
  expect_at(bob(), 7, 1);
  commit(change(8, 1));
  expect_at(bob(), 8, 1);
}

TEST_F(StreamRights, EndWithWhateverIsChangedOfTheirMember) {
  for (const auto action : {domain::action::updated, domain::action::deleted}) {
    company_ = domain::id::make();
    const auto anns = keep(ann(), right(7));
    keep(bob(), right(7));
    commit(change_of(anns, 8, action));
    expect_unknown(ann());
    expect_at(bob(), 8);
  }
}

TEST_F(StreamRights, EndWithTheirCompany) {
  keep(ann(), right(7));
  auto deleted = change(8);
  deleted.entity = domain::entity::company;
  deleted.action = domain::action::deleted;
  commit(deleted);
  expect_unknown(ann());
}

// Another node wrote in between: something may have ended there.
TEST_F(StreamRights, AreForgottenWhereANumberIsMissing) {
  keep(ann(), right(7));
  commit(change(9));
  expect_unknown(ann());
  keep(ann(), right(9));
  commit(change(10, 1));
  expect_unknown(ann());
  keep(ann(), right(10, 1));
  end(domain::id::make(), 3);
  expect_unknown(ann());
}

// The history was rewritten: what was proven in the other one counts no more.
TEST_F(StreamRights, AreForgottenWithTheirEpoch) {
  keep(ann(), right(7));
  auto other = change(8);
  other.epoch = 2;
  commit(other);
  expect_unknown(ann());
  keep(ann(), right(7));
  auto bobs = right(3);
  bobs.at.epoch = 2;
  keep(bob(), bobs);
  expect_unknown(ann());
  expect_at(bob(), 3);
}

TEST_F(StreamRights, AreForgottenWhereMoreMayHaveBeenCommitted) {
  keep(ann(), right(7));
  const auto asked = rights_.ask();
  rights_.doubted(company_);
  expect_unknown(ann());
  rights_.keep(asked, ann(), right(7));
  expect_unknown(ann());
  keep(ann(), right(7));
  rights_.forget_all();
  expect_unknown(ann());
  EXPECT_EQ(rights_.size(), 0U);
}

// The reader's transaction was begun before the commit, and its answer comes after it.
TEST_F(StreamRights, AreNotKeptWhereTheProofIsOlderThanWhatIsKnown) {
  keep(bob(), right(7));
  const auto asked = rights_.ask();
  const auto anns = right(7);
  end(anns.session, 1);
  rights_.keep(asked, ann(), anns);
  expect_unknown(ann());
  commit(change(8, 1));
  rights_.keep(asked, ann(), right(7, 1));
  expect_unknown(ann());
  expect_at(bob(), 8, 1);
}

// The same for a company of which nothing is known, or not any more.
TEST_F(StreamRights, AreNotKeptWhereSomethingWasCommittedUnseen) {
  const auto asked = rights_.ask();
  const auto anns = right(7);
  end(anns.session, 1);
  rights_.keep(asked, ann(), anns);
  expect_unknown(ann());

  keep(bob(), right(7, 1));
  const auto again = rights_.ask();
  commit(change(9, 1));  // forgets the company
  rights_.keep(again, ann(), right(7, 1));
  expect_unknown(ann());
}

// The reader saw a commit that the writer has yet to tell of: it may end the others.
TEST_F(StreamRights, OfOthersAreForgottenWhereAProofIsAhead) {
  const auto anns = keep(ann(), right(7));
  keep(bob(), right(8));
  expect_unknown(ann());
  commit(change_of(anns, 8, domain::action::deleted));
  expect_at(bob(), 8);
  commit(change(9));
  expect_at(bob(), 9);
}

TEST_F(StreamRights, AreGoodForALimitedTime) {
  keep(ann(), right(7));
  auto shorter = right(7);
  shorter.good = 10s;
  keep(bob(), shorter);
  pass(10s);
  expect_unknown(bob());
  expect_at(ann(), 7);
  pass(stream_rights::lifetime - 10s - 1ms);
  expect_at(ann(), 7);
  pass(1ms);
  expect_unknown(ann());
}

TEST_F(StreamRights, ExpireByTheDatabasesClock) {
  auto anns = right(7);
  anns.expires_at = database_now_ + 5s;
  keep(ann(), anns);
  pass(4999ms);
  const auto found = rights_.find(ann());
  ASSERT_TRUE(found);
  EXPECT_EQ(found->as_of, database_now_ + 4999ms);
  pass(1ms);
  expect_unknown(ann());
}

TEST_F(StreamRights, AreBounded) {
  auto who = ann();
  const auto name = [&](std::size_t i) {
    who.token.fill(0);
    for (std::size_t byte = 0; byte < sizeof i; ++byte)
      who.token.at(byte) = static_cast<std::uint8_t>(i >> (8 * byte));
    return who;
  };
  const auto r = right(7);
  for (std::size_t i = 0; i <= stream_rights::max_rights; ++i)
    rights_.keep(rights_.ask(), name(i), r);
  EXPECT_EQ(rights_.size(), stream_rights::max_rights);
  expect_unknown(name(0));
  expect_at(name(1), 7);
  expect_at(name(stream_rights::max_rights), 7);
}

TEST_F(StreamRights, ThatAreOverMakeRoom) {
  for (std::uint8_t i = 1; i <= 100; ++i)
    keep(of(i), right(7));
  pass(stream_rights::lifetime);
  for (std::uint8_t i = 101; i <= 150; ++i)
    keep(of(i), right(7));
  EXPECT_EQ(rights_.size(), 50U);
}

}  // namespace chatmesh::http
