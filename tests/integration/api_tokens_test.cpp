// Keys of programs (protocol §3): shown once, with a role of their own, revoked at once.
#include "tests/integration/exact_end.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <utility>

namespace chatmesh::test {

namespace {

class ApiTokens : public server_test {
protected:
  // Every byte that the server keeps.
  std::string stored() {
    std::string all;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(server().folder())) {
      if (!entry.is_regular_file())
        continue;
      std::ifstream file{entry.path(), std::ios::binary};
      all.append(std::istreambuf_iterator<char>{file}, {});
    }
    return all;
  }
};

const std::vector<std::string> shown{"created_at", "id", "last_used_at", "name", "role"};

}  // namespace

class SqliteApiTokens : public ApiTokens {};

TEST_F(SqliteApiTokens, ASecretIsShownOnceAndNeverStored) {
  auto owner = sign_up(port(), "Acme", "Ada");
  const auto answer = owner.post("/api_tokens", json{{"name", "Importer"}, {"role", "admin"}});
  ASSERT_EQ(answer.status, 201) << answer.body;
  const auto made = answer.value();
  const auto secret = made.at("token").get<std::string>();
  EXPECT_GE(secret.size(), 43U) << "256 bits";
  EXPECT_EQ(names_of(without(made, {"token"})), shown);
  EXPECT_EQ(made.at("role"), "admin");
  EXPECT_TRUE(made.at("last_used_at").is_null());
  EXPECT_FALSE(answer.header("Chatmesh-Cursor")) << "no stream tells of it";
  const auto path = "/api_tokens/" + made.at("id").get<std::string>();
  EXPECT_EQ(answer.header("Location"), "/api/v1" + owner.path() + path);

  EXPECT_EQ(owner.read(path), without(made, {"token"}));
  EXPECT_EQ(owner.read_list("/api_tokens"), json::array({without(made, {"token"})}));
  EXPECT_EQ(owner.read("/api_tokens").at("cursor"), owner.head());
  const auto kept = stored();
  EXPECT_NE(kept.find("Importer"), std::string::npos);
  EXPECT_EQ(kept.find(secret), std::string::npos);
  EXPECT_EQ(server().log().find(secret), std::string::npos);
}

TEST_F(ApiTokens, AReplayKeepsTheSecret) {
  auto owner = sign_up(port(), "Acme", "Ada");
  const header_list key{{"Idempotency-Key", random_token()}};
  const auto first = owner.post("/api_tokens", json{{"name", "Importer"}}, key);
  const auto again = owner.post("/api_tokens", json{{"name", "Importer"}}, key);
  EXPECT_EQ(again.status, 201);
  EXPECT_EQ(again.header("Idempotency-Replayed"), "true");
  EXPECT_EQ(again.value(), without(first.value(), {"token"}));
  EXPECT_EQ(owner.read_list("/api_tokens").size(), 1U);
}

TEST_F(ApiTokens, FaultsOfABodyAreNamed) {
  auto owner = sign_up(port(), "Acme", "Ada");
  const auto answer = owner.post("/api_tokens", json{{"name", " "}, {"role", "king"}, {"scope", "all"}});
  EXPECT_EQ(answer.status, 422);
  std::vector<std::string> pointers;
  const auto problem = answer.value();
  for (const auto& fault : problem.at("errors"))
    pointers.push_back(fault.at("pointer"));
  EXPECT_EQ(pointers, (std::vector<std::string>{"/name", "/role", "/scope"}));
  EXPECT_EQ(owner.create("/api_tokens", {{"name", "x"}}).object.at("role"), "agent") << "the least, unless asked for";
}

TEST_F(ApiTokens, OnlyOwnersMakeAndRevokeAnOwners) {
  team all{port()};
  EXPECT_EQ(all.admin.post("/api_tokens", json{{"name", "x"}, {"role", "owner"}}).status, 403);
  EXPECT_EQ(all.agent.post("/api_tokens", json{{"name", "x"}, {"role", "agent"}}).status, 403);
  program power{all.owner, "Power", "owner"}, helper{all.owner, "Helper", "admin"};
  EXPECT_EQ(helper.post("/api_tokens", json{{"name", "x"}, {"role", "owner"}}).status, 403);
  EXPECT_EQ(all.admin.del(power.token_path()).status, 403);
  EXPECT_EQ(all.admin.del(helper.token_path()).status, 204);
  EXPECT_EQ(all.admin.del(helper.token_path()).status, 404);
  EXPECT_EQ(all.owner.del(power.token_path()).status, 204);
}

