// Whatever is changed behind the server's back, a verification finds and names.
#include "database_fixture.hpp"
#include "persistence/stores/log_chain.hpp"
#include "persistence/verify.hpp"

namespace {

using namespace chatmesh;
using namespace chatmesh::persistence;
using namespace chatmesh::persistence::test;
using domain::entity;

class Verify : public database_test {
protected:
  person ann = sign_up_as("Ann", "ann@example.org");     // makes seq 1 and 2
  person bob = hire(ann, "bob");                         // 3 and 4
  domain::id customer = make_customer();                 // 5
  domain::id note = add_note(bob, customer, "n");        // 6
  domain::id message = add_message(ann, customer, "m");  // 7

  domain::id make_customer() {
    auto fields = customer_fields_of("Cleo", {"vip"});
    fields.assigned_employee_id = bob.employee;
    fields.attributes = domain::json::parse(R"({"plan":"gold","score":0.5,"seats":12,"old":null})");
    return add_customer(ann, fields);
  }

  verify_result check(const std::vector<std::string>& expected = {}) {
    lines.clear();
    std::vector<expected_head> heads;
    for (const auto& each : expected)
      heads.push_back(parse_expected_head(each).value());
    return verify(config, heads, [this](const std::string& line) { lines.push_back(line); });
  }
  std::string all_lines() const {
    std::string all;
    for (const auto& each : lines)
      all += each + "\n";
    return all;
  }
  void expect_clean(const std::vector<std::string>& expected = {}) {
    const auto found = check(expected);
    EXPECT_EQ(found.faults, 0U) << all_lines();
  }
  // Some fault says that.
  void expect_fault(const std::string& what, const std::vector<std::string>& expected = {}) {
    const auto found = check(expected);
    EXPECT_GT(found.faults, 0U);
    EXPECT_NE(all_lines().find(what), std::string::npos) << "not found: " << what << "\nin\n" << all_lines();
  }
  std::string head_hash() { return hash_at(head(ann)); }
  std::string hash_at(std::uint64_t seq) {
    session db{config};
    return statement{db.handle(), select("hash", "FROM change_log WHERE company_id = :c AND seq = :s")}
        .one([](row& r) { return r.text(); }, ann.company, seq)
        .value();
  }
  // As verify prints it.
  std::string link_at(std::uint64_t seq) { return to_text(expected_head{ann.company, seq, hash_at(seq), false}); }
  std::string kept_head() { return link_at(head(ann)); }
  void erase() {
    write(ann.as_member(), delete_object{entity::company, ann.company});
    tamper("UPDATE companies SET deleted_at = 1");
    while (write(anonymous{}, prune_log{100, std::chrono::hours{1}, 500}).removed > 0)
      continue;
  }
  void age_up_to(std::uint64_t seq) {
    tamper("UPDATE change_log SET at = :at WHERE company_id = :company AND seq <= :seq",
           reads->now() - std::chrono::hours{10}, ann.company, seq);
    rechain();
  }
  // As a clever forger would: data and hashes made anew from the rows as they are.
  void rechain() {
    session db{config};
    statement read{db.handle(), select(std::string{chain_columns}.append(", data"),
                                       "FROM change_log WHERE company_id = :company ORDER BY seq")};
    statement write{db.handle(), "UPDATE change_log SET data = :data, hash = :hash WHERE company_id = :company "
                                 "AND seq = :seq"};
    const auto links = read.all(
        [](row& r) {
          domain::change c = read_chained(r);
          c.data = r.text();
          return c;
        },
        ann.company);
    std::string previous{chain_start};
    for (const auto& each : links) {
      const std::string data = domain::encode_change_data(each, object_text(each));
      previous = chain_hash(previous, each, content_hash(data));
      write.execute(data, previous, ann.company, each.seq);
    }
  }
  void prune(std::uint64_t keep_events, std::chrono::hours keep_audit = std::chrono::hours{100}) {
    write(anonymous{}, prune_log{keep_events, std::chrono::hours{1}, 500, keep_audit});
  }

