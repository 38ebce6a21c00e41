// Changes go by ordinary POST, PUT and DELETE, and are broadcast only after success: a failed or rolled-back write
// makes no event and burns no `seq`.
#include "tests/integration/fixture.hpp"

#include <atomic>
#include <thread>

namespace chatmesh::test {

namespace {

class Acceptance3 : public server_test {};

}  // namespace

TEST_F(Acceptance3, AFailedWriteMakesNoEventAndBurnsNoSeq) {
  team all{port()};
  const auto stream = all.agent.open_stream();
  const auto note = all.owner.create("/customers", {{"name", "Grace"}}).object;
  const auto path = "/customers/" + note.at("id").get<std::string>();
  const auto before = seq_of(all.owner.head());

  const auto unknown = "/customers/018f0000-0000-7000-8000-000000000000";
  EXPECT_EQ(all.owner.post("/customers", json{{"name", ""}}).status, 422);
  EXPECT_EQ(all.owner.post("/customers", json{{"name", "x"}, {"colour", "red"}}).status, 422);
  EXPECT_EQ(all.owner.post("/notes", json{{"customer_id", unknown}, {"body", "x"}}).status, 422);
  EXPECT_EQ(all.owner.post("/customers", full_customer("x", "018f0000-0000-7000-8000-000000000000")).status, 422);
  EXPECT_EQ(all.owner.put(path, json{{"name", "Other"}}, {{"If-Match", "\"7\""}}).status, 412);
  EXPECT_EQ(all.owner.put(path, json{{"tags", "none"}}).status, 422);
  EXPECT_EQ(all.owner.patch(unknown, json{{"name", "x"}}).status, 404);
  EXPECT_EQ(all.owner.del(unknown).status, 404);
  EXPECT_EQ(all.owner.del(path, {{"If-Match", "\"7\""}}).status, 412);
  EXPECT_EQ(all.agent.post("/employees", json{{"name", "x"}, {"email", "x@example.com"}}).status, 403);
  EXPECT_EQ(all.owner.del("/employees/" + all.owner.employee_id()).status, 409);
  EXPECT_EQ(post_text(all.owner, "/customers", "{\"name\":").status, 400);

  EXPECT_EQ(all.owner.read(path), note);
  const auto marker = mark(all.owner);
  EXPECT_EQ(seq_of(marker), before + 1);
  stream->wait_for_id(marker);
  for (const auto& frame : stream->events())
    EXPECT_TRUE(frame.value().at("seq") <= before || frame.id == marker) << frame.data;
}

TEST_F(Acceptance3, AWriteThatChangesNothingMakesNoEvent) {
  auto owner = sign_up(port(), "Acme", "Ada");
  const auto customer = owner.create("/customers", full_customer("Grace", owner.employee_id()));
  const auto path = "/customers/" + customer.object.at("id").get<std::string>();
  const auto note = owner.create("/notes",
                                 {{"customer_id", customer.object.at("id")}, {"body", "x"}, {"pinned", true}});
  const auto message = owner.create("/messages", {{"customer_id", customer.object.at("id")}, {"body", "x"}});
  const auto before = owner.head();
  for (const auto& p :
       {path, "/notes/" + note.object.at("id").get<std::string>(), std::string{},
        "/messages/" + message.object.at("id").get<std::string>(), "/employees/" + owner.employee_id()}) {
    const auto object = owner.read(p);
    const auto put = owner.replace(p, object);
    EXPECT_EQ(put.object, object) << p;
    EXPECT_EQ(put.cursor, "") << p;
    const auto patched = owner.merge(p, json::object());
    EXPECT_EQ(patched.object, object) << p;
    EXPECT_EQ(patched.cursor, "") << p;
  }
  EXPECT_EQ(owner.head(), before);
}

TEST_F(Acceptance3, FailingWritesHarmNoneThatRunBesideThem) {
  constexpr int writers = 6, rounds = 40;
  auto owner = sign_up(port(), "Acme", "Ada");
  const auto stream = owner.another_tab().open_stream();
  const auto before = seq_of(owner.head());
  std::atomic<int> failed = 0;
  std::vector<std::vector<written>> made(writers);
  std::vector<std::thread> threads;
  for (int w = 0; w < writers; ++w) {
    threads.emplace_back([&, w, tab = owner.another_tab()]() mutable {
      for (int i = 0; i < rounds; ++i) {
        if ((i + w) % 2 == 0)
          failed += tab.post("/customers", full_customer("x", "018f0000-0000-7000-8000-000000000000")).status == 422;
        else
          made[w].push_back(tab.create("/customers", {{"name", "Customer " + std::to_string(i)}}));
      }
    });
  }
  for (auto& t : threads)
    t.join();

  EXPECT_EQ(failed, writers * rounds / 2);
  EXPECT_EQ(seq_of(owner.head()), before + writers * rounds / 2);
  for (const auto& list : made)
    for (const auto& w : list)
      expect_event(*stream, w.cursor, "customer.created", w.object, owner.by());
}

TEST_F(Acceptance3, WhoHearsOfAChangeCanReadIt) {
  team all{port()};
  const auto stream = all.agent.open_stream();
  for (int i = 0; i < 20; ++i) {
    const auto customer = all.owner.create("/customers", {{"name", "Customer " + std::to_string(i)}});
    const auto heard_of = stream->wait_for_id(customer.cursor).value().at("object");
    EXPECT_EQ(all.agent.read("/customers/" + heard_of.at("id").get<std::string>()), heard_of);
  }
}

}  // namespace chatmesh::test
