// Customers by activity and by name: the order, its pages, and what finding a page costs.
#include "domain/search_text.hpp"
#include "persistence/stores/customer_store.hpp"

#include "database_fixture.hpp"

#include <soci/sqlite3/soci-sqlite3.h>

#include <algorithm>
#include <set>

namespace {

using namespace chatmesh;
using namespace chatmesh::persistence;
using namespace chatmesh::persistence::test;
using domain::entity;

std::vector<domain::id> ids_of(const std::vector<domain::customer>& items) {
  std::vector<domain::id> ids;
  for (const auto& each : items)
    ids.push_back(each.id);
  return ids;
}

customer_query in_order(customer_order order) {
  customer_query query;
  query.order = order;
  return query;
}

class CustomerOrder : public database_test {
protected:
  std::vector<domain::id> all(const customer_query& query, std::uint32_t limit) {
    std::vector<domain::id> found;
    page_request request{limit, {}};
    do {
      const auto page = reads->list_customers(ann.company, query, request);
      EXPECT_LE(page.items.size(), limit);
      const auto more = ids_of(page.items);
      found.insert(found.end(), more.begin(), more.end());
      request.after = page.next;
    } while (request.after);
    return found;
  }
  std::vector<domain::id> by(customer_order order, std::uint32_t limit = 100) { return all(in_order(order), limit); }

  void set_activity(const domain::id& customer, std::int64_t at) {
    tamper("UPDATE customers SET last_activity_at = :at WHERE id = :id", at, customer);
  }

  person ann = sign_up_as("Ann", "ann@example.org");
};

}  // namespace

TEST_F(CustomerOrder, ActivityIsAMessageOrAnotherStatusOrAssignee) {
  const auto bob = hire(ann, "bob");
  const auto visit = open_widget(ann, "Vera");
  const auto cleo = add_customer(ann, "Cleo"), dora = add_customer(ann, "Dora");
  const auto make_all_old = [&] { tamper("UPDATE customers SET last_activity_at = 0"); };
  const auto first = [&] { return by(customer_order::activity).front(); };

  make_all_old();
  write(visit.who, create_message{{visit.who.customer, "Hi"}});
  EXPECT_EQ(first(), visit.who.customer);
  make_all_old();
  add_message(ann, cleo, "Hello");
  EXPECT_EQ(first(), cleo);
  make_all_old();
  write(ann.as_member(), patch(entity::customer, visit.who.customer, R"({"status":"closed"})"));
  EXPECT_EQ(first(), visit.who.customer);
  make_all_old();
  const std::string assign = R"({"assigned_employee_id":")" + bob.employee.to_string() + "\"}";
  write(ann.as_member(), patch(entity::customer, cleo, assign));
  EXPECT_EQ(first(), cleo);
  make_all_old();
  write(ann.as_member(), delete_object{entity::employee, bob.employee});
  EXPECT_EQ(first(), cleo) << "nobody's now";
  make_all_old();
  const auto eve = add_customer(ann, "Eve");
  EXPECT_EQ(first(), eve);

  make_all_old();
  write(ann.as_member(), patch(entity::customer, dora, R"({"name":"Theodora","phone":"1","tags":["x"]})"));
  add_note(ann, dora, "of no concern to her");
  EXPECT_EQ(first(), eve) << "all are as old, so the newest is first";
}

TEST_F(CustomerOrder, ActivityNeverGoesBack) {
  const auto cleo = add_customer(ann, "Cleo");
  constexpr std::int64_t future = 9'000'000'000'000;
  set_activity(cleo, future);
  add_message(ann, cleo, "written by a clock that was set back");
  const auto page = reads->list_customers(ann.company, in_order(customer_order::activity), {});
  EXPECT_EQ(page.items.front().last_activity_at.time_since_epoch().count(), future);
}

TEST_F(CustomerOrder, ActivityIsTheTimeOfTheMessage) {
  const auto cleo = add_customer(ann, "Cleo");
  set_activity(cleo, 0);
  const auto message = add_message(ann, cleo, "1");
  EXPECT_EQ(reads->find_customer(ann.company, cleo)->last_activity_at,
            reads->find_message(ann.company, message)->created_at);
}

TEST_F(CustomerOrder, NamesAreInOrderWhateverTheirCase) {
  const auto e = add_customer(ann, "Éva"), z = add_customer(ann, "zoe"), b2 = add_customer(ann, "BEN"),
             b1 = add_customer(ann, "ben"), a = add_customer(ann, "Ada"), s = add_customer(ann, "STRASSER"),
             s2 = add_customer(ann, "Straße");
  EXPECT_EQ(by(customer_order::name), (std::vector{a, b2, b1, s2, s, z, e}));
  write(ann.as_member(), patch(entity::customer, a, R"({"name":"Zz"})"));
  EXPECT_EQ(by(customer_order::name), (std::vector{b2, b1, s2, s, z, a, e}));
}

