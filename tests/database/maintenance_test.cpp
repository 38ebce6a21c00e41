// What prune_log clears away besides the log's old end.
#include "database_fixture.hpp"

#include <atomic>
#include <future>

namespace {

using namespace chatmesh;
using namespace chatmesh::persistence;
using namespace chatmesh::persistence::test;
using domain::entity;

class Maintenance : public database_test {
protected:
  person ann = sign_up_as("Ann", "ann@example.org");

  std::uint64_t prune(std::uint32_t max_rows = 500) {
    return write(anonymous{}, prune_log{100'000, std::chrono::hours{7 * 24}, max_rows}).removed;
  }
  std::int64_t rows(const std::string& table) {
    session db{config};
    return statement{db.handle(), select("COUNT(*)", "FROM " + table)}.one([](row& r) { return r.number(); }).value();
  }
};

TEST_F(Maintenance, FindsNothingToDoInAYoungDatabase) {
  hire(ann, "bob");
  add_note(ann, add_customer(ann, "Cleo"), "n");
  open_widget(ann);
  EXPECT_EQ(prune(), 0U);
}

TEST_F(Maintenance, ForgetsSessionsThatEndedLongAgo) {
  const person bob = hire(ann, "bob");
  write(bob.as_user(), close_session{});
  EXPECT_EQ(prune(), 0U);
  tamper("UPDATE ended_sessions SET ended_at = :at", reads->now() - std::chrono::hours{31 * 24});
  EXPECT_EQ(prune(), 1U);
  EXPECT_TRUE(reads->ended_sessions(ann.company, 0).empty());
  EXPECT_EQ(reads->find_position(ann.company)->authority, 1U) << "the number itself stays";
}

TEST_F(Maintenance, RemovesExpiredSessionsAndWidgetTokens) {
  const person bob = hire(ann, "bob");
  const visit old = open_widget(ann, "Vic");
  tamper("UPDATE sessions SET expires_at = 1 WHERE id = :id", bob.session);
  tamper("UPDATE widget_tokens SET expires_at = 1");
  EXPECT_EQ(prune(), 2U);
  EXPECT_EQ(rows("sessions"), 1);
  EXPECT_EQ(rows("widget_tokens"), 0);
  EXPECT_TRUE(reads->find_customer(ann.company, old.who.customer));
}

// A step is one command among the others: whoever writes waits for one of them at most, however much is to go.
TEST_F(Maintenance, LetsWritesThroughBetweenItsSteps) {
  constexpr std::uint64_t events = 3'000, step = 50;
  tamper("INSERT INTO change_log (company_id, seq, at, entity, action, object_id, author_kind, author_name, client, "
         "authority, data) WITH RECURSIVE n (i) AS (SELECT 3 UNION ALL SELECT i + 1 FROM n WHERE i < :events) "
         "SELECT :company, i, 1, 'note', 'updated', :object, 'system', '', '', 0, '{}' FROM n",
         events, ann.company, domain::id::make());
  tamper("UPDATE change_log SET at = 1");
  tamper("UPDATE company_counters SET seq = :events", events);
  std::atomic<std::uint64_t> steps = 0, steps_before_answer = 0;
  std::promise<void> answered;
  const auto write_once = [&] {
    queue().submit(request(ann.as_member(), customer_named("Cleo")), [&](const write_outcome& outcome) {
      EXPECT_TRUE(std::holds_alternative<written>(outcome));
      steps_before_answer = steps.load();
      answered.set_value();
    });
  };
  const prune_log rule{1, std::chrono::hours{1}, step};
  for (std::uint64_t removed = step; removed == step;) {
    std::promise<std::uint64_t> done;
    queue().submit(request(anonymous{}, rule), [&](const write_outcome& outcome) {
      if (++steps == 1)
        write_once();
      done.set_value(std::get<written>(outcome).removed);
    });
    removed = done.get_future().get();
  }
  answered.get_future().get();
  EXPECT_LE(steps_before_answer, 2U);
  EXPECT_GE(steps, (events - 2) / step) << "it would have been long to wait";
  EXPECT_EQ(reads->find_position(ann.company)->oldest, events + 1) << "the new one stays";
}

TEST_F(Maintenance, ErasesADeletedCompanyAfterADayInSmallSteps) {
  const person bob = hire(ann, "bob");
  invite(ann, "carl");
  domain::customer_fields fields = customer_fields_of("Cleo", {"vip"});
  fields.assigned_employee_id = bob.employee;
  const auto customer = add_customer(ann, fields);
  for (int i = 0; i < 5; ++i) {
    add_note(bob, customer, "n");
    add_message(bob, customer, "m");
  }
  open_widget(ann, "Vic");
  write(bob.as_user(), close_session{});
  const person eve = sign_up_as("Eve", "eve@example.org", "Other");
  const auto kept = add_customer(eve, "Kept");
  write(ann.as_member(), delete_object{entity::company, ann.company});
  EXPECT_EQ(prune(), 0U) << "live streams may still read its log";
  tamper("UPDATE companies SET deleted_at = :at WHERE deleted_at IS NOT NULL",
         reads->now() - std::chrono::hours{24} - std::chrono::minutes{1});
  int steps = 0;
  for (std::uint64_t removed = 4; removed == 4; ++steps) {
    removed = prune(4);
    EXPECT_LE(removed, 4U);
  }
  EXPECT_GT(steps, 5);
  EXPECT_EQ(rows("companies"), 1);
  EXPECT_EQ(rows("employees"), 1);
  EXPECT_EQ(rows("customers"), 1);
  for (const char* table : {"notes", "messages", "customer_tags", "widget_tokens", "invitations", "ended_sessions"})
    EXPECT_EQ(rows(table), 0) << table;
  EXPECT_EQ(rows("change_log"), 3);
  EXPECT_FALSE(reads->find_position(ann.company));
  EXPECT_TRUE(reads->find_customer(eve.company, kept));
  EXPECT_TRUE(reads->find_login("ann@example.org")) << "logins are no company's";
}

}  // namespace
