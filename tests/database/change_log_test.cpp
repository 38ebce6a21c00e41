// The log: dense, in order, read in bounded pages, pruned from its old end only.
#include "database_fixture.hpp"
#include "domain/cursor.hpp"

namespace {

using namespace chatmesh;
using namespace chatmesh::persistence;
using namespace chatmesh::persistence::test;

constexpr std::size_t any_size = 1 << 30;

class ChangeLog : public database_test {
protected:
  person ann = sign_up_as("Ann", "ann@example.org");  // makes seq 1 and 2

  void fill_up_to(std::uint64_t seq) {
    while (head(ann) < seq)
      add_customer(ann, "customer " + std::to_string(head(ann) + 1));
  }
  std::vector<std::uint64_t> seqs(std::uint64_t after, std::uint32_t max_events = 1000,
                                  std::size_t max_bytes = any_size) {
    std::vector<std::uint64_t> result;
    for (const auto& each : reads->read_log(ann.company, after, max_events, max_bytes).changes)
      result.push_back(each.seq);
    return result;
  }
  std::uint64_t prune(std::uint64_t keep_events, std::chrono::hours keep_age, std::uint32_t max_rows = 500) {
    return write(anonymous{}, prune_log{keep_events, keep_age, max_rows}).removed;
  }
  void age_up_to(std::uint64_t seq) {
    const auto old = reads->now() - std::chrono::hours{10};
    tamper("UPDATE change_log SET at = :at WHERE company_id = :company AND seq <= :seq", old, ann.company, seq);
  }
};

using numbers = std::vector<std::uint64_t>;

TEST_F(ChangeLog, KeepsAChangeAsItWasTold) {
  told.forget();
  write_request made = request(ann.as_member(), customer_named("Cleo"));
  made.client = "tab-1";
  const written answer = expect_written(run(std::move(made)));
  ASSERT_EQ(told.changes().size(), 1U);
  const domain::change expected = told.changes()[0];
  const log_page page = reads->read_log(ann.company, 2, 10, any_size);
  ASSERT_EQ(page.changes.size(), 1U);
  const domain::change& found = page.changes[0];
  EXPECT_EQ(found.data, expected.data);
  EXPECT_EQ(found.data, domain::encode_change_data(found, answer.body));
  EXPECT_EQ(found.company_id, ann.company);
  EXPECT_EQ(found.epoch, expected.epoch);
  EXPECT_EQ(found.seq, 3U);
  EXPECT_EQ(found.at, expected.at);
  EXPECT_EQ(found.entity, domain::entity::customer);
  EXPECT_EQ(found.action, domain::action::created);
  EXPECT_EQ(found.object_id, id_of(parse(answer.body)));
  EXPECT_EQ(found.by.kind, domain::author_kind::employee);
  EXPECT_EQ(found.by.id, ann.employee);
  EXPECT_EQ(found.by.name, "Ann");
  EXPECT_EQ(found.by.client, "tab-1");
  EXPECT_EQ(answer.cursor, (domain::cursor{found.epoch, 3}));
}

TEST_F(ChangeLog, TellsWhereItStands) {
  fill_up_to(5);
  const auto at = reads->find_position(ann.company);
  ASSERT_TRUE(at);
  EXPECT_EQ(at->head, 5U);
  EXPECT_EQ(at->oldest, 1U);
  EXPECT_EQ(at->authority, 0U);
  EXPECT_EQ(reads->read_log(ann.company, 5, 10, any_size).at.head, 5U);
  EXPECT_FALSE(reads->find_position(domain::id::make()));
}

TEST_F(ChangeLog, EachCompanyCountsForItself) {
  const person bob = sign_up_as("Bob", "bob@example.org", "Other");
  fill_up_to(6);
  EXPECT_EQ(head(bob), 2U);
  EXPECT_NE(reads->find_position(ann.company)->epoch, reads->find_position(bob.company)->epoch);
}

TEST_F(ChangeLog, PagesAreBoundInEvents) {
  fill_up_to(8);
  EXPECT_EQ(seqs(0, 3), (numbers{1, 2, 3}));
  EXPECT_EQ(seqs(3, 3), (numbers{4, 5, 6}));
  EXPECT_EQ(seqs(6, 3), (numbers{7, 8}));
  EXPECT_EQ(seqs(8, 3), numbers{});
  EXPECT_EQ(seqs(100, 3), numbers{});
}

TEST_F(ChangeLog, PagesAreBoundInBytesButNeverEmpty) {
  fill_up_to(6);
  const auto page = reads->read_log(ann.company, 2, 10, any_size).changes;
  const std::size_t two = page[0].data.size() + page[1].data.size();
  EXPECT_EQ(seqs(2, 10, two), (numbers{3, 4}));
  EXPECT_EQ(seqs(2, 10, two - 1), numbers{3});
  EXPECT_EQ(seqs(2, 10, 1), numbers{3});
}

TEST_F(ChangeLog, KeepsTheLastEventsHoweverOld) {
  fill_up_to(10);
  age_up_to(10);
  EXPECT_EQ(prune(4, std::chrono::hours{1}), 6U);
  EXPECT_EQ(seqs(6), (numbers{7, 8, 9, 10}));
  EXPECT_EQ(reads->find_position(ann.company)->oldest, 7U);
  EXPECT_EQ(prune(4, std::chrono::hours{1}), 0U);
}

TEST_F(ChangeLog, KeepsYoungEventsHoweverMany) {
  fill_up_to(10);
  age_up_to(5);
  EXPECT_EQ(prune(2, std::chrono::hours{1}), 5U);
  EXPECT_EQ(seqs(5), (numbers{6, 7, 8, 9, 10}));
}

TEST_F(ChangeLog, KeepsEverythingBehindTheFirstThatStays) {
  fill_up_to(10);
  age_up_to(8);
  tamper("UPDATE change_log SET at = :at WHERE seq = 4", reads->now());  // the clock was set back after it
  EXPECT_EQ(prune(1, std::chrono::hours{1}), 3U);
  EXPECT_EQ(seqs(3).front(), 4U);
}

TEST_F(ChangeLog, PrunesInSmallSteps) {
  fill_up_to(12);
  age_up_to(12);
  EXPECT_EQ(prune(2, std::chrono::hours{1}, 4), 4U);
  EXPECT_EQ(reads->find_position(ann.company)->oldest, 5U);
  EXPECT_EQ(prune(2, std::chrono::hours{1}, 4), 4U);
  EXPECT_EQ(prune(2, std::chrono::hours{1}, 4), 2U);
  EXPECT_EQ(prune(2, std::chrono::hours{1}, 4), 0U);
}

TEST_F(ChangeLog, AnswersNothingAcrossAPrunedHole) {
  fill_up_to(10);
  age_up_to(10);
  prune(4, std::chrono::hours{1});
  const log_page page = reads->read_log(ann.company, 5, 10, any_size);
  EXPECT_TRUE(page.changes.empty());
  EXPECT_EQ(page.at.oldest, 7U);
  EXPECT_EQ(seqs(6).size(), 4U) << "the next one is kept, so nothing is missing";
}

TEST_F(ChangeLog, OldestIsPastTheHeadWhereNothingIsKept) {
  fill_up_to(4);
  age_up_to(4);
  EXPECT_EQ(prune(0, std::chrono::hours{1}), 4U);
  EXPECT_EQ(reads->find_position(ann.company)->oldest, 5U);
  fill_up_to(5);
  EXPECT_EQ(seqs(4), numbers{5}) << "the sequence goes on where it stood";
}

}  // namespace
