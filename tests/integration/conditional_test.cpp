// Conditional writes under contention (protocol §1): whoever has an old version is told the present one, and no change
// is lost unknowingly.
#include "tests/integration/fixture.hpp"

#include <atomic>
#include <barrier>
#include <thread>

namespace chatmesh::test {

namespace {

constexpr int editors = 50;

class Conditional : public server_test {
protected:
  // What each of them does to the customer that they see.
  static json edited(json customer, int editor) {
    customer["attributes"]["editor" + std::to_string(editor)] = true;
    customer["tags"].push_back("t" + std::to_string(editor));
    return customer;
  }
};

}  // namespace

TEST_F(Conditional, FiftyConcurrentEditorsLoseNoUpdate) {
  team all{port()};
  const auto made = all.owner.create("/customers", {{"name", "Grace"}});
  const auto path = "/customers/" + made.object.at("id").get<std::string>();
  const auto stream = all.owner.open_stream_from(made.cursor);
  std::barrier start{editors};
  std::atomic<int> mismatches = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < editors; ++i) {
    threads.emplace_back([&, i, who = all.all()[static_cast<std::size_t>(i) % 3]->another_tab()]() mutable {
      json seen = made.object;
      std::string tag = made.etag;
      start.arrive_and_wait();
      for (;;) {
        const auto answer = who.put(path, edited(seen, i), {{"If-Match", tag}});
        if (answer.status == 200)
          return;
        ASSERT_EQ(answer.status, 412) << answer.body;
        ++mismatches;
        // All that the next try needs is in the refusal.
        seen = answer.value().at("current");
        tag = answer.header("ETag").value();
        EXPECT_EQ(tag, "\"" + std::to_string(seen.at("version").get<int>()) + "\"");
      }
    });
  }
  for (auto& t : threads)
    t.join();
  EXPECT_GT(mismatches, 0) << "nobody met anybody";

  const auto last = all.owner.read(path);
  EXPECT_EQ(last.at("version"), editors + 1);
  EXPECT_EQ(last.at("tags").size(), static_cast<std::size_t>(editors));
  EXPECT_EQ(last.at("attributes").size(), static_cast<std::size_t>(editors));
  const auto marker = mark(all.admin);
  stream->wait_for_id(marker);
  EXPECT_EQ(seq_of(marker), seq_of(made.cursor) + editors + 1) << "a refused write made an event";
}

TEST_F(Conditional, ARefusalHasTheCompleteCurrentObject) {
  team all{port()};
  const auto customer = all.owner.create("/customers", full_customer("Grace", all.agent.employee_id()));
  const auto id = customer.object.at("id").get<std::string>();
  const json about{{"customer_id", id}, {"body", "x"}};
  const auto path_of = [](const std::string& collection, const written& w) {
    return collection + "/" + w.object.at("id").get<std::string>();
  };
  const std::string paths[] = {"", "/employees/" + all.agent.employee_id(), "/customers/" + id,
                               path_of("/notes", all.owner.create("/notes", about)),
                               path_of("/messages", all.owner.create("/messages", about))};
  for (const auto& path : paths) {
    SCOPED_TRACE(path);
    const auto present = all.owner.get(path);
    for (const auto* method : {"PUT", "PATCH", "DELETE"}) {
      const auto body = method == std::string{"DELETE"} ? std::optional<json>{} : present.value();
      const header_list conditions{
          {"If-Match", "\"77\""}, {"If-None-Match", "*"}, {"If-None-Match", present.header("ETag").value()}};
      for (const auto& condition : conditions) {
        const auto refused = all.owner.call(method, path, body, {condition});
        EXPECT_EQ(refused.status, 412) << condition.first << ": " << condition.second;
        EXPECT_EQ(refused.header("Content-Type"), "application/problem+json");
        EXPECT_EQ(refused.value().at("current"), present.value());
        EXPECT_EQ(refused.header("ETag"), present.header("ETag"));
        EXPECT_EQ(refused.value().at("code"), "version_mismatch");
      }
    }
    EXPECT_EQ(all.owner.get(path).value(), present.value());
  }
}

}  // namespace chatmesh::test
