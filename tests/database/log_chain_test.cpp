// The hash chain of the change log.
#include "database_fixture.hpp"
#include "persistence/schema/migrations.hpp"
#include "persistence/stores/log_chain.hpp"
#include "persistence/stores/store_set.hpp"
#include "persistence/verify.hpp"
#include "tests/support/wait.hpp"

#include <set>
#include <thread>

namespace {

using namespace chatmesh;
using namespace chatmesh::persistence;
using namespace chatmesh::persistence::test;

domain::change some_change() {
  domain::change c;
  c.company_id = domain::id::parse("01990000-0000-7000-8000-000000000001").value();
  c.seq = 7;
  c.at = domain::timestamp{std::chrono::milliseconds{1'700'000'000'123}};
  c.entity = domain::entity::note;
  c.action = domain::action::updated;
  c.object_id = domain::id::parse("01990000-0000-7000-8000-000000000002").value();
  c.by = {domain::author_kind::employee, domain::id::parse("01990000-0000-7000-8000-000000000003").value(), "Ann",
          "tab-1"};
  c.authority = 2;
  return c;
}

std::string hash_of(const domain::change& c) {
  return chain_hash(chain_start, c, content_hash("{}"));
}

// The values are those of Python's hashlib.blake2b(digest_size=32) over the text that docs/operations.md describes.
TEST(LogChain, HasTheRecipeThatIsDocumented) {
  EXPECT_EQ(content_hash("{}"), "c09da522dac261c3d2566230bed10d2f3ef13f8e7654576c12e857e07f786098");
  EXPECT_EQ(hash_of(some_change()), "30a9039f90d5eaac6e0396fa9cce91082ce1292fbeee18d63045c79b3859c203");
}

TEST(LogChain, CoversEverythingButTheEpoch) {
  const domain::change original = some_change();
  std::set<std::string> hashes{hash_of(original), chain_hash(content_hash("x"), original, content_hash("{}")),
                               chain_hash(chain_start, original, content_hash("x"))};
  const auto with = [&](auto change) {
    domain::change c = original;
    change(c);
    hashes.insert(hash_of(c));
  };
  with([](auto& c) { c.company_id = domain::id::make(); });
  with([](auto& c) { c.seq = 8; });
  with([](auto& c) { c.at += std::chrono::milliseconds{1}; });
  with([](auto& c) { c.entity = domain::entity::message; });
  with([](auto& c) { c.action = domain::action::deleted; });
  with([](auto& c) { c.object_id = domain::id::make(); });
  with([](auto& c) { c.by.kind = domain::author_kind::token; });
  with([](auto& c) { c.by.id.reset(); });
  with([](auto& c) { c.by.name = "Anna"; });
  with([](auto& c) { c.by.client = "tab-2"; });
  with([](auto& c) { c.by = {c.by.kind, c.by.id, "Anntab", "-1"}; });  // the same letters, shifted
  with([](auto& c) { c.authority = 3; });
  EXPECT_EQ(hashes.size(), 15U) << "each change makes another hash";
  domain::change restored = original;
  restored.epoch = 99;
  EXPECT_EQ(hash_of(restored), hash_of(original));
}

class StoredChain : public database_test {
protected:
  person ann = sign_up_as("Ann", "ann@example.org");  // makes seq 1 and 2

  // Recomputed from the rows, link by link.
  void expect_whole(std::uint64_t changes) {
    session db{config};
    statement read{db.handle(), select(std::string{chain_columns}.append(", data, hash"),
                                       "FROM change_log WHERE company_id = :company ORDER BY seq")};
    std::string previous{chain_start};
    std::uint64_t seq = 0;
    read.each(
        [&](row& r) {
          domain::change c = read_chained(r);
          previous = chain_hash(previous, c, content_hash(r.text()));
          EXPECT_EQ(r.text(), previous) << c.seq;
          EXPECT_EQ(c.seq, ++seq);
          return true;
        },
        ann.company);
    EXPECT_EQ(seq, changes);
  }

  std::uint64_t faults() {
    return verify(config, {},
                  [](const std::string& line) {
                    if (line.starts_with("fault"))
                      ADD_FAILURE() << line;
                  })
        .faults;
  }

