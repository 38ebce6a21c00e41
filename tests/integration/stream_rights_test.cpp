// Goal: a right that the server remembers lets nobody in whose right is over, and nobody's stream above its end, by
// whatever node it ended. Method: rights that are known and used up to their very end, while others write.
#include "tests/integration/fixture.hpp"
#include "tests/integration/nodes.hpp"

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <functional>
#include <string_view>
#include <thread>

namespace chatmesh::test {

namespace {

class StreamRights : public server_test {
protected:
  // Writes until the test ends.
  class busy_writer {
  public:
    explicit busy_writer(const member& who)
        : thread_([this, tab = who.another_tab()]() mutable {
            while (!done_)
              mark(tab);
          }) {}
    ~busy_writer() {
      done_ = true;
      thread_.join();
    }

  private:
    std::atomic<bool> done_ = false;
    std::thread thread_;
  };

  // Polls from `cursor` until the right is over; answers the status that says so and the highest seq that came.
  struct last_words {
    int status = 0;
    std::uint64_t seq = 0;
  };
  static last_words poll_to_the_end(member who, const std::string& cursor, std::atomic<int>& polls) {
    last_words last;
    for (auto from = cursor; last.status == 0; ++polls) {
      const auto answer = who.get("/changes?cursor=" + from);
      if (answer.status != 200) {
        last.status = answer.status;
        break;
      }
      from = answer.value().at("cursor");
      last.seq = std::max(last.seq, seq_of(from));
    }
    return last;
  }

  // The same database. SQLite is for one server; another one gets in by a link, which SQLite resolves and the lock does
  // not.
  std::string url_for_another() {
    constexpr std::string_view sqlite = "sqlite:";
    const auto& url = server().database_url();
    if (!url.starts_with(sqlite))
      return url;
    const auto link = server().folder() / "link.db";
    std::filesystem::create_symlink(url.substr(sqlite.size()), link);
    return std::string{sqlite} + link.string();
  }

  // `who` polls while `end` ends its right: what it got, and that it gets nothing any more from the answer on.
  static last_words expect_end(member& all_can_write, member& who, int status, const std::function<void()>& end) {
    who.open_stream()->wait_for_event("presence");  // the right is known
    std::atomic<int> polls = 0;
    last_words last;
    std::thread poller{[&, cursor = who.head()] { last = poll_to_the_end(who.another_tab(), cursor, polls); }};
    eventually("polls", [&] { return polls > 3; });
    end();
    EXPECT_EQ(who.get("/changes").status, status);
    EXPECT_THROW(who.open_stream(), format_error);
    mark(all_can_write);
    poller.join();
    EXPECT_EQ(last.status, status);
    return last;
  }
};

}  // namespace

TEST_F(StreamRights, OfASessionEndWithIt) {
  team all{port()};
  const busy_writer writes{all.owner};
  for (int i = 0; i < 10; ++i) {
    auto session = all.agent.another_session();
    std::string after;
    const auto last = expect_end(all.admin, session, 401, [&] {
      EXPECT_EQ(session.api().call("DELETE", "/sessions/current").status, 204);
      after = mark(all.admin);
    });
    EXPECT_LT(last.seq, seq_of(after));
  }
}

TEST_F(StreamRights, OfAMemberEndAtItsLastEvent) {
  team all{port()};
  const busy_writer writes{all.owner};
  for (int i = 0; i < 5; ++i) {
    auto one = invite(all.owner, "Dee " + std::to_string(i));
    std::string removed;
    const auto last = expect_end(all.admin, one, 404,
                                 [&] { removed = all.owner.remove("/employees/" + one.employee_id()); });
    EXPECT_LE(last.seq, seq_of(removed));
  }
}

TEST_F(StreamRights, OfAnApiTokenEndWithIt) {
  team all{port()};
  const busy_writer writes{all.owner};
  for (int i = 0; i < 5; ++i) {
    program bot{all.owner, "bot"};
    std::string after;
    const auto last = expect_end(all.admin, bot, 401, [&] {
      EXPECT_EQ(all.owner.del(bot.token_path()).status, 204);
      after = mark(all.admin);
    });
    EXPECT_LT(last.seq, seq_of(after));
  }
}

TEST_F(StreamRights, OfACompanyEndWithIt) {
  team all{port()};
  all.agent.open_stream();
  all.owner.remove("");
  EXPECT_EQ(all.agent.get("/changes").status, 404);
  EXPECT_THROW(all.agent.open_stream(), format_error);
}

TEST_F(StreamRights, DoNotHoldAStreamBackFromTheHead) {
  team all{port()};
  const busy_writer writes{all.owner};
  for (int i = 0; i < 50; ++i) {
    const auto written = mark(all.admin);
    const auto hello = all.agent.open_stream()->frames().front();
    ASSERT_TRUE(hello.id);
    EXPECT_GE(seq_of(*hello.id), seq_of(written)) << "what was answered before is not told again";
  }
}

// The two nodes tell each other nothing: the database alone says what ended.
TEST_F(StreamRights, EndedByAnotherNodeAreNotUsedAboveTheirEnd) {
  team all{port()};
  server_process other{{"--database.url=" + url_for_another()}};
  auto there = at(other, all.admin);
  auto session = all.agent.another_session();
  const auto from = all.admin.head();
  const auto known = session.open_stream();
  EXPECT_EQ(at(other, session).api().call("DELETE", "/sessions/current").status, 204);
  const auto after = mark(there);
  const auto answer = session.get("/changes?cursor=" + from);
  if (answer.status == 200) {
    const auto told = answer.value();
    for (const auto& event : told.at("events"))
      EXPECT_LT(event.at("seq"), seq_of(after));
  } else {
    EXPECT_EQ(answer.status, 401);
  }
  mark(all.owner);
  EXPECT_EQ(session.get("/changes?cursor=" + from).status, 401) << "this node wrote, and so met the higher authority";
  EXPECT_EQ(farewell(*known), "session_ended");
  EXPECT_LT(last_seq(*known), seq_of(after));
}

}  // namespace chatmesh::test