TEST_F(ApiTokens, WritesAreToldAsTheTokensAndSignedByWhoMadeIt) {
  team all{port()};
  program importer{all.admin, "Importer"};
  const auto stream = all.owner.open_stream();
  const auto customer = importer.create("/customers", {{"name", "Grace"}});
  expect_event(*stream, customer.cursor, "customer.created", customer.object, importer.by());
  const json about{{"customer_id", customer.object.at("id")}, {"body", "x"}};
  const auto note = importer.create("/notes", about), message = importer.create("/messages", about);
  expect_event(*stream, note.cursor, "note.created", note.object, importer.by());
  expect_event(*stream, message.cursor, "message.created", message.object, importer.by());
  EXPECT_EQ(note.object.at("author"), all.admin.self());
  EXPECT_EQ(
      message.object.at("author"),
      (json{{"kind", "employee"}, {"id", all.admin.employee_id()}, {"name", "Bob Admin"}, {"avatar_url", nullptr}}));
  EXPECT_EQ(importer.read("/notes/" + note.object.at("id").get<std::string>()), note.object);
}

TEST_F(ApiTokens, HaveNoProfileToEdit) {
  team all{port()};
  program agent{all.admin, "Agent"}, admin{all.admin, "Admin", "admin"};
  const auto maker = "/employees/" + all.admin.employee_id();
  EXPECT_EQ(agent.patch(maker, json{{"title", "x"}}).status, 403);
  EXPECT_EQ(admin.patch(maker, json{{"title", "x"}}).status, 200);
}

TEST_F(ApiTokens, ReadStreamsAsNobodyInPerson) {
  team all{port()};
  program reader{all.owner, "Reader"};
  const auto watching = all.owner.open_stream();
  const auto stream = reader.open_stream();
  EXPECT_TRUE(stream->wait_for_event("hello").value().at("employee_id").is_null());
  EXPECT_TRUE(reader.read("/snapshot").at("me").is_null());
  EXPECT_EQ(reader.read("/presence").at("online"), json::array({all.owner.employee_id()}));

  const auto own = reader.create("/customers", {{"name", "Own"}});
  const auto from_another_tab = reader.another_tab().create("/customers", {{"name", "Other"}});
  expect_skipped(*stream, own.cursor);
  stream->wait_for_id(from_another_tab.cursor);
  const auto makers = mark(all.owner);
  stream->wait_for_id(makers);
  watching->wait_for_id(own.cursor);
  EXPECT_EQ(reader.read("/changes?cursor=0").at("cursor"), makers);
  // Who hears of the typing has heard everything before it.
  reader.post("/typing", json{{"customer_id", own.object.at("id")}});
  const auto typing = watching->wait_for_event("typing").value();
  EXPECT_EQ(typing.at("by"), reader.by());
  for (const auto& told : heard(*watching, "presence"))
    EXPECT_EQ(told.dump().find(reader.token_id()), std::string::npos);
}

TEST_F(ApiTokens, ARevokedTokenEndsAtOnceWithItsStreams) {
  team all{port()};
  program gone{all.owner, "Gone"}, stays{all.owner, "Stays"};
  const auto first = gone.open_stream(), second = gone.another_tab().open_stream(), other = stays.open_stream();
  const auto before = mark(all.owner);
  EXPECT_EQ(all.admin.del(gone.token_path()).status, 204);
  const auto after = mark(all.owner);
  for (const auto* stream : {first.get(), second.get()}) {
    EXPECT_EQ(farewell(*stream), "token_revoked");
    EXPECT_LT(last_seq(*stream), seq_of(after));
  }
  other->wait_for_id(after);
  for (const auto* path : {"", "/customers", "/changes?cursor=0", "/snapshot", "/api_tokens"})
    EXPECT_EQ(gone.get(path).status, 401) << path;
  EXPECT_EQ(gone.post("/customers", json{{"name", "x"}}).status, 401);
  EXPECT_THROW(gone.open_stream_from(before), format_error);
  EXPECT_EQ(stays.get("").status, 200);
  EXPECT_EQ(all.owner.read_list("/api_tokens").size(), 1U);
}

TEST_F(ApiTokens, NothingAboveItsEndReachesATokensStream) {
  team all{port()};
  const auto open = [&](stream_options options) {
    auto reader = std::make_shared<program>(all.owner, "Reader");
    auto stream = reader->open_stream(std::move(options));
    return std::pair{std::move(stream), [&all, reader] { return all.owner.del(reader->token_path()).status; }};
  };
  expect_exact_end(all, open, "token_revoked");
  expect_exact_end_of_slow_reader(all, open, "token_revoked");
}

