// Who may do what (protocol §3, "Roles").
#include "tests/integration/fixture.hpp"

namespace chatmesh::test {

namespace {

class Roles : public server_test {
protected:
  // Asks for a change of each member's; answers the statuses for owner, admin and agent.
  using statuses = std::vector<int>;
  statuses by_role(const std::string& method, const std::string& path, const std::optional<json>& body = {}) {
    statuses all;
    for (auto* m : team_.all())
      all.push_back(m->call(method, path, body).status);
    return all;
  }

  std::string make(member& author, const std::string& collection, const json& body) {
    return collection + "/" + author.create(collection, body).object.at("id").get<std::string>();
  }
  std::string note_of(member& author) { return make(author, "/notes", {{"customer_id", customer_}, {"body", "x"}}); }
  std::string message_of(member& author) {
    return make(author, "/messages", {{"customer_id", customer_}, {"body", "x"}});
  }
  std::string employee_with(const std::string& role) {
    return make(team_.owner, "/employees", {{"name", "x"}, {"email", new_email("x")}, {"role", role}});
  }

  team team_{port()};
  std::string customer_ = team_.owner.create("/customers", {{"name", "Grace"}}).object.at("id");
};

const json text{{"body", "changed"}};

}  // namespace

TEST_F(Roles, EveryMemberReadsEverythingAndWritesCustomers) {
  for (const auto* path : {"", "/employees", "/customers", "/notes", "/messages", "/snapshot", "/changes", "/presence"})
    EXPECT_EQ(by_role("GET", path), (statuses{200, 200, 200})) << path;
  EXPECT_EQ(by_role("POST", "/customers", json{{"name", "x"}}), (statuses{201, 201, 201}));
  EXPECT_EQ(by_role("PATCH", "/customers/" + customer_, json{{"name", "y"}}), (statuses{200, 200, 200}));
}

TEST_F(Roles, ANoteIsItsAuthorsAndTheAdmins) {
  auto other = invite(team_.owner, "Another Agent");
  const auto note = note_of(other);
  EXPECT_EQ(by_role("PATCH", note, text), (statuses{200, 200, 403}));
  EXPECT_EQ(team_.agent.put(note, json{{"customer_id", customer_}, {"body", "x"}}).status, 403);
  EXPECT_EQ(team_.agent.del(note).status, 403);
  EXPECT_EQ(other.patch(note, json{{"pinned", true}}).status, 200);
  EXPECT_EQ(other.del(note).status, 204);
}

TEST_F(Roles, AnOutboundMessageIsItsAuthorsAndTheAdmins) {
  auto other = invite(team_.owner, "Another Agent");
  const auto message = message_of(other);
  EXPECT_EQ(by_role("PATCH", message, text), (statuses{200, 200, 403}));
  EXPECT_EQ(other.patch(message, json{{"body", "again"}}).status, 200);
  EXPECT_EQ(team_.agent.del(message).status, 403);
}

TEST_F(Roles, NobodyEditsAnInboundMessageAndAdminsMayDeleteOne) {
  visitor grace{port(), team_.owner.read("").at("widget_key"), {{"name", "Grace"}}};
  const auto message = "/messages/" + grace.say("Hello").object.at("id").get<std::string>();
  EXPECT_EQ(by_role("PATCH", message, text), (statuses{403, 403, 403}));
  EXPECT_EQ(team_.agent.del(message).status, 403);
  EXPECT_EQ(team_.admin.del(message).status, 204);
}

TEST_F(Roles, EmployeesAreForAdminsAndOwnersForOwners) {
  const json someone{{"name", "x"}, {"email", new_email("x")}}, profile{{"title", "x"}};
  EXPECT_EQ(team_.agent.post("/employees", someone).status, 403);
  EXPECT_EQ(by_role("POST", "/employees", json{{"name", ""}}), (statuses{422, 422, 403})) << "the right comes first";
  EXPECT_EQ(by_role("PATCH", "", json{{"name", ""}}), (statuses{422, 422, 403}));
  EXPECT_EQ(team_.admin.post("/employees", json{{"name", "x"}, {"email", new_email("x")}, {"role", "owner"}}).status,
            403);
  EXPECT_EQ(by_role("PATCH", employee_with("agent"), profile), (statuses{200, 200, 403}));
  EXPECT_EQ(by_role("PATCH", employee_with("owner"), json{{"phone", "1"}}), (statuses{200, 403, 403}));
  EXPECT_EQ(team_.admin.patch(employee_with("agent"), json{{"role", "owner"}}).status, 403);
  EXPECT_EQ(team_.admin.del(employee_with("owner")).status, 403);
  EXPECT_EQ(team_.agent.del(employee_with("agent")).status, 403);
  EXPECT_EQ(team_.admin.del(employee_with("admin")).status, 204);
  EXPECT_EQ(team_.owner.del(employee_with("owner")).status, 204);
}

TEST_F(Roles, EverybodyWritesTheirOwnProfileButTheRole) {
  const auto own = "/employees/" + team_.agent.employee_id();
  EXPECT_EQ(team_.agent.patch(own, json{{"phone", "1"}}).status, 200);
  EXPECT_EQ(team_.agent.patch(own, json{{"role", "admin"}}).status, 403);
  auto same = team_.agent.read(own);
  same["title"] = "x";
  EXPECT_EQ(team_.agent.put(own, same).status, 200);
}

TEST_F(Roles, TheCompanyIsForAdminsAndItsEndForOwners) {
  EXPECT_EQ(team_.agent.patch("", json{{"name", "x"}}).status, 403);
  EXPECT_EQ(team_.admin.patch("", json{{"name", "x"}}).status, 200);
  EXPECT_EQ(team_.owner.put("", json{{"name", "y"}}).status, 200);
  EXPECT_EQ(team_.agent.del("").status, 403);
  EXPECT_EQ(team_.admin.del("").status, 403);
  EXPECT_EQ(team_.owner.del("").status, 204);
}

TEST_F(Roles, TheLastOwnerStays) {
  const auto owner = "/employees/" + team_.owner.employee_id();
  const auto refused = team_.owner.del(owner);
  EXPECT_EQ(refused.status, 409);
  EXPECT_EQ(refused.value().at("code"), "last_owner");
  EXPECT_EQ(team_.owner.patch(owner, json{{"role", "admin"}}).status, 409);
  const auto invited = employee_with("owner");
  EXPECT_EQ(team_.owner.del(owner).status, 409) << "somebody who is only invited is none yet";
  EXPECT_EQ(team_.owner.del(invited).status, 204);

  team_.owner.merge("/employees/" + team_.admin.employee_id(), {{"role", "owner"}});
  EXPECT_EQ(team_.owner.patch(owner, json{{"role", "agent"}}).status, 200);
  EXPECT_EQ(team_.owner.patch("", json{{"name", "x"}}).status, 403) << "a role counts at once";
}

TEST_F(Roles, AnEndedMembershipCountsAtOnce) {
  team_.owner.remove("/employees/" + team_.agent.employee_id());
  EXPECT_EQ(team_.agent.get("").status, 404);
  EXPECT_EQ(team_.agent.post("/customers", json{{"name", "x"}}).status, 404);
}

}  // namespace chatmesh::test
