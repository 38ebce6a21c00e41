// `kill -9` in the middle of concurrent writes, then a restart: every acknowledged write is there, `seq` has no hole,
// resumed streams get what they missed.
#include "tests/integration/fixture.hpp"
#include "tests/integration/seed.hpp"

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <thread>

namespace chatmesh::test {

namespace {

constexpr int writers = 4;

// What the writers were promised, and what they were left without an answer for.
class ledger {
public:
  void acknowledge(const json& object, const std::string& cursor) {
    const std::lock_guard lock{mutex_};
    acknowledged_[object.at("id")] = {object, cursor, {}};
    grown_.notify_all();
  }
  void leave_open(const std::string& key, const json& body) {
    const std::lock_guard lock{mutex_};
    open_[key] = body;
  }
  void wait_for(std::size_t count) {
    std::unique_lock lock{mutex_};
    if (!grown_.wait_for(lock, patience, [&] { return acknowledged_.size() >= count; }))
      throw timed_out("acknowledged writes");
  }
  const std::map<std::string, written>& acknowledged() const { return acknowledged_; }
  const std::map<std::string, json>& open() const { return open_; }

private:
  std::mutex mutex_;
  std::condition_variable grown_;
  std::map<std::string, written> acknowledged_;  // by id
  std::map<std::string, json> open_;             // Idempotency-Key -> body
};

// Writes until the server is gone.
void write_on(member who, ledger& book, int writer) {
  for (int i = 0;; ++i) {
    const auto key = random_token();
    json body = full_customer("Customer " + std::to_string(i));
    body["attributes"]["writer"] = writer;  // who may ask again with the same key
    try {
      const auto answer = who.post("/customers", body, {{"Idempotency-Key", key}});
      if (answer.status != 201)
        throw unexpected_answer("POST /customers", answer);
      book.acknowledge(answer.value(), answer.cursor());
    } catch (const connection_lost&) {
      book.leave_open(key, body);
      return;
    }
  }
}

class Acceptance9 : public server_test {
protected:
  // Lets the writers run until so many writes are acknowledged, then kills the server and starts it again.
  void crash_after(std::size_t count, team& all, ledger& book) {
    std::vector<std::thread> threads;
    for (int w = 0; w < writers; ++w)
      threads.emplace_back([&book, w, who = all.all()[static_cast<std::size_t>(w) % 3]->another_tab()]() mutable {
        write_on(std::move(who), book, w);
      });
    try {
      book.wait_for(count);
    } catch (const timed_out& e) {
      ADD_FAILURE() << e.what();
    }
    server().kill();
    for (auto& t : threads)
      t.join();
    for (auto* m : all.all())
      m->api().http().close();
    server().start();
  }
};

}  // namespace

TEST_F(Acceptance9, AfterAKillAmidWritesNothingThatWasAcknowledgedIsLost) {
  SCOPED_TRACE(seed_note());
  random_engine random{test_seed()};
  team all{port()};
  auto observer = invite(all.owner, "Observer");
  const auto from = observer.head();
  auto stream = observer.open_stream_from(from);
  told_once told;
  ledger book;
  std::size_t target = 0;
  for (int crash = 0; crash < 3; ++crash) {
    target = book.acknowledged().size() + 20 + random_below(random, 200);
    crash_after(target, all, book);
    observer.api().http().close();
    stream->drop();
    told.take(*stream);
    stream = observer.open_stream_from(stream->last_event_id());
  }

  // The same requests again: those that were committed are replayed, the others are done now, each once.
  std::map<std::string, written> made = book.acknowledged();
  for (const auto& [key, body] : book.open()) {
    auto& author = *all.all()[body.at("attributes").at("writer").get<std::size_t>() % 3];
    const auto answer = author.post("/customers", body, {{"Idempotency-Key", key}});
    ASSERT_EQ(answer.status, 201) << answer.body;
    made[answer.value().at("id")] = {answer.value(), answer.cursor(), {}};
  }
  const auto marker = mark(all.owner);

  stream->wait_for_id(marker);
  EXPECT_EQ(stream->resets(), 0U);
  told.take(*stream);
  told.require_all(seq_of(from) + 1, seq_of(marker));

  const auto log = observer.open_stream({.cursor = "0"});
  log->wait_for_id(marker);
  const auto events = log->events();
  ASSERT_EQ(events.size(), seq_of(marker)) << "seq has a hole";
  for (const auto& [id, w] : made) {
    EXPECT_EQ(observer.read("/customers/" + id), w.object);
    EXPECT_EQ(events.at(seq_of(w.cursor) - 1).value().at("object"), w.object);
  }
  EXPECT_EQ(observer.read_list("/customers").size(), made.size() + 1)
      << "a write was done twice, or one that nobody asked for";
}

TEST_F(Acceptance9, TheEpochSurvivesACrash) {
  auto owner = sign_up(port(), "Acme", "Ada");
  const auto before = mark(owner);
  server().kill();
  server().start();
  owner.api().http().close();
  EXPECT_EQ(owner.head(), before);
  EXPECT_EQ(owner.open_stream_from(before)->resets(), 0U);
}

}  // namespace chatmesh::test