TEST_F(ApiTokens, AreNoSessionAndGoodForOneCompany) {
  auto owner = sign_up(port(), "Acme", "Ada"), other = sign_up(port(), "Other", "Olga");
  program power{owner, "Power", "owner"};
  EXPECT_EQ(power.api().call("GET", "/sessions/current").status, 401);
  EXPECT_EQ(power.api().call("DELETE", "/sessions/current").status, 401);
  EXPECT_EQ(power.api().call("POST", "/companies", json{{"name", "x"}}).status, 401);
  EXPECT_EQ(power.api().call("GET", other.path()).status, 404);
  EXPECT_EQ(power.api().call("POST", other.path() + "/customers", json{{"name", "x"}}).status, 404);
  EXPECT_EQ(power.api().call("GET", "/widget/messages").status, 401);
  EXPECT_EQ(other.del(power.token_path()).status, 404);
  EXPECT_EQ(other.get(power.token_path()).status, 404);
  EXPECT_EQ(power.get("").status, 200);
}

TEST_F(ApiTokens, TellWhenTheyWereUsed) {
  auto owner = sign_up(port(), "Acme", "Ada");
  program reads{owner, "Reads"}, writes{owner, "Writes"}, never{owner, "Never"};
  EXPECT_EQ(reads.get("").status, 200);
  mark(writes);
  EXPECT_TRUE(owner.read(never.token_path()).at("last_used_at").is_null());
  const auto used = owner.read(reads.token_path()).at("last_used_at").get<std::string>();
  EXPECT_GE(used, reads.self().at("created_at").get<std::string>());
  EXPECT_FALSE(owner.read(writes.token_path()).at("last_used_at").is_null());
  EXPECT_EQ(reads.get("").status, 200);
  EXPECT_EQ(owner.read(reads.token_path()).at("last_used_at"), used) << "once in a minute is enough";
}

TEST_F(ApiTokens, EndWithTheMembershipOfWhoMadeThem) {
  team all{port()};
  program importer{all.admin, "Importer"}, stays{all.owner, "Stays"};
  const auto stream = importer.open_stream(), other = stays.open_stream();
  const auto removal = all.owner.remove("/employees/" + all.admin.employee_id());
  const auto after = mark(all.owner);
  EXPECT_EQ(farewell(*stream), "token_revoked");
  EXPECT_LE(last_seq(*stream), seq_of(removal));
  other->wait_for_id(after);
  EXPECT_EQ(importer.get("").status, 401);
  EXPECT_EQ(importer.post("/customers", json{{"name", "x"}}).status, 401);
  EXPECT_EQ(all.owner.read_list("/api_tokens").size(), 1U);
}

TEST_F(ApiTokens, HaveNoMorePowerThanWhoMadeThemHasNow) {
  team all{port()};
  program helper{all.admin, "Helper", "admin"};
  const auto agent = [&] { return helper.post("/api_tokens", json{{"name", "x"}, {"role", "agent"}}).status; };
  EXPECT_EQ(agent(), 201);
  all.owner.merge("/employees/" + all.admin.employee_id(), {{"role", "agent"}});
  EXPECT_EQ(agent(), 403);
  EXPECT_EQ(helper.get("").status, 200);
}

TEST_F(ApiTokens, HaveAsManyStreamsAsAMemberEach) {
  with({"--limits.streams-per-member=2"});
  auto owner = sign_up(port(), "Acme", "Ada");
  program one{owner, "One"}, two{owner, "Two"};
  const auto first = one.open_stream(), second = one.open_stream(), third = one.open_stream();
  EXPECT_EQ(farewell(*third), "too_many_streams");
  const auto others = two.open_stream(), owners = owner.another_tab().open_stream();
  const auto marker = mark(owner);
  for (const auto* stream : {first.get(), second.get(), others.get(), owners.get()})
    stream->wait_for_id(marker);
  first->drop();
  eventually("a place for another stream", [&] { return one.open_stream()->frames().front().event == "hello"; });
}

TEST_F(ApiTokens, EndWithTheirCompany) {
  auto owner = sign_up(port(), "Acme", "Ada");
  program reader{owner, "Reader"};
  const auto stream = reader.open_stream();
  const auto end = owner.remove("");
  EXPECT_EQ(farewell(*stream), "company_deleted");
  stream->wait_for_id(end);
  EXPECT_EQ(reader.get("").status, 401);
  EXPECT_EQ(reader.post("/customers", json{{"name", "x"}}).status, 401);
}

TEST_F(ApiTokens, OutliveARestart) {
  auto owner = sign_up(port(), "Acme", "Ada");
  program lives{owner, "Lives"}, revoked{owner, "Revoked"};
  const auto cursor = mark(owner);
  EXPECT_EQ(owner.del(revoked.token_path()).status, 204);
  EXPECT_EQ(server().terminate(), 0);
  server().start();
  for (member* each : {&owner, static_cast<member*>(&lives), static_cast<member*>(&revoked)})
    each->api().http().close();
  EXPECT_EQ(revoked.get("").status, 401);
  const auto stream = lives.open_stream_from(cursor);
  stream->wait_for_id(mark(owner));
}

}  // namespace chatmesh::test
