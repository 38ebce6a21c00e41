// What an operator does with a database in use: verify, backup, restore.
#include "tests/integration/fixture.hpp"
#include "tests/integration/random_writer.hpp"
#include "tests/integration/seed.hpp"
#include "tests/support/replica.hpp"

#include <atomic>
#include <filesystem>
#include <fstream>
#include <set>
#include <thread>

namespace chatmesh::test {

namespace {

constexpr std::pair<const char*, const char*> lists[] = {
    {"employee", "/employees"}, {"customer", "/customers"}, {"note", "/notes"}, {"message", "/messages"}};

// Members who write at random until they are told to stop.
class load {
public:
  explicit load(team& all) {
    const auto key = all.owner.read("").at("widget_key").get<std::string>();
    for (int i = 0; i < 3; ++i)
      threads_.emplace_back([this, who = random_writer{all.all()[static_cast<std::size_t>(i)]->another_tab(), key, ids_,
                                                       test_seed() + static_cast<std::uint64_t>(i)}]() mutable {
        while (!done_) {
          who.write();
          ++writes_;
        }
      });
  }
  ~load() { stop(); }

  void stop() {
    done_ = true;
    for (auto& each : threads_)
      if (each.joinable())
        each.join();
  }
  // So many more from now on.
  void wait_for(int writes) {
    const int wanted = writes_ + writes;
    eventually("writes under load", [&] { return writes_ >= wanted; });
  }

private:
  shared_ids ids_;
  std::atomic<bool> done_ = false;
  std::atomic<int> writes_ = 0;
  std::vector<std::thread> threads_;
};

class Operations : public server_test {
protected:
  std::string file(const std::string& name) { return (server().folder() / name).string(); }

  server_process::command_end run(std::vector<std::string> words) { return server().run(std::move(words)); }

  void expect_clean(std::vector<std::string> more = {}) {
    more.insert(more.begin(), "verify");
    const auto end = run(more);
    EXPECT_EQ(end.status, 0) << end.output;
    EXPECT_NE(end.output.find("; 0 faults"), std::string::npos) << end.output;
  }