  // The database as the schema before has left it, and what the step makes of it.
  void undo_step() {
    stop_writer();
    reads.reset();
    for (const std::string table : {"companies", "employees", "customers", "notes", "messages"})
      tamper(("ALTER TABLE " + table + " DROP COLUMN last_seq").c_str());
    for (const std::string column : {"previous_seq", "hash"})
      tamper(("ALTER TABLE change_log DROP COLUMN " + column).c_str());
    for (const std::string table : {"audit_log", "log_checkpoints"})
      tamper(("DROP TABLE " + table).c_str());
  }
  void redo_step() {
    const migration& step = migrations()[5];
    ASSERT_EQ(step.name, "audit");
    session db{config};
    db.begin_write();
    for (const std::string_view sql : step.statements)
      statement{db.handle(), db.kind().definition(sql)}.execute();
    step.fill(db);
    db.commit();
  }
};

TEST_F(StoredChain, GrowsWithEachChangeOfItsCompanyAlone) {
  const person eve = sign_up_as("Eve", "eve@example.org", "Other");
  add_customer(ann, "a");
  add_customer(eve, "b");
  add_customer(ann, "c");
  expect_whole(4);
}

TEST_F(StoredChain, GoesOnWhereACommandWasUndone) {
  add_customer(ann, "a");
  EXPECT_EQ(why(ann.as_member(), create_note{{domain::id::make(), "n", false}}), refusal::invalid);
  add_customer(ann, "b");
  expect_whole(4);
}

// More than one page of it.
TEST_F(StoredChain, OfADatabaseFromBeforeIsAsIfItHadAlwaysBeen) {
  const auto customer = add_customer(ann, "a");
  add_note(ann, customer, "n");
  write(ann.as_member(), delete_object{domain::entity::customer, customer});
  for (int i = 0; i < 600; ++i)
    add_customer(ann, std::to_string(i));
  const auto rows = [this] {
    session db{config};
    statement read{db.handle(), select("COALESCE(previous_seq, 0), hash", "FROM change_log ORDER BY seq")};
    return read.all([](row& r) {
      const auto previous = r.count();
      return std::pair{previous, r.text()};
    });
  };
  const auto before = rows();
  undo_step();
  redo_step();
  EXPECT_EQ(rows(), before);
  EXPECT_EQ(faults(), 0U);
}

TEST_F(StoredChain, BeginsBehindWhatWasPrunedBeforeThereWasOne) {
  const person eve = sign_up_as("Eve", "eve@example.org", "Other");
  add_customer(ann, "a");
  undo_step();
  tamper("DELETE FROM change_log WHERE seq <= 2");  // all that Eve's company has
  redo_step();
  EXPECT_EQ(faults(), 0U);
  reads = open_stores(config);
  restart_writer();
  add_customer(ann, "b");
  add_customer(eve, "c");
  EXPECT_EQ(faults(), 0U);
}

// A statement that waits for the counter's lock does not see what was committed meanwhile, which is the predecessor.
TEST_F(StoredChain, FollowsWhatAnotherSessionCommitsWhileItWaits) {
  settings patient = config;
  patient.busy_timeout = patience;
  const auto append = [&](store_set& stores) {
    domain::change c = some_change();
    c.company_id = ann.company;
    stores.log.append(c, "{}", stores.log.take_slot(ann.company), 0);
    stores.log.store_counters();
  };
  session first{patient};
  store_set first_stores{first};
  first.begin_write();
  append(first_stores);
  std::thread other{[&] {
    session second{patient};
    store_set second_stores{second};
    second.begin_write();
    append(second_stores);
    second.commit();
  }};
  if (chatmesh::test::test_database::on_postgresql()) {
    session watcher{patient};
    statement waiting{watcher.handle(), select("COUNT(*)", "FROM pg_stat_activity WHERE datname = current_database() "
                                                           "AND wait_event_type = 'Lock'")};
    const auto is_one = [&] { return waiting.one([](row& r) { return r.number(); }) == 1; };
    chatmesh::test::eventually("a writer that waits", is_one);
  }
  first.commit();
  other.join();
  expect_whole(4);
}

TEST_F(StoredChain, FindsAPredecessorThatIsNoLongerInTheLog) {
  add_customer(ann, "a");
  tamper("UPDATE change_log SET at = :at", reads->now() - std::chrono::hours{2});
  write(anonymous{}, prune_log{0, std::chrono::hours{1}});
  add_customer(ann, "b");
  session db{config};
  statement read{db.handle(), select(std::string{chain_columns}.append(", data, hash"), "FROM change_log")};
  statement before{db.handle(), select("hash", "FROM audit_log WHERE seq = 3")};
  const auto previous = before.one([](row& r) { return r.text(); }).value();
  read.each([&](row& r) {
    const domain::change c = read_chained(r);
    EXPECT_EQ(c.seq, 4U);
    const std::string content = content_hash(r.text());
    EXPECT_EQ(r.text(), chain_hash(previous, c, content));
    return true;
  });
}

}  // namespace