  std::vector<std::string> lines;
};

TEST_F(Verify, IsCleanAfterEveryKindOfWrite) {
  const visit guest = open_widget(ann, "Vic");
  write(guest.who, create_message{{guest.who.customer, "inbound"}});
  write(bob.as_member(), patch(entity::employee, bob.employee, R"({"title":"Dr"})"));
  write(ann.as_member(), patch(entity::note, note, R"({"pinned":true})"));
  write(ann.as_member(), patch(entity::message, message, R"({"body":"m2 ä 🏭"})"));
  write(ann.as_member(), patch(entity::customer, customer, R"({"status":"closed","tags":["a","b"]})"));
  write(ann.as_member(), patch(entity::company, ann.company, R"({"name":"Acme 2"})"));
  const auto gone = add_customer(ann, "Gone");
  add_note(ann, gone, "goes along");
  add_message(ann, gone, "goes along");
  write(ann.as_member(), delete_object{entity::customer, gone});
  write(ann.as_member(), delete_object{entity::message, message});
  write(ann.as_member(), delete_object{entity::employee, bob.employee});
  write(ann.as_member(), patch(entity::note, note, R"({"body":"of who is removed"})"));
  invite(ann, "carl");
  sign_up_as("Eve", "eve@example.org", "Other");
  const auto found = check();
  EXPECT_EQ(found.faults, 0U) << all_lines();
  EXPECT_EQ(found.companies, 2U);
  EXPECT_EQ(found.changes, head(ann) + 2);
  EXPECT_EQ(found.objects, 10U) << "two companies, four employees, two customers, a note, a message";
  EXPECT_NE(all_lines().find("head " + kept_head() + "\n"), std::string::npos) << all_lines();
  age_up_to(head(ann));
  prune(1);
  expect_clean();
}

TEST_F(Verify, IsCleanWhereMuchWasPruned) {
  write(ann.as_member(), patch(entity::note, note, R"({"pinned":true})"));
  age_up_to(7);
  prune(2);
  expect_clean();
  tamper("UPDATE audit_log SET at = 1 WHERE seq < 3");
  expect_fault("seq 1: its hash");
  tamper("DELETE FROM audit_log WHERE seq < 3");
  tamper("INSERT INTO log_checkpoints (company_id, seq, hash) SELECT company_id, 2, :hash FROM company_counters",
         std::string{chain_start});
  expect_fault("seq 3: its hash is not that of its predecessor");
}

TEST_F(Verify, GoesOnFromACheckpoint) {
  age_up_to(7);
  prune(3);
  write(anonymous{}, prune_log{3, std::chrono::hours{1}, 2, std::chrono::hours{1}});
  write(ann.as_member(), patch(entity::note, note, R"({"pinned":true})"));
  expect_clean();
  write(anonymous{}, prune_log{1, std::chrono::hours{1}, 500, std::chrono::hours{1}});
  expect_clean({head_hash(), kept_head()});
}

TEST_F(Verify, KnowsErasedCompaniesByTheirLastHead) {
  write(ann.as_member(), delete_object{entity::company, ann.company});
  const auto last = kept_head() + ":deleted";
  expect_clean({last, kept_head(), link_at(7)});
  tamper("UPDATE companies SET deleted_at = 1");
  while (write(anonymous{}, prune_log{100, std::chrono::hours{1}, 2}).removed > 0)
    expect_clean({last});
  expect_clean({last});
  EXPECT_NE(all_lines().find("head " + last + " erased\n"), std::string::npos) << all_lines();
}

TEST_F(Verify, FindsAChangedRow) {
  tamper("UPDATE customers SET name = 'Mallory'");
  expect_fault("customer " + customer.to_string() + ": its row is not what the log tells (seq 5): name");
  tamper("UPDATE customers SET name = 'Cleo'");
  expect_clean();
  tamper("UPDATE messages SET version = 9");
  expect_fault("message " + message.to_string() + ": its row is not what the log tells (seq 7): version");
  tamper("UPDATE messages SET version = 1, last_seq = 6");
  expect_fault("message " + message.to_string() + ": its row names seq 6 as its last event");
}

TEST_F(Verify, FindsARowThatIsGoneAndOneThatWasAdded) {
  tamper("DELETE FROM notes");
  expect_fault("note " + note.to_string() + ": its row is missing; seq 6 told of it last");
  const auto added = domain::id::make();
  tamper("INSERT INTO messages SELECT :id, company_id, customer_id, direction, 'forged', author_kind, author_id, "
         "author_name, author_avatar_url, version, created_at, updated_at, 0 FROM messages",
         added);
  expect_fault("message " + added.to_string() + ": its row is in no event of the log");
  tamper("UPDATE messages SET last_seq = 3 WHERE id = :id", added);
  age_up_to(5);
  prune(2);
  expect_fault("message " + added.to_string() + ": its row names seq 3, which tells of something else");
}

TEST_F(Verify, FindsARowThatSurvivedItsEnd) {
  write(ann.as_member(), delete_object{entity::message, message});
  tamper(
      "INSERT INTO messages SELECT :id, company_id, customer_id, 'outbound', 'm', 'employee', author_id, 'Ann', NULL, "
      "1, created_at, updated_at, 7 FROM notes",
      message);
  expect_fault("message " + message.to_string() + ": its row is still there after its end");
}

// The event is gone, its hash is not.
TEST_F(Verify, FindsAChangedRowWhoseLastEventWasPruned) {
  add_customer(ann, "Young");
  add_customer(ann, "Younger");
  age_up_to(7);
  prune(2);
  expect_clean();
  const auto expect_found = [&](const std::string& table, const std::string& column, const std::string& object,
                                std::uint64_t seq) {
    const auto set = [&](const std::string& value) {
      session db{config};
      statement{db.handle(), "UPDATE " + table + " SET " + column + " = " + value + " WHERE last_seq = :seq"}.execute(
          seq);
    };
    set(column + " || '!'");
    expect_fault(object + ": its row is not what the log told (seq " + std::to_string(seq));
    set("SUBSTR(" + column + ", 1, LENGTH(" + column + ") - 1)");
  };
  expect_found("messages", "body", "message " + message.to_string(), 7);
  expect_found("notes", "body", "note " + note.to_string(), 6);
  expect_found("customers", "name", "customer " + customer.to_string(), 5);
  expect_found("employees", "name", "employee " + bob.employee.to_string(), 4);
  expect_found("companies", "name", "company " + ann.company.to_string(), 1);
  write(bob.as_member(), patch(entity::employee, bob.employee, R"({"title":"Dr"})"));
  expect_clean();  // the customer's and the note's events had shown another Bob
  tamper("UPDATE messages SET body = 'forged'");
  expect_fault("message " + message.to_string() + ": its row is not what the log told (seq 7");
}

TEST_F(Verify, FindsARowThatSurvivedAnEndThatWasPruned) {
  write(ann.as_member(), delete_object{entity::message, message});
  add_customer(ann, "Young");
  age_up_to(8);
  prune(1);
  expect_clean();
  tamper(
      "INSERT INTO messages SELECT :id, company_id, customer_id, 'outbound', 'm', 'employee', author_id, 'Ann', NULL, "
      "1, created_at, updated_at, 7 FROM notes",
      message);
  expect_fault("message " + message.to_string() + ": its row names seq 7 as its last event, seq 8 told of it later");
  tamper("UPDATE messages SET last_seq = 8");
  expect_fault("message " + message.to_string() + ": its row is still there after its end");
}

TEST_F(Verify, FindsChangedMetadataAndData) {
  tamper("UPDATE change_log SET author_name = 'Mallory' WHERE seq = 6");
  expect_fault("seq 6: its hash is not that of its predecessor, metadata and content");
  EXPECT_NE(all_lines().find("seq 6: the data tell something else"), std::string::npos) << all_lines();
  EXPECT_EQ(all_lines().find("seq 7:"), std::string::npos) << "the next one is judged by itself\n" << all_lines();
}

TEST_F(Verify, FindsChangedDataAlone) {
  tamper("UPDATE change_log SET data = REPLACE(data, '\"n\"', '\"N\"') WHERE seq = 6");
  expect_fault("seq 6: its hash");
  EXPECT_NE(all_lines().find("its row is not what the log tells (seq 6): body"), std::string::npos) << all_lines();
}

TEST_F(Verify, FindsWhatCanNotBeRead) {
  tamper("UPDATE change_log SET entity = 'ghost' WHERE seq = 4");
  expect_fault("seq 4: the row of the log can't be read");
  tamper("UPDATE change_log SET entity = 'employee' WHERE seq = 4");
  expect_clean();
  tamper("UPDATE customers SET attributes = '{'");
  expect_fault("a row of a customer holds what is no JSON");
  tamper("UPDATE customers SET attributes = '{}', status = 'ghost'");
  expect_fault("a row of a customer can't be read");
}

TEST_F(Verify, FindsHoles) {
  tamper("DELETE FROM change_log WHERE seq IN (3, 5, 6)");
  expect_fault("seq 3: missing in the log");
  EXPECT_NE(all_lines().find("seq 5 to 6: missing in the log"), std::string::npos) << all_lines();
}

TEST_F(Verify, FindsALostTailAndALyingCounter) {
  tamper("DELETE FROM change_log WHERE seq = 7");
  expect_fault("the log ends at seq 6, its counter stands at 7");
  tamper("UPDATE company_counters SET seq = 5");
  expect_fault("the log ends at seq 6, its counter stands at 5");
}

TEST_F(Verify, FindsASwappedPair) {
  tamper("UPDATE change_log SET seq = 1000 WHERE seq = 5");
  tamper("UPDATE change_log SET seq = 5 WHERE seq = 6");
  tamper("UPDATE change_log SET seq = 6 WHERE seq = 1000");
  expect_fault("seq 5: its hash");
  EXPECT_NE(all_lines().find("seq 6: its hash"), std::string::npos) << all_lines();
}

// Whoever can write everything can make everything agree, but not with what was kept elsewhere.
TEST_F(Verify, FindsARewrittenTailByAnExpectedHash) {
  const auto kept_elsewhere = head_hash(), older = hash_at(4);
  expect_clean({kept_elsewhere, older});
  tamper("UPDATE change_log SET data = REPLACE(data, '\"m\"', '\"forged\"') WHERE seq = 7");
  tamper("UPDATE messages SET body = 'forged'");
  rechain();
  expect_clean();
  EXPECT_EQ(check({kept_elsewhere, older}).faults, 1U);
  EXPECT_NE(all_lines().find("no chain has the expected hash " + kept_elsewhere), std::string::npos) << all_lines();
  EXPECT_NE(all_lines().find("found " + link_at(4)), std::string::npos) << all_lines();
}

TEST_F(Verify, AnExpectedHeadIsFoundInItsOwnCompanyAlone) {
  const auto kept_elsewhere = kept_head(), hash = head_hash(), older = link_at(4);
  expect_clean({kept_elsewhere, older});
  tamper("UPDATE messages SET body = 'forged'");
  tamper("UPDATE change_log SET data = REPLACE(data, '\"m\"', '\"forged\"') WHERE seq = 7");
  rechain();
  expect_clean({older});
  tamper("INSERT INTO log_checkpoints (company_id, seq, hash) VALUES (:company, 1, :hash)", domain::id::make(), hash);
  expect_fault("the expected head " + kept_elsewhere + " is not found: its company's chain has no such link",
               {kept_elsewhere});
  expect_fault("no chain has the expected hash " + hash, {hash});
  expect_clean();
  expect_fault("is not found: there is no such company", {to_text({domain::id::make(), 7, hash_at(7), false})});
  expect_fault("is not found: its company's chain", {to_text({ann.company, 6, hash_at(7), false})});
}

// A checkpoint stays of whom was deleted, but whoever writes it himself has deleted nobody.
TEST_F(Verify, ACompanyThatIsExpectedMustNotBeGone) {
  const auto alive = kept_head();
  erase();
  const auto gone = check();
  EXPECT_EQ(gone.faults, 0U) << all_lines();
  const auto ended = lines.front().substr(5, lines.front().find(" erased") - 5);
  EXPECT_TRUE(ended.ends_with(":deleted")) << all_lines();
  expect_clean({ended});
  expect_fault(alive + " is not found: its company is erased", {alive});
  tamper("UPDATE log_checkpoints SET seq = 7, hash = :hash", parse_expected_head(alive)->hash);
  expect_fault(alive + " is not found: its company is erased", {alive});
}

TEST_F(Verify, FindsTheLogOfAnErasedCompany) {
  tamper("INSERT INTO log_checkpoints (company_id, seq, hash) SELECT company_id, seq, hash FROM change_log "
         "WHERE seq = 7");
  tamper("DELETE FROM company_counters");
  tamper("UPDATE companies SET deleted_at = 1");
  expect_fault("is erased, and 7 rows of its log are still there");
}

TEST_F(Verify, FindsALogWithoutItsCompany) {
  tamper("UPDATE change_log SET company_id = :other WHERE seq = 7", domain::id::make());
  expect_fault("has a log and no row");
}

TEST_F(Verify, FindsACompanyThatOnlySeemsDeleted) {
  tamper("UPDATE companies SET deleted_at = 1");
  expect_fault("is marked as deleted, and no change tells of it");
  tamper("UPDATE companies SET deleted_at = NULL");
  write(ann.as_member(), delete_object{entity::company, ann.company});
  tamper("UPDATE companies SET deleted_at = NULL");
  expect_fault("is not marked as deleted, as its last change tells");
}

TEST_F(Verify, FindsALinkToAnotherEvent) {
  write(ann.as_member(), patch(entity::note, note, R"({"pinned":true})"));
  tamper("UPDATE change_log SET previous_seq = 5 WHERE seq = 8");
  expect_fault("seq 8: note " + note.to_string() + " names seq 5 as its event before");
}

TEST_F(Verify, CountsAllFaultsAndNamesTheFirst) {
  constexpr int notes = 150;
  for (int i = 0; i < notes; ++i)
    add_note(ann, customer, "n");
  tamper("UPDATE notes SET body = 'x'");
  EXPECT_EQ(check().faults, notes + 1U);
  EXPECT_EQ(lines.size(), max_named_faults + 2) << "and the head, and how many more";
  EXPECT_EQ(lines.back(), "... and 51 faults more");
}

TEST_F(Verify, ReadsManyPages) {
  constexpr int rows = 1'100;
  for (int i = 0; i < rows; ++i)
    add_customer(ann, std::to_string(i));
  EXPECT_EQ(check().objects, rows + 6U);
  EXPECT_EQ(lines.size(), 1U) << all_lines();
}

TEST_F(Verify, RefusesAnotherSchema) {
  tamper("DELETE FROM schema_version WHERE version >= 6");
  EXPECT_THROW(check(), database_error);
}

TEST_F(Verify, KnowsAHeadWhenItSeesOne) {
  const std::string company = ann.company.to_string(), hash = head_hash();
  for (const auto& good : {hash, company + ":7:" + hash, company + ":7:" + hash + ":deleted"}) {
    const auto parsed = parse_expected_head(good);
    ASSERT_TRUE(parsed) << good;
    EXPECT_EQ(to_text(*parsed), good);
  }
  const auto not_hex = std::string(64, 'g'), too_long = std::string(65, 'a');
  for (const auto& wrong :
       {std::string{}, std::string{"abc"}, not_hex, too_long, hash + ":deleted", "7:" + hash, company + ":" + hash,
        company + ":0:" + hash, company + ":-1:" + hash, company + ":7x:" + hash, company + ":7:" + not_hex,
        company + ":7:" + hash + ":erased", ":7:" + hash, company + ":7:7:" + hash})
    EXPECT_FALSE(parse_expected_head(wrong)) << wrong;
}

}  // namespace
