// PUT, PATCH, DELETE, their conditions, and writes that are repeated (protocol §1).
#include "tests/integration/fixture.hpp"

namespace chatmesh::test {

namespace {

class Writes : public server_test {
protected:
  std::string customer_path(const written& w) { return "/customers/" + w.object.at("id").get<std::string>(); }

  member owner_ = sign_up(port(), "Acme", "Ada");
  written customer_ = owner_.create("/customers", full_customer("Grace"));
  std::string path_ = customer_path(customer_);
};

}  // namespace

TEST_F(Writes, PutReplacesAllFields) {
  const auto made = owner_.replace(path_, {{"name", "Grace H."}}).object;
  for (const auto* name : {"email", "phone", "avatar_url", "organization", "assigned_employee_id", "assigned_employee"})
    EXPECT_TRUE(made.at(name).is_null()) << name;
  EXPECT_EQ(made.at("status"), "open");
  EXPECT_EQ(made.at("tags"), json::array());
  EXPECT_EQ(made.at("attributes"), json::object());
  EXPECT_EQ(made.at("created_at"), customer_.object.at("created_at"));
  EXPECT_EQ(owner_.put(path_, json{{"phone", "1"}}).status, 422) << "a name is required";
  EXPECT_EQ(owner_.put("/employees/" + owner_.employee_id(), json{{"name", "x"}}).status, 422)
      << "an employee's role is required";
}

TEST_F(Writes, PatchMerges) {
  const auto made = owner_.merge(path_, {{"phone", nullptr}, {"attributes", {{"plan", nullptr}, {"rank", 3}}}}).object;
  EXPECT_TRUE(made.at("phone").is_null());
  EXPECT_EQ(made.at("email"), customer_.object.at("email"));
  EXPECT_EQ(made.at("attributes"), (json{{"seats", 12}, {"trial", false}, {"score", 0.5}, {"rank", 3}}));
  const auto typed = owner_.call("PATCH", path_, json{{"phone", "2"}},
                                 {{"Content-Type", "application/merge-patch+json"}});
  EXPECT_EQ(typed.status, 200);
  EXPECT_EQ(owner_.put(path_, json{{"name", "x"}}, {{"Content-Type", "application/merge-patch+json"}}).status, 415);
}

TEST_F(Writes, ACustomerOfANoteCanNotChange) {
  const auto other = owner_.create("/customers", {{"name", "Alan"}}).object.at("id");
  const auto note = owner_.create("/notes", {{"customer_id", customer_.object.at("id")}, {"body", "x"}}).object;
  const auto refused = owner_.put("/notes/" + note.at("id").get<std::string>(),
                                  json{{"customer_id", other}, {"body", "x"}});
  EXPECT_EQ(refused.status, 422);
  EXPECT_EQ(refused.value().at("errors").at(0).at("code"), "immutable");
}

TEST_F(Writes, ConditionsCompareTheVersion) {
  EXPECT_EQ(customer_.etag, "\"1\"");
  const json change{{"phone", "1"}};
  const auto refused = owner_.patch(path_, change, {{"If-Match", "\"2\""}});
  EXPECT_EQ(refused.status, 412);
  EXPECT_EQ(refused.header("ETag"), "\"1\"");
  EXPECT_EQ(refused.value().at("current"), customer_.object);
  EXPECT_EQ(owner_.patch(path_, change, {{"If-Match", "\"1\""}}).status, 200);
  EXPECT_EQ(owner_.patch(path_, json{{"phone", "2"}}, {{"If-Match", "W/\"2.7\""}}).status, 200);
  EXPECT_EQ(owner_.patch(path_, json{{"phone", "3"}}, {{"If-Match", "*"}}).status, 200);
  EXPECT_EQ(owner_.del(path_, {{"If-Match", "\"1\""}}).status, 412);
  EXPECT_EQ(owner_.del(path_, {{"If-Match", "\"4\""}}).status, 204);
}

TEST_F(Writes, AReadOfWhatOneHasIsNotModified) {
  const auto answer = owner_.get(path_);
  const auto tag = answer.header("ETag").value_or("");
  EXPECT_EQ(owner_.get(path_, {{"If-None-Match", tag}}).status, 304);
  EXPECT_EQ(owner_.get(path_, {{"If-None-Match", "\"9\", " + tag}}).status, 304);
  owner_.merge(path_, {{"phone", "1"}});
  EXPECT_EQ(owner_.get(path_, {{"If-None-Match", tag}}).status, 200);
}

TEST_F(Writes, ATagChangesWithTheEmbeddedEmployee) {
  const auto made = owner_.create("/customers", full_customer("Alan", owner_.employee_id()));
  const auto path = customer_path(made);
  EXPECT_EQ(made.etag, "\"1.1\"");
  owner_.merge("/employees/" + owner_.employee_id(), {{"title", "x"}});
  const auto now = owner_.get(path, {{"If-None-Match", made.etag}});
  EXPECT_EQ(now.status, 200);
  EXPECT_EQ(now.header("ETag"), "\"1.2\"");
  EXPECT_EQ(owner_.patch(path, json{{"phone", "1"}}, {{"If-Match", made.etag}}).status, 200)
      << "its own version is the same";
}

TEST_F(Writes, ARepeatedPostIsDoneOnce) {
  const header_list key{{"Idempotency-Key", "once-1"}};
  const auto stream = owner_.another_tab().open_stream();
  const auto first = owner_.post("/customers", json{{"name", "Once"}}, key);
  const auto again = owner_.post("/customers", json{{"name", "Once"}}, key);
  EXPECT_EQ(first.status, 201);
  EXPECT_FALSE(first.header("Idempotency-Replayed"));
  EXPECT_EQ(again.status, 201);
  EXPECT_EQ(again.header("Idempotency-Replayed"), "true");
  EXPECT_EQ(again.body, first.body);
  EXPECT_EQ(again.cursor(), first.cursor());
  EXPECT_EQ(again.header("ETag"), first.header("ETag"));
  EXPECT_EQ(owner_.head(), first.cursor());

  const auto other = owner_.post("/customers", json{{"name", "Other"}}, key);
  EXPECT_EQ(other.status, 422);
  EXPECT_EQ(other.value().at("code"), "idempotency_mismatch");
  EXPECT_EQ(owner_.post("/notes", json{{"customer_id", customer_.object.at("id")}, {"body", "x"}}, key).status, 422);

  auto colleague = invite(owner_, "Cy");
  const auto own = colleague.post("/customers", json{{"name", "Once"}}, key);
  EXPECT_EQ(own.status, 201);
  EXPECT_NE(own.value().at("id"), first.value().at("id")) << "a key is its author's";
}

TEST_F(Writes, AFailedPostMayBeRepeatedWithItsKey) {
  const header_list key{{"Idempotency-Key", "once-2"}};
  EXPECT_EQ(owner_.post("/customers", json{{"name", ""}}, key).status, 422);
  EXPECT_EQ(owner_.post("/customers", json{{"name", "Better"}}, key).status, 201);
}

TEST_F(Writes, AReplayNeedsTheAuthorityThatTheWriteNeeded) {
  auto colleague = invite(owner_, "Cy");
  const header_list key{{"Idempotency-Key", "once-3"}};
  EXPECT_EQ(colleague.post("/customers", json{{"name", "x"}}, key).status, 201);
  owner_.remove("/employees/" + colleague.employee_id());
  EXPECT_EQ(colleague.post("/customers", json{{"name", "x"}}, key).status, 404);
}

TEST_F(Writes, AReplayedInvitationKeepsItsSecret) {
  const header_list key{{"Idempotency-Key", "once-4"}};
  const json someone{{"name", "Cy"}, {"email", new_email("cy")}};
  const auto first = owner_.post("/employees", someone, key);
  ASSERT_EQ(first.status, 201);
  const auto token = first.value().at("invitation").at("token").get<std::string>();
  const auto again = owner_.post("/employees", someone, key);
  EXPECT_EQ(again.status, 201);
  EXPECT_EQ(again.value().at("id"), first.value().at("id"));
  EXPECT_EQ(again.body.find(token), std::string::npos);
}

TEST_F(Writes, AnAnswerNamesTheEventThatItMade) {
  const auto before = seq_of(owner_.head());
  EXPECT_EQ(seq_of(owner_.merge(path_, {{"phone", "1"}}).cursor), before + 1);
  EXPECT_EQ(owner_.merge(path_, {{"phone", "1"}}).cursor, "");
  EXPECT_EQ(seq_of(owner_.remove(path_)), before + 2);
}

TEST_F(Writes, AnObjectCountsItsVersions) {
  for (int version = 2; version < 6; ++version) {
    const auto made = owner_.merge(path_, {{"phone", std::to_string(version)}});
    EXPECT_EQ(made.object.at("version"), version);
    EXPECT_EQ(made.etag, "\"" + std::to_string(version) + "\"");
    EXPECT_GE(made.object.at("updated_at"), customer_.object.at("updated_at"));
  }
}

}  // namespace chatmesh::test
