// The writer: group commit, each command undone alone, what is told and when, and what happens when the database fails.
#include "database_fixture.hpp"
#include "tests/support/wait.hpp"

#include <sys/resource.h>

#include <atomic>
#include <csignal>
#include <map>
#include <thread>

namespace {

using namespace chatmesh;
using namespace chatmesh::persistence;
using namespace chatmesh::persistence::test;
using domain::entity;

class Writer : public database_test {
protected:
  person ann = sign_up_as("Ann", "ann@example.org");

  // Runs the requests as one batch: they wait while the writer is held in the answer to an earlier command.
  std::vector<write_outcome> run_as_batch(std::vector<write_request> requests) {
    gate entered, go, done;
    queue().submit(request(anonymous{}, prune_log{}), [&](const write_outcome&) {
      entered.open();
      go.wait();
    });
    entered.wait();
    std::vector<write_outcome> outcomes(requests.size());
    std::size_t left = requests.size();
    for (std::size_t i = 0; i < requests.size(); ++i)
      queue().submit(std::move(requests[i]), [&, i](write_outcome outcome) {
        outcomes[i] = std::move(outcome);
        if (--left == 0)
          done.open();
      });
    go.open();
    done.wait();
    return outcomes;
  }

  // A command that writes a row and an event, and then breaks a unique key.
  write_request breaking(const invited& open) {
    new_session twice = fresh_session();
    twice.id = ann.session;
    return request(anonymous{}, accept_invitation{open.token, {}, "hash", {}, twice});
  }
};

class SqliteWriter : public Writer {};

TEST_F(Writer, AFailingCommandHarmsNoOtherOfItsBatch) {
  const invited open = invite(ann, "bob");
  const std::uint64_t before = head(ann);
  told.forget();
  domain::customer_fields lost = customer_fields_of("lost");
  lost.assigned_employee_id = domain::id::make();
  const auto outcomes = run_as_batch({request(ann.as_member(), customer_named("first")),
                                      request(ann.as_member(), create_customer{lost}), breaking(open),
                                      request(ann.as_member(), customer_named("second"))});
  const auto first = expect_written(outcomes[0]), second = expect_written(outcomes[3]);
  EXPECT_EQ(expect_refused(outcomes[1]).why, refusal::invalid);
  EXPECT_EQ(expect_refused(outcomes[2]).why, refusal::unavailable);
  EXPECT_EQ(first.cursor->seq, before + 1);
  EXPECT_EQ(second.cursor->seq, before + 2) << "a command that was undone burns no seq";
  EXPECT_EQ(head(ann), before + 2);
  EXPECT_EQ(told_types(), (std::vector<std::string>{"customer.created", "customer.created"}));
  EXPECT_EQ(reads->find_employee(ann.company, open.employee)->status, domain::employee_status::invited);
  EXPECT_FALSE(reads->find_login(open.email));
}

TEST_F(Writer, CommandsOfABatchSeeEachOther) {
  const auto customer = add_customer(ann, "Cleo");
  const auto outcomes = run_as_batch({request(ann.as_member(), patch(entity::customer, customer, R"({"name":"A"})")),
                                      request(ann.as_member(), patch(entity::customer, customer, R"({"name":"B"})")),
                                      request(ann.as_member(), delete_object{entity::customer, customer}),
                                      request(ann.as_member(), patch(entity::customer, customer, R"({"name":"C"})"))});
  EXPECT_EQ(expect_written(outcomes[0]).etag, "\"2\"");
  EXPECT_EQ(expect_written(outcomes[1]).etag, "\"3\"");
  EXPECT_EQ(parse(expect_written(outcomes[2]).body).at("name"), "B");
  EXPECT_EQ(expect_refused(outcomes[3]).why, refusal::not_found);
}

TEST_F(Writer, TellsACommitBeforeItAnswers) {
  told.forget();
  std::promise<std::size_t> told_by_then;
  queue().submit(request(ann.as_member(), customer_named("Cleo")),
                 [&](const write_outcome&) { told_by_then.set_value(told.changes().size()); });
  EXPECT_EQ(told_by_then.get_future().get(), 1U);
}

// In one piece, so that streams get them so; but what ended in between is told in between.
TEST_F(Writer, TellsTheEventsOfACommitTogether) {
  const person bob = sign_up_as("Bob", "bob@example.org", "Other");
  const auto named = [](const char* name) { return customer_named(name); };
  told.forget();
  run_as_batch({request(ann.as_member(), named("a")), request(ann.as_member(), named("b")),
                request(bob.as_member(), named("c")), request(ann.as_member(), named("d"))});
  const auto pieces = told.commands();
  ASSERT_EQ(pieces.size(), 3U);
  EXPECT_EQ(pieces[0].size(), 2U);
  EXPECT_EQ(pieces[1].front().company_id, bob.company);
  told.forget();
  run_as_batch({request(ann.as_member(), named("e")), request(ann.as_user(), close_session{})});
  EXPECT_EQ(told.commands().size(), 1U);
  EXPECT_EQ(told.ends().size(), 1U);
}

TEST_F(Writer, WhatItTellsIsCommitted) {
  struct reading : recorder {
    void committed(std::vector<domain::change> changes, bool more) override {
      for (const auto& each : changes)
        found = found && stores_of->find_customer(each.company_id, each.object_id).has_value();
      recorder::committed(std::move(changes), more);
    }
    stores* stores_of = nullptr;
    bool found = true;
  };
  stop_writer();
  const auto own = open_stores(config);
  reading listener;
  listener.stores_of = own.get();
  {
    writer other{config, listener};
    for (int i = 0; i < 20; ++i)
      other.submit(request(ann.as_member(), customer_named("c")), [](const write_outcome&) {});
  }
  EXPECT_EQ(listener.changes().size(), 20U);
  EXPECT_TRUE(listener.found);
}

TEST_F(Writer, TellsWhetherOthersWhoWriteInThatCompanyWait) {
  struct noting : recorder {
    void committed(std::vector<domain::change> changes, bool more) override {
      notes.emplace_back(changes.front().company_id, more);
    }
    std::vector<std::pair<domain::id, bool>> notes;
  };
  const person bob = sign_up_as("Bob", "bob@example.org", "Other");
  stop_writer();
  noting listener;
  settings one_by_one = config;
  one_by_one.batch = 1;
  {
    gate entered, go;
    writer other{one_by_one, listener};
    other.submit(request(anonymous{}, prune_log{}), [&](const write_outcome&) {
      entered.open();
      go.wait();
    });
    entered.wait();
    for (const person* each : std::initializer_list<const person*>{&ann, &ann, &bob})
      other.submit(request(each->as_member(), customer_named("c")), [](const write_outcome&) {});
    go.open();
  }
  const std::vector<std::pair<domain::id, bool>> expected{
      {ann.company, true}, {ann.company, false}, {bob.company, false}};
  EXPECT_EQ(listener.notes, expected);
}

TEST_F(Writer, TellsInCommitOrderUnderConcurrentWriters) {
  const person bob = sign_up_as("Bob", "bob@example.org", "Other");
  told.forget();
  constexpr int threads = 4, each_writes = 50;
  std::atomic<int> failures{0}, left{threads * each_writes};
  gate done;
  std::vector<std::thread> writers;
  for (int t = 0; t < threads; ++t)
    writers.emplace_back([&, t] {
      for (int i = 0; i < each_writes; ++i)
        queue().submit(request((t % 2 == 0 ? ann : bob).as_member(), customer_named(std::to_string(i))),
                       [&](const write_outcome& outcome) {
                         failures += std::holds_alternative<written>(outcome) ? 0 : 1;
                         if (--left == 0)
                           done.open();
                       });
    });
  for (auto& each : writers)
    each.join();
  done.wait();
  EXPECT_EQ(failures, 0);
  std::map<domain::id, std::uint64_t> position{{ann.company, 2}, {bob.company, 2}};
  for (const auto& each : told.changes())
    EXPECT_EQ(each.seq, ++position[each.company_id]);
  const person* const both[] = {&ann, &bob};
  for (const person* who : both) {
    EXPECT_EQ(position[who->company], 2U + threads / 2 * each_writes);
    EXPECT_EQ(head(*who), position[who->company]);
    EXPECT_EQ(reads->read_log(who->company, 0, 1000, 1 << 30).changes.size(), head(*who));
  }
}

TEST_F(Writer, AFullQueueAnswersUnavailableAtOnce) {
  config.writer_queue = 2;
  restart_writer();
  gate entered, go;
  queue().submit(request(anonymous{}, prune_log{}), [&](const write_outcome&) {
    entered.open();
    go.wait();
  });
  entered.wait();
  std::atomic<int> later{0};
  for (int i = 0; i < 2; ++i)
    queue().submit(request(ann.as_member(), customer_named("waits")),
                   [&](const write_outcome& outcome) { later += std::holds_alternative<written>(outcome) ? 1 : 0; });
  EXPECT_EQ(queue().depth(), 2U);
  std::optional<refusal> refused_with;
  queue().submit(request(ann.as_member(), customer_named("too many")),
                 [&](write_outcome outcome) { refused_with = expect_refused(std::move(outcome)).why; });
  EXPECT_EQ(refused_with, refusal::unavailable) << "on the caller's thread, before submit returns";
  go.open();
  stop_writer();
  EXPECT_EQ(later, 2);
}

// Nobody waits for ever: not who waits behind a write that takes too long, and not who comes then.
TEST_F(Writer, RefusesWhatWaitsForTooLong) {
  config.writer_patience = std::chrono::milliseconds{20};
  restart_writer();
  gate entered, go;
  queue().submit(request(anonymous{}, prune_log{}), [&](const write_outcome&) {
    entered.open();
    go.wait();
  });
  entered.wait();
  std::atomic<int> refused_late{0};
  queue().submit(request(ann.as_member(), customer_named("waits")),
                 [&](write_outcome outcome) { refused_late += std::holds_alternative<refused>(outcome) ? 1 : 0; });
  bool refused_at_once = false;
  chatmesh::test::eventually("a write to be refused", [&] {
    auto known = std::make_shared<std::atomic<bool>>(false);
    queue().submit(request(ann.as_member(), customer_named("comes")),
                   [known](const write_outcome& outcome) { *known = std::holds_alternative<refused>(outcome); });
    return refused_at_once = *known;
  });
  go.open();
  stop_writer();
  EXPECT_TRUE(refused_at_once);
  EXPECT_EQ(refused_late, 1);
}

TEST_F(Writer, FinishesWhatWaitsWhenItEnds) {
  std::atomic<int> answered{0};
  for (int i = 0; i < 300; ++i)
    queue().submit(request(ann.as_member(), customer_named("c")),
                   [&](const write_outcome& outcome) { answered += std::holds_alternative<written>(outcome) ? 1 : 0; });
  stop_writer();
  EXPECT_EQ(answered, 300);
  EXPECT_EQ(head(ann), 302U);
}

TEST_F(Writer, AnswersUnavailableWhileTheDatabaseIsLocked) {
  told.forget();
  session other{config};
  other.begin_write();
  other.lock_companies({ann.company});
  config.busy_timeout = std::chrono::milliseconds{20};
  restart_writer();
  EXPECT_EQ(why(ann.as_member(), customer_named("too early")), refusal::unavailable);
  EXPECT_TRUE(told.changes().empty());
  other.rollback();
  write(ann.as_member(), customer_named("in time"));
  EXPECT_EQ(head(ann), 3U);
}

// Goal: a COMMIT that fails takes the whole batch back, and the writer goes on when it can.
// Method: no file may grow past the write-ahead log's present size, so that COMMIT's write to it fails.
TEST_F(SqliteWriter, AFailedCommitAnswersUnavailableToAllAndTellsNothing) {
  write(ann.as_member(), customer_named("before"));
  told.forget();
  const auto as_before = std::signal(SIGXFSZ, SIG_IGN);
  rlimit limit{};
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &limit), 0);
  rlimit tight = limit;
  tight.rlim_cur = std::filesystem::file_size(config.database.place + "-wal");
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &tight), 0);
  const auto outcomes = run_as_batch(
      {request(ann.as_member(), customer_named("one")), request(ann.as_member(), customer_named("two"))});
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &limit), 0);
  std::signal(SIGXFSZ, as_before);
  for (const auto& each : outcomes)
    EXPECT_EQ(expect_refused(each).why, refusal::unavailable);
  EXPECT_TRUE(told.changes().empty());
  EXPECT_EQ(head(ann), 3U);
  write(ann.as_member(), customer_named("after"));
  EXPECT_EQ(head(ann), 4U);
  EXPECT_EQ(reads->count_customers(ann.company), 2U);
}

TEST_F(SqliteWriter, EmptiesTheWriteAheadLogPastItsLimit) {
  config.wal_limit_mib = 1;
  restart_writer();
  const auto customer = add_customer(ann, "Cleo");
  std::uintmax_t largest = 0;
  for (int i = 0; i < 200; ++i) {
    add_note(ann, customer, std::string(16'000, 'x'));
    largest = std::max(largest, std::filesystem::file_size(config.database.place + "-wal"));
  }
  EXPECT_LT(largest, 2U << 20) << "3 MB of notes went through it";
}

TEST_F(Writer, AnAnswerThatThrowsStopsNothing) {
  queue().submit(request(ann.as_member(), customer_named("one")),
                 [](const write_outcome&) { throw std::runtime_error("the client is gone"); });
  write(ann.as_member(), customer_named("two"));
  EXPECT_EQ(head(ann), 4U);
}

}  // namespace