  // Of the one company, as it is printed to be kept.
  std::string head() {
    const auto output = run({"verify"}).output;
    const auto place = output.find("head ");
    return place == std::string::npos ? output : output.substr(place + 5, output.find('\n', place) - place - 5);
  }
};

class SqliteOperations : public Operations {};

}  // namespace

TEST_F(Operations, ThreadsAreNamedForWhoWatchesThem) {
  std::set<std::string> missing{"io", "operations", "writer", "reader", "passwords", "pruner"};
  eventually("threads with names", [&] {
    const std::filesystem::directory_iterator threads{"/proc/" + std::to_string(server().pid()) + "/task"};
    for (const auto& thread : threads) {
      std::string name;
      std::getline(std::ifstream{thread.path() / "comm"}, name);
      missing.erase(name);
    }
    return missing.empty();
  });
}

TEST_F(Operations, ADatabaseInUseIsVerified) {
  SCOPED_TRACE(seed_note());
  team all{port()};
  load writers{all};
  std::vector<std::string> heads;
  for (int i = 0; i < 4; ++i) {
    writers.wait_for(40);
    heads.push_back("--expect=" + head());
  }
  writers.stop();
  expect_clean(heads);
  EXPECT_EQ(server().terminate(), 0);
  expect_clean(heads);
  server().start();
}

TEST_F(SqliteOperations, ABackupUnderLoadComesBackAndEveryClientIsTold) {
  SCOPED_TRACE(seed_note());
  team all{port()};
  auto observer = invite(all.owner, "Observer");
  const auto everything = observer.another_tab().open_stream({.cursor = "0"});
  load writers{all};
  writers.wait_for(60);
  const auto backup = run({"backup", file("copy.db")});
  EXPECT_EQ(backup.status, 0) << backup.output;
  writers.wait_for(60);
  writers.stop();
  const auto old = mark(observer);
  everything->wait_for_position(seq_of(old));

  const auto busy = run({"restore", file("copy.db"), "--force"});
  EXPECT_EQ(busy.status, 1);
  EXPECT_NE(busy.output.find("in use by another ChatMesh process"), std::string::npos) << busy.output;
  EXPECT_EQ(server().terminate(), 0);
  const auto kept = run({"restore", file("copy.db")});
  EXPECT_EQ(kept.status, 1);
  EXPECT_NE(kept.output.find("--force"), std::string::npos) << kept.output;
  const auto restored = run({"restore", file("copy.db"), "--force"});
  EXPECT_EQ(restored.status, 0) << restored.output;
  expect_clean();
  server().start();

  for (auto* each : {&observer, &all.owner})
    each->api().http().close();  // those of before

  // The state is that of the backup's moment: what the events up to there made.
  const auto head = observer.head();
  ASSERT_LT(seq_of(head), seq_of(old));
  EXPECT_NE(epoch_of(head), epoch_of(old));
  replica then;
  for (const auto& frame : everything->events())
    if (seq_of(*frame.id) <= seq_of(head))
      then.apply(frame.value());
  for (const auto& [entity, path] : lists)
    EXPECT_EQ(by_id(observer.read_list(path)), then.items(entity)) << entity;
  const auto snapshot = observer.read("/snapshot");
  EXPECT_EQ(snapshot.at("cursor"), head);
  EXPECT_EQ(by_id(snapshot.at("employees")), then.items("employee"));

  for (const std::string& cursor : {old, epoch_of(old) + "-1"}) {
    const auto stream = observer.open_stream_from(cursor);
    const auto reset = stream->wait_for_event("reset");
    EXPECT_EQ(reset.value().at("reason"), "unknown_epoch");
    EXPECT_EQ(*reset.id, observer.head());
    stream->wait_for_id(mark(all.owner));
  }
  expect_clean();
}

TEST_F(Operations, TamperingIsToldByTheExitStatus) {
  team all{port()};
  const auto kept = head();
  const auto hash = kept.substr(kept.rfind(':') + 1);
  expect_clean({"--expect=" + kept, "--expect=" + hash});
  const std::string other(64, 'a');
  const auto end = run({"verify", "--expect=" + kept, "--expect=" + hash, "--expect=" + other});
  EXPECT_EQ(end.status, 1);
  EXPECT_NE(end.output.find("fault: no chain has the expected hash " + other), std::string::npos) << end.output;
  EXPECT_NE(end.output.find("; 1 faults"), std::string::npos) << end.output;
  EXPECT_NE(end.output.find("found " + kept), std::string::npos) << end.output;
}

TEST_F(SqliteOperations, OneServerServesADatabase) {
  team all{port()};
  const auto second = run({"serve", "--http.port=0", "--ops.port=0"});
  EXPECT_EQ(second.status, 1);
  EXPECT_NE(second.output.find("in use by another ChatMesh process"), std::string::npos) << second.output;
  const auto epochs = run({"new-epoch"});
  EXPECT_EQ(epochs.status, 1);
  mark(all.owner);
}

TEST_F(Operations, NewEpochsAreToldToEveryClient) {
  team all{port()};
  const auto old = all.owner.head();
  EXPECT_EQ(server().terminate(), 0);
  const auto end = run({"new-epoch"});
  EXPECT_EQ(end.status, 0) << end.output;
  EXPECT_NE(end.output.find("1 companies have a new epoch"), std::string::npos) << end.output;
  server().start();
  EXPECT_EQ(all.agent.open_stream_from(old)->wait_for_event("reset").value().at("reason"), "unknown_epoch");
}

TEST_F(Operations, WrongWordsAreBadUsage) {
  port();
  EXPECT_EQ(run({"verify", "--expect=abc"}).status, 2);
  EXPECT_EQ(run({"verify", "something"}).status, 2);
  EXPECT_EQ(run({"backup"}).status, 2);
  EXPECT_EQ(run({"restore"}).status, 2);
  EXPECT_EQ(run({"dance"}).status, 2);
  EXPECT_EQ(run({"restore", file("none.db"), "--force"}).status, 1);
}

}  // namespace chatmesh::test
