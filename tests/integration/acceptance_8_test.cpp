// The invariant of protocol §5: the lists read at cursor A, plus the events from A to B, equal the lists read at B; a
// snapshot at B is their projection. For every kind of write, at random, with concurrent writers.
#include "tests/integration/fixture.hpp"
#include "tests/integration/random_writer.hpp"
#include "tests/integration/seed.hpp"
#include "tests/support/replica.hpp"

#include <algorithm>
#include <atomic>
#include <map>
#include <memory>
#include <thread>

namespace chatmesh::test {

namespace {

constexpr int writers = 4;
constexpr int writes_each = 90;

constexpr std::pair<const char*, const char*> lists[] = {
    {"employee", "/employees"}, {"customer", "/customers"}, {"note", "/notes"}, {"message", "/messages"}};

struct reading {
  std::string entity;  // or "snapshot"
  json answer;
};

class Acceptance8 : public server_test {
protected:
  void SetUp() override { with({"--stream.typing-interval=0ms"}); }

  // Reads lists and snapshots until the writers are done.
  static std::vector<reading> read_on(member reader, const std::atomic<bool>& done) {
    std::vector<reading> all;
    while (!done) {
      for (const auto& [entity, path] : lists) {
        all.push_back({entity, reader.read(std::string{path} + "?limit=500")});
        EXPECT_TRUE(all.back().answer.at("next").is_null()) << "the test writes more than one page holds";
      }
      all.push_back({"snapshot", reader.read("/snapshot")});
    }
    return all;
  }

  static void expect_projection(const replica& at, const json& snapshot) {
    EXPECT_EQ(by_id(json::array({snapshot.at("company")})), at.items("company"));
    EXPECT_EQ(by_id(snapshot.at("employees")), at.items("employee"));
    EXPECT_EQ(by_id(snapshot.at("customers")), at.items("customer"));
    EXPECT_EQ(by_id(snapshot.at("messages")), at.latest_messages());
    EXPECT_EQ(snapshot.at("truncated"), false);
  }

  // Replays the events once and compares each reading at its own place in the sequence.
  static void expect_agreement(const std::vector<sse_frame>& events, std::vector<reading> readings) {
    std::ranges::stable_sort(readings, {},
                             [](const reading& r) { return seq_of(r.answer.at("cursor").get<std::string>()); });
    replica at;
    std::size_t applied = 0;
    for (const auto& r : readings) {
      const auto cursor = r.answer.at("cursor").get<std::string>();
      for (; applied < events.size() && events[applied].value().at("seq") <= seq_of(cursor); ++applied)
        at.apply(events[applied].value());
      SCOPED_TRACE(r.entity + " at " + cursor);
      if (r.entity == "snapshot")
        expect_projection(at, r.answer);
      else {
        EXPECT_EQ(by_id(r.answer.at("items")), at.items(r.entity));
      }
    }
  }
};

}  // namespace

TEST_F(Acceptance8, ListsAndEventsAgreeWhateverIsWritten) {
  SCOPED_TRACE(seed_note());
  team all{port()};
  auto observer = invite(all.owner, "Observer");
  const auto everything = observer.another_tab().open_stream({.cursor = "0"});
  const auto key = all.owner.read("").at("widget_key").get<std::string>();
  shared_ids ids;
  std::vector<accomplished> done(writers);
  std::vector<std::thread> threads;
  for (int w = 0; w < writers; ++w) {
    threads.emplace_back([&, w, who = all.all()[static_cast<std::size_t>(w) % 3]->another_tab()]() mutable {
      random_writer writer{std::move(who), key, ids, test_seed() + static_cast<std::uint64_t>(w)};
      for (int i = 0; i < writes_each; ++i)
        writer.write();
      done[static_cast<std::size_t>(w)] = writer.accomplished_writes();
    });
  }
  std::atomic<bool> finished = false;
  std::vector<reading> readings;
  std::thread reader{[&, who = observer.another_tab()]() mutable { readings = read_on(std::move(who), finished); }};

  // A client that joins while all this goes on: a snapshot, small pages of the lists, and the stream from the snapshot.
  auto joiner = observer.another_tab();
  const auto snapshot = joiner.read("/snapshot");
  const auto joined = joiner.open_stream({.cursor = snapshot.at("cursor").get<std::string>()});
  std::vector<reading> pages;
  for (const auto& [entity, path] : lists) {
    std::string after;
    do {
      pages.push_back({entity, joiner.read(std::string{path} + "?limit=7" + after)});
      const auto& next = pages.back().answer.at("next");
      after = next.is_null() ? "" : "&after=" + next.get<std::string>();
    } while (!after.empty());
  }
  for (auto& t : threads)
    t.join();
  finished = true;
  reader.join();

  const auto marker = mark(all.owner);
  everything->wait_for_id(marker);
  joined->wait_for_id(marker);
  const auto events = everything->events();
  ASSERT_EQ(events.size(), seq_of(marker));
  for (const auto& writer : done)
    for (const auto& w : writer)
      EXPECT_EQ(events.at(seq_of(w.cursor) - 1).value().at("object"), w.object) << w.cursor;

  for (const auto& [entity, path] : lists)
    readings.push_back({entity, observer.read(std::string{path} + "?limit=500")});
  readings.push_back({"snapshot", observer.read("/snapshot")});
  expect_agreement(events, readings);

  replica late;
  late.load_snapshot(snapshot);
  for (const auto& page : pages)
    late.load(page.entity, page.answer.at("items"), page.answer.at("cursor"));
  for (const auto& frame : joined->events())
    late.apply(frame.value());
  for (const auto& [entity, path] : lists)
    EXPECT_EQ(late.items(entity), by_id(observer.read_list(path))) << entity;
}

}  // namespace chatmesh::test