// Also where the key of a name is all digits as the time is: "ada" is 616461.
TEST_F(CustomerOrder, AMarkIsGoodForItsOwnOrderOnly) {
  for (const char* name : {"ada", "Ada", "zoe"})
    add_customer(ann, name);
  constexpr customer_order orders[] = {customer_order::newest, customer_order::activity, customer_order::name};
  for (const auto of : orders) {
    const auto next = reads->list_customers(ann.company, in_order(of), {1, {}}).next;
    ASSERT_TRUE(next);
    for (const auto other : orders) {
      const auto page = [&] { return reads->list_customers(ann.company, in_order(other), {1, next}).items.size(); };
      if (other == of)
        EXPECT_EQ(page(), 1U);
      else
        EXPECT_THROW(page(), domain::malformed) << static_cast<int>(of) << " in " << static_cast<int>(other);
    }
  }
}

TEST_F(CustomerOrder, PagesAreWithoutGapAndDuplicate) {
  const std::string long_name(200, 'n');
  std::vector<domain::id> made;
  for (int i = 0; i < 11; ++i) {
    made.push_back(add_customer(ann, i % 3 == 0 ? long_name : i % 3 == 1 ? "Same ä" : "n" + std::to_string(i)));
    set_activity(made.back(), i / 4);
  }
  for (const auto order : {customer_order::newest, customer_order::activity, customer_order::name}) {
    const auto whole = by(order);
    EXPECT_EQ((std::set<domain::id>{whole.begin(), whole.end()}.size()), made.size());
    for (const std::uint32_t limit : {1, 2, 3, 5, 11})
      EXPECT_EQ(by(order, limit), whole) << "order " << static_cast<int>(order) << " limit " << limit;
  }
  EXPECT_EQ(by(customer_order::newest), by(customer_order::activity)) << "as active as made: ids decide";
}

// A name has 200 characters, and one of them may fold to 18: the mark of a page stays short enough for a target.
TEST_F(CustomerOrder, TheLongestNamesHaveMarksThatFitIntoATarget) {
  std::string name;
  for (int i = 0; i < 200; ++i)
    name += "\uFDFA";
  const auto first = add_customer(ann, name), second = add_customer(ann, name + "");
  const auto page = reads->list_customers(ann.company, in_order(customer_order::name), {1, {}});
  ASSERT_TRUE(page.next);
  EXPECT_LE(page.next->size(), 1 + 2 * domain::max_sort_key_bytes + 1 + 36);
  EXPECT_EQ(by(customer_order::name, 1), (std::vector{first, second}));
}

TEST_F(CustomerOrder, WhatMovesWhileItIsPagedIsShownOnceAtMost) {
  std::vector<domain::id> made;
  for (int i = 0; i < 6; ++i) {
    made.push_back(add_customer(ann, "c"));
    set_activity(made.back(), i);
  }
  const auto query = in_order(customer_order::activity);
  const auto first = reads->list_customers(ann.company, query, {2, {}});
  add_message(ann, made[5], "shown already");
  add_message(ann, made[0], "not shown yet: its event tells");
  const auto rest = reads->list_customers(ann.company, query, {10, first.next});
  EXPECT_EQ(ids_of(rest.items), (std::vector{made[3], made[2], made[1]}));
}

TEST_F(CustomerOrder, GoesWithEveryFilter) {
  const auto bob = hire(ann, "bob");
  std::vector<domain::customer> made;
  for (int i = 0; i < 32; ++i) {
    domain::customer_fields fields = customer_fields_of(i & 8 ? "Straße" : "Cleo");
    fields.status = i & 1 ? domain::customer_status::closed : domain::customer_status::open;
    fields.tags = i & 2 ? std::vector<std::string>{"vip", "x"} : std::vector<std::string>{};
    if (i & 4)
      fields.assigned_employee_id = bob.employee;
    const auto id = add_customer(ann, fields);
    set_activity(id, (i * 7) % 5);
    made.push_back(reads->find_customer(ann.company, id).value());
  }
  const auto keep = [&](const customer_query& q) {
    std::vector<domain::customer> kept;
    std::ranges::copy_if(made, std::back_inserter(kept), [&](const domain::customer& c) {
      return (!q.status || c.status == *q.status) && (!q.tag || !c.tags.empty()) && (!q.text || c.name == "Straße") &&
             (!q.assigned_employee_id || c.assigned_employee_id == q.assigned_employee_id);
    });
    return kept;
  };
  for (unsigned mask = 0; mask < 16; ++mask) {
    customer_query query;
    if (mask & 1U)
      query.status = domain::customer_status::closed;
    if (mask & 2U)
      query.tag = "vip";
    if (mask & 4U)
      query.assigned_employee_id = bob.employee;
    if (mask & 8U)
      query.text = "STRASSE";
    auto expected = keep(query);
    query.order = customer_order::activity;
    std::ranges::sort(expected, [](const auto& a, const auto& b) {
      return std::pair{b.last_activity_at, b.id.to_string()} < std::pair{a.last_activity_at, a.id.to_string()};
    });
    EXPECT_EQ(all(query, 3), ids_of(expected)) << "filters " << mask;
    query.order = customer_order::name;
    std::ranges::sort(expected, [](const auto& a, const auto& b) {
      return std::pair{a.name, a.id.to_string()} < std::pair{b.name, b.id.to_string()};
    });
    EXPECT_EQ(all(query, 3), ids_of(expected)) << "filters " << mask;
  }
}

