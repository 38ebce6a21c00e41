// GET /companies/{c}/audit: who did what, and when, for those who may know.
#include "tests/integration/fixture.hpp"

namespace chatmesh::test {

namespace {

class Audit : public server_test {
protected:
  static std::vector<json> items(member& who, const std::string& query = "?") {
    std::vector<json> all;
    std::string after;
    do {
      const auto page = who.read("/audit" + query + after);
      for (const auto& each : page.at("items"))
        all.push_back(each);
      after = page.at("next").is_null() ? "" : "&after=" + page.at("next").get<std::string>();
    } while (!after.empty());
    return all;
  }
};

}  // namespace

TEST_F(Audit, TellsWhoDidWhatWithBeforeAndAfter) {
  team all{port()};
  const auto made = all.agent.create("/customers", full_customer("Grace"));
  const auto path = "/customers/" + made.object.at("id").get<std::string>();
  const auto changed = all.admin.merge(path, {{"name", "Grace Hopper"}});
  const auto gone = all.owner.remove(path);
  const auto page = all.owner.read("/audit?limit=3");
  EXPECT_EQ(page.at("cursor"), gone);
  EXPECT_FALSE(page.at("next").is_null());
  const json expected[] = {{{"seq", seq_of(gone)},
                            {"type", "customer.deleted"},
                            {"entity", "customer"},
                            {"action", "deleted"},
                            {"object_id", made.object.at("id")},
                            {"by", all.owner.by()},
                            {"before", changed.object},
                            {"after", changed.object}},
                           {{"seq", seq_of(changed.cursor)},
                            {"type", "customer.updated"},
                            {"entity", "customer"},
                            {"action", "updated"},
                            {"object_id", made.object.at("id")},
                            {"by", all.admin.by()},
                            {"before", made.object},
                            {"after", changed.object}},
                           {{"seq", seq_of(made.cursor)},
                            {"type", "customer.created"},
                            {"entity", "customer"},
                            {"action", "created"},
                            {"object_id", made.object.at("id")},
                            {"by", all.agent.by()},
                            {"before", nullptr},
                            {"after", made.object}}};
  ASSERT_EQ(page.at("items").size(), 3U);
  for (std::size_t i = 0; i < 3; ++i)
    EXPECT_EQ(without(page.at("items")[i], {"at"}), expected[i]);
  EXPECT_EQ(page.at("items")[1].at("at"), changed.object.at("updated_at"));
}

TEST_F(Audit, IsPagedAndFiltered) {
  team all{port()};
  const auto made = all.agent.create("/customers", {{"name", "Grace"}});
  for (int i = 0; i < 7; ++i)
    mark(all.agent, std::to_string(i));
  const auto whole = items(all.admin, "?limit=500");
  EXPECT_EQ(whole.size(), seq_of(all.admin.head()));
  EXPECT_EQ(items(all.admin, "?limit=2"), whole);
  EXPECT_EQ(items(all.admin, "?entity=customer").size(), 8U);
  const auto one = items(all.admin, "?object_id=" + made.object.at("id").get<std::string>());
  ASSERT_EQ(one.size(), 1U);
  EXPECT_EQ(one[0].at("after"), made.object);
  EXPECT_TRUE(items(all.admin, "?object_id=none").empty());
  EXPECT_EQ(all.admin.get("/audit?entity=ghost").status, 400);
  EXPECT_EQ(all.admin.get("/audit?after=x").status, 400);
  EXPECT_EQ(all.admin.get("/audit?limit=501").status, 400);
}

TEST_F(Audit, IsForAdminsAndOwnersOfTheCompany) {
  team all{port()};
  EXPECT_EQ(all.owner.get("/audit").status, 200);
  EXPECT_EQ(all.admin.get("/audit").status, 200);
  EXPECT_EQ(all.agent.get("/audit").status, 403);
  EXPECT_EQ(program(all.owner, "p", "admin").get("/audit").status, 200);
  EXPECT_EQ(program(all.owner, "p", "agent").get("/audit").status, 403);
  auto stranger = sign_up(port(), "Other", "Sam");
  EXPECT_EQ(stranger.api().call("GET", all.owner.path() + "/audit").status, 404);
}

// Pruning takes the data and leaves who, what and when.
TEST_F(Audit, OutlivesTheEvents) {
  with({"--retention.events=2", "--retention.age=0s", "--retention.interval=1s"});
  team all{port()};
  const auto made = all.agent.create("/customers", {{"name", "Grace"}});
  for (int i = 0; i < 5; ++i)
    mark(all.agent);
  eventually("the end of the event's data", [&] {
    const auto found = items(all.owner, "?object_id=" + made.object.at("id").get<std::string>());
    return found.size() == 1 && found[0].at("after").is_null();
  });
  const auto whole = items(all.owner, "?limit=4");
  EXPECT_EQ(whole.size(), seq_of(all.owner.head()));
  EXPECT_EQ(whole.back().at("type"), "company.created");
  EXPECT_EQ(whole.back().at("by"), all.owner.by());
  EXPECT_EQ(server().run({"verify"}).status, 0) << server().run({"verify"}).output;
}

}  // namespace chatmesh::test
