// The audit trail: what it tells, how long, and what its chain leaves behind.
#include "database_fixture.hpp"
#include "domain/fault.hpp"
#include "persistence/stores/log_chain.hpp"

namespace {

using namespace chatmesh;
using namespace chatmesh::persistence;
using namespace chatmesh::persistence::test;
using domain::entity;

class AuditLog : public database_test {
protected:
  person ann = sign_up_as("Ann", "ann@example.org");  // makes seq 1 and 2

  domain::json read(const domain::json& query = {}) { return domain::json(query); }
  std::vector<domain::json> entries(const audit_filter& filter = {}, std::uint32_t limit = 500) {
    std::vector<domain::json> all;
    page_request wanted{limit, {}};
    do {
      const auto page = reads->list_audit(ann.company, filter, wanted);
      EXPECT_LE(page.items.size(), limit);
      for (const auto& each : page.items)
        all.push_back(domain::to_json(each));
      wanted.after = page.next;
    } while (wanted.after);
    return all;
  }
  std::vector<std::uint64_t> seqs(const audit_filter& filter = {}, std::uint32_t limit = 500) {
    std::vector<std::uint64_t> all;
    for (const auto& each : entries(filter, limit))
      all.push_back(each.at("seq").get<std::uint64_t>());
    return all;
  }
  void age_up_to(std::uint64_t seq) {
    const auto old = reads->now() - std::chrono::hours{10};
    tamper("UPDATE change_log SET at = :at WHERE company_id = :company AND seq <= :seq", old, ann.company, seq);
  }
  std::uint64_t prune(std::uint64_t keep_events, std::chrono::seconds keep_audit = std::chrono::hours{20},
                      std::uint32_t max_rows = 500) {
    return write(anonymous{}, prune_log{keep_events, std::chrono::hours{1}, max_rows, keep_audit}).removed;
  }
  std::int64_t count(const std::string& from) {
    session db{config};
    return statement{db.handle(), select("COUNT(*)", "FROM " + from)}.one([](row& r) { return r.number(); }).value();
  }
  std::string hash_at(const std::string& table, std::uint64_t seq) {
    session db{config};
    return statement{db.handle(), select("hash", "FROM " + table + " WHERE seq = :seq")}
        .one([](row& r) { return r.text(); }, seq)
        .value_or("none");
  }
};

using numbers = std::vector<std::uint64_t>;

TEST_F(AuditLog, TellsWhoDidWhatAndWhatWasBefore) {
  const auto customer = add_customer(ann, "Cleo");
  const auto created = parse(domain::dump(domain::to_json(*reads->find_customer(ann.company, customer))));
  write(ann.as_member(), patch(entity::customer, customer, R"({"name":"Cleopatra"})"));
  const auto updated = parse(domain::dump(domain::to_json(*reads->find_customer(ann.company, customer))));
  write(ann.as_member(), delete_object{entity::customer, customer});
  const auto all = entries();
  ASSERT_EQ(all.size(), 5U);
  const std::vector<std::string> names{"seq", "at", "type", "entity", "action", "object_id", "by", "before", "after"};
  std::vector<std::string> found;
  for (const auto& [name, value] : all[0].items())
    found.push_back(name);
  EXPECT_EQ(found, names);
  EXPECT_EQ(all[0].at("type"), "customer.deleted");
  EXPECT_EQ(all[0].at("before"), updated);
  EXPECT_EQ(all[0].at("after"), updated) << "as its event tells it";
  EXPECT_EQ(all[1].at("type"), "customer.updated");
  EXPECT_EQ(all[1].at("before"), created);
  EXPECT_EQ(all[1].at("after"), updated);
  EXPECT_EQ(all[1].at("object_id"), customer.to_string());
  const domain::json by{{"kind", "employee"}, {"id", ann.employee.to_string()}, {"name", "Ann"}};
  EXPECT_EQ(all[1].at("by"), by);
  EXPECT_EQ(all[2].at("type"), "customer.created");
  EXPECT_TRUE(all[2].at("before").is_null());
  EXPECT_EQ(all[4].at("type"), "company.created");
  EXPECT_EQ(all[4].at("seq"), 1);
}

TEST_F(AuditLog, FindsWhatWasBeforeOfEveryKindOfObject) {
  const person bob = hire(ann, "bob");
  auto fields = customer_fields_of("Cleo");
  fields.assigned_employee_id = bob.employee;
  const auto customer = add_customer(ann, fields);
  const auto note = add_note(ann, customer, "n");
  const auto message = add_message(ann, customer, "m");
  write(ann.as_member(), patch(entity::note, note, R"({"pinned":true})"));
  write(ann.as_member(), patch(entity::message, message, R"({"body":"m2"})"));
  write(ann.as_member(), patch(entity::company, ann.company, R"({"name":"Acme 2"})"));
  write(ann.as_member(), delete_object{entity::employee, bob.employee});  // unassigns the customer first
  std::map<std::string, domain::json> last;
  const auto all = entries();
  for (auto each = all.rbegin(); each != all.rend(); ++each) {
    const auto id = each->at("object_id").get<std::string>();
    EXPECT_EQ(each->at("before"), last[id]) << each->at("type");
    last[id] = each->at("after");
  }
  EXPECT_EQ(last.size(), 6U);
}

TEST_F(AuditLog, IsReadInPages) {
  for (int i = 0; i < 8; ++i)
    add_customer(ann, std::to_string(i));
  for (const std::uint32_t limit : {1U, 3U, 10U, 500U})
    EXPECT_EQ(seqs({}, limit), (numbers{10, 9, 8, 7, 6, 5, 4, 3, 2, 1})) << limit;
  age_up_to(6);
  prune(2);
  EXPECT_EQ(seqs({}, 3), (numbers{10, 9, 8, 7, 6, 5, 4, 3, 2, 1})) << "and across what was pruned";
  EXPECT_THROW(reads->list_audit(ann.company, {}, {10, "x"}), domain::malformed);
  EXPECT_THROW(reads->list_audit(ann.company, {}, {10, "0"}), domain::malformed);
  EXPECT_TRUE(reads->list_audit(domain::id::make(), {}, {}).items.empty());
}

TEST_F(AuditLog, IsSearchedByKindAndObject) {
  const auto customer = add_customer(ann, "Cleo");
  const auto other = add_customer(ann, "Dora");
  add_note(ann, customer, "n");
  write(ann.as_member(), patch(entity::customer, customer, R"({"name":"x"})"));
  write(ann.as_member(), delete_object{entity::customer, customer});
  EXPECT_EQ(seqs({entity::customer, {}}), (numbers{7, 6, 4, 3}));
  EXPECT_EQ(seqs({{}, customer}), (numbers{7, 6, 3})) << "of what is gone too";
  EXPECT_EQ(seqs({entity::note, {}}), numbers{5});
  EXPECT_EQ(seqs({entity::note, other}), numbers{});
  age_up_to(4);
  prune(1);
  EXPECT_EQ(seqs({{}, customer}, 1), (numbers{7, 6, 3}));
}

// One page looks at so many rows and no more: who asks for what is rare gets pages without entries that go on.
TEST_F(AuditLog, LooksThroughALongLogInBoundedSteps) {
  constexpr std::uint64_t events = 12'000;
  tamper("INSERT INTO change_log (company_id, seq, at, entity, action, object_id, author_kind, author_name, client, "
         "authority, data) WITH RECURSIVE n (i) AS (SELECT 3 UNION ALL SELECT i + 1 FROM n WHERE i < :events) "
         "SELECT :company, i, 1, 'note', 'updated', :object, 'system', '', '', 0, '{}' FROM n",
         events, ann.company, domain::id::make());
  tamper("UPDATE company_counters SET seq = :events", events);
  page_request wanted{100, {}};
  const auto first = reads->list_audit(ann.company, {entity::company, {}}, wanted);
  EXPECT_TRUE(first.items.empty());
  ASSERT_TRUE(first.next);
  EXPECT_EQ(seqs({entity::company, {}}), numbers{1});
}

TEST_F(AuditLog, PagesAreBoundInBytes) {
  const auto customer = add_customer(ann, "Cleo");
  const std::string large(60'000, 'x');
  for (int i = 0; i < 80; ++i)
    add_note(ann, customer, large);
  const auto page = reads->list_audit(ann.company, {}, {500, {}});
  EXPECT_LT(page.items.size(), 75U);
  EXPECT_GT(page.items.size(), 60U);
  EXPECT_EQ(seqs().size(), 83U);
}

TEST_F(AuditLog, KeepsWhoWhatAndWhenOfWhatWasPruned) {
  const auto customer = add_customer(ann, "Cleo");
  write(ann.as_member(), patch(entity::customer, customer, R"({"name":"Cleopatra"})"));
  write(ann.as_member(), patch(entity::customer, customer, R"({"name":"C"})"));
  const auto hash = hash_at("change_log", 3);
  age_up_to(4);
  EXPECT_EQ(prune(1), 4U);
  EXPECT_EQ(reads->find_position(ann.company)->oldest, 5U);
  const auto all = entries();
  ASSERT_EQ(all.size(), 5U);
  EXPECT_FALSE(all[0].at("after").is_null());
  EXPECT_TRUE(all[0].at("before").is_null()) << "its data are gone";
  EXPECT_EQ(all[2].at("type"), "customer.created");
  EXPECT_EQ(all[2].at("by").at("name"), "Ann");
  EXPECT_TRUE(all[2].at("after").is_null());
  EXPECT_EQ(hash_at("audit_log", 3), hash);
  EXPECT_EQ(count("log_checkpoints"), 0) << "nothing of the chain is gone";
}

TEST_F(AuditLog, LeavesACheckpointOfWhatItsOwnRetentionTakes) {
  for (int i = 0; i < 6; ++i)
    add_customer(ann, std::to_string(i));
  age_up_to(6);
  const auto hash = hash_at("change_log", 4);
  prune(2, std::chrono::seconds{0});
  tamper("UPDATE audit_log SET at = 1 WHERE seq <= 4");
  EXPECT_EQ(prune(2, std::chrono::seconds{0}), 0U) << "0 = for ever";
  EXPECT_EQ(seqs(), (numbers{8, 7, 6, 5, 4, 3, 2, 1}));
  EXPECT_EQ(prune(2, std::chrono::hours{24}, 3), 3U);
  EXPECT_EQ(hash_at("log_checkpoints", 3), hash_at("log_checkpoints", 3));
  EXPECT_EQ(count("log_checkpoints WHERE seq = 3"), 1);
  EXPECT_EQ(prune(2, std::chrono::hours{24}, 3), 1U);
  EXPECT_EQ(hash_at("log_checkpoints", 4), hash);
  EXPECT_EQ(seqs(), (numbers{8, 7, 6, 5}));
  EXPECT_EQ(prune(2, std::chrono::hours{24}, 3), 0U);
}

TEST_F(AuditLog, OfAnErasedCompanyTheLastHashStays) {
  add_customer(ann, "Cleo");
  write(ann.as_member(), delete_object{entity::company, ann.company});
  const auto head = hash_at("change_log", 4);
  age_up_to(1);
  prune(1);
  EXPECT_EQ(count("audit_log"), 1);
  tamper("UPDATE companies SET deleted_at = 1");
  while (prune(1, std::chrono::hours{24}, 1) > 0) {
  }
  EXPECT_EQ(count("change_log"), 0);
  EXPECT_EQ(count("audit_log"), 0);
  EXPECT_EQ(count("companies"), 0);
  EXPECT_EQ(hash_at("log_checkpoints", 4), head);
}

}  // namespace