TEST_F(CustomerOrder, RefusesAMarkThatItDidNotMake) {
  const auto id = add_customer(ann, "c").to_string();
  for (const std::string& mark :
       std::vector<std::string>{"", id, "a", "." + id, "a." + id, "ax." + id, "a1x." + id, "1." + id, "a1.",
                                "a1." + id + "0", "a99999999999999999999." + id})
    EXPECT_THROW(reads->list_customers(ann.company, in_order(customer_order::activity), {10, mark}), domain::malformed)
        << mark;
  const std::string long_key(2 * domain::max_sort_key_bytes + 2, '6');
  for (const std::string& mark : std::vector<std::string>{"", id, "n", "n6." + id, "nzz." + id, "nff." + id,
                                                          "n6100." + id, "61." + id, "n61.", "n" + long_key + "." + id})
    EXPECT_THROW(reads->list_customers(ann.company, in_order(customer_order::name), {10, mark}), domain::malformed)
        << mark;
}

namespace {

// Ten thousand customers of one company.
class ManyCustomers : public CustomerOrder {
protected:
  void SetUp() override {
    tamper("INSERT INTO customers (id, company_id, name, status, tags, attributes, version, created_at, updated_at, "
           "last_activity_at, name_key, search) "
           "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000) "
           "SELECT '00000000-0000-7000-8000-' || CAST(100000000000 + i AS TEXT), CAST(:company AS TEXT), CAST((i * "
           "104729) % 10007 AS TEXT), 'open', "
           "'[]', '{}', 1, 1, 1, (i * 7919) % 10007, CAST((i * 104729) % 10007 AS TEXT), 'c' FROM n",
           ann.company);
    tamper("ANALYZE");
  }

  session db{config};
  customer_store store{db};
};
class SqliteManyCustomers : public ManyCustomers {};
class PostgresqlManyCustomers : public ManyCustomers {};

}  // namespace

TEST_F(SqliteManyCustomers, APageIsFoundWithoutSortAndScan) {
  auto* connection = static_cast<soci::sqlite3_session_backend*>(db.handle().soci.get_backend())->conn_;
  for (const auto order : {customer_order::newest, customer_order::activity, customer_order::name}) {
    const auto query = in_order(order);
    const auto first = store.list(ann.company, query, {100, {}});
    ASSERT_TRUE(first.next);
    EXPECT_EQ(store.list(ann.company, query, {100, first.next}).items.size(), 100U);
  }
  int seen = 0;
  for (auto* each = sqlite3_next_stmt(connection, nullptr); each; each = sqlite3_next_stmt(connection, each)) {
    const std::string text = sqlite3_sql(each);
    if (text.find("LIMIT") == std::string::npos || sqlite3_stmt_status(each, SQLITE_STMTSTATUS_RUN, 0) == 0)
      continue;
    ++seen;
    EXPECT_EQ(sqlite3_stmt_status(each, SQLITE_STMTSTATUS_SORT, 0), 0) << text;
    EXPECT_EQ(sqlite3_stmt_status(each, SQLITE_STMTSTATUS_FULLSCAN_STEP, 0), 0) << text;
    EXPECT_LT(sqlite3_stmt_status(each, SQLITE_STMTSTATUS_VM_STEP, 0), 20'000) << "of 10,000 rows it saw 202: " << text;
  }
  EXPECT_EQ(seen, 3);
}

TEST_F(PostgresqlManyCustomers, APageIsFoundWithoutSortAndScan) {
  for (const auto order : {customer_order::newest, customer_order::activity, customer_order::name})
    EXPECT_EQ(store.list(ann.company, in_order(order), {100, {}}).items.size(), 100U);
  statement prepared{db.handle(), select("name, statement", "FROM pg_prepared_statements "
                                                            "WHERE statement LIKE 'SELECT c.id,%LIMIT%'")};
  const auto named = prepared.all([](row& r) {
    const std::string name = r.text();
    return std::pair{name, r.text()};
  });
  int seen = 0;
  for (const auto& [name, text] : named) {
    const bool by_id = text.find("(c.") == std::string::npos;
    const bool by_time = text.find("c.last_activity_at, c.id) <") != std::string::npos;
    const std::string begin = by_id ? "'f'" : by_time ? "9000000000000, 'f'" : "'', ''";
    const std::string call = "EXPLAIN EXECUTE " + name + "('" + ann.company.to_string() + "', " + begin +
                             ", NULL, NULL, NULL, NULL, 101)";
    statement explain{db.handle(), sql_text{call, 1}};
    std::string plan;
    for (const auto& line : explain.all([](row& r) { return r.text(); }))
      plan += line + "\n";
    EXPECT_EQ(plan.find("Sort"), std::string::npos) << plan;
    EXPECT_EQ(plan.find("Seq Scan on customers"), std::string::npos) << plan;
    ++seen;
  }
  EXPECT_EQ(seen, 3);
}
