// Goal: once a membership, session or token has ended at event N, no node sends its holder anything above N: while
// everybody writes, without links, and to who reads late. Method: three real nodes, a writer at full speed on each, and
// holders with a stream at each node; what N was is asked of the change log in the end.
#include "tests/integration/fixture.hpp"
#include "tests/integration/nodes.hpp"
#include "tests/support/postgresql_server.hpp"
#include "tests/support/proxy_process.hpp"
#include "tests/support/socket.hpp"

#include <algorithm>
#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace chatmesh::test {

namespace {

enum class right { membership, session, token };

std::string reason_of(right r) {
  return r == right::membership ? "membership_ended" : r == right::session ? "session_ended" : "token_revoked";
}

// Somebody whose right is to end, with a stream at each node.
struct holder {
  right of;
  member who;
  std::string id;  // of the employee, the session or the token
  std::vector<std::unique_ptr<sse_client>> streams;
};

// One at each node, as quick as it is answered.
class busy_writers {
public:
  using work = std::function<void(member&)>;

  busy_writers(const std::vector<const server_process*>& nodes, const member& author, work write) {
    for (const auto* node : nodes)
      threads_.emplace_back([this, write, who = at(*node, author)]() mutable {
        try {
          for (; !done_; ++written_)
            write(who);
        } catch (const std::exception& e) {
          ADD_FAILURE() << "a writer: " << e.what();
        }
      });
  }
  ~busy_writers() { stop(); }
  busy_writers(const busy_writers&) = delete;
  busy_writers& operator=(const busy_writers&) = delete;

  void wait_for_more(int count) const {
    const int enough = written_ + count;
    eventually("writes", [&] { return written_ >= enough; });
  }
  void stop() {
    done_ = true;
    for (auto& each : threads_)
      each.join();
    threads_.clear();
  }

private:
  std::atomic<bool> done_ = false;
  std::atomic<int> written_ = 0;
  std::vector<std::thread> threads_;
};

class PostgresqlEndings : public server_test {
protected:
  // The nodes beside server(), each with that one's database.
  void join(const std::string& name, const std::vector<std::string>& more = {}) {
    auto options = linked_node(name, more);
    options.push_back("--database.url=" + server().database_url());
    others_.push_back(std::make_unique<server_process>(options));
  }
  std::vector<const server_process*> nodes() {
    std::vector<const server_process*> all{&server()};
    for (const auto& each : others_)
      all.push_back(each.get());
    return all;
  }
  void expect_links() {
    for (const auto* node : nodes())
      eventually("links", [&] { return node->metric("chatmesh_cluster_links") == double(others_.size()); });
  }

  std::string ask(const std::string& sql) { return postgresql_execute(server().database_url(), sql); }

  holder make_holder(member& owner, right of) {
    const auto name = reason_of(of);
    if (of == right::token) {
      const program bot{owner, name};
      return {of, bot.another_tab(), bot.token_id(), {}};
    }
    const auto who = invite(owner, name);
    const auto user = who.user().at("id").get<std::string>();
    const auto id = of == right::membership ? who.employee_id()
                                            : ask("SELECT id FROM sessions WHERE user_id = '" + user + "'");
    return {of, who.another_tab(), id, {}};
  }
  std::vector<holder> make_holders(member& owner, int memberships, int sessions, int tokens) {
    std::vector<holder> all;
    for (const auto& [of, count] : {std::pair{right::membership, memberships}, std::pair{right::session, sessions},
                                    std::pair{right::token, tokens}})
      for (int i = 0; i < count; ++i)
        all.push_back(make_holder(owner, of));
    std::ranges::shuffle(all, random_);
    return all;
  }

  static void end(const server_process& node, const member& owner, const holder& h) {
    auto ender = at(node, owner), self = at(node, h.who);
    if (h.of == right::membership)
      ender.remove("/employees/" + h.id);
    else
      EXPECT_EQ(
          (h.of == right::session ? self.api().call("DELETE", "/sessions/current") : ender.del("/api_tokens/" + h.id))
              .status,
          204);
  }

  // N: the end of a membership is an event itself; that of a session or token raises the number that all later events
  // carry.
  std::uint64_t last_event_for(const holder& h) {
    const auto in_company = " FROM change_log WHERE company_id = '" + h.who.company_id() + "' AND ";
    return std::stoull(h.of == right::membership
                           ? ask("SELECT seq" + in_company +
                                 "entity = 'employee' AND action = 'deleted' AND object_id = '" + h.id + "'")
                           : ask("SELECT max(seq)" + in_company +
                                 "authority < (SELECT authority FROM ended_sessions WHERE session_id = '" + h.id +
                                 "')"));
  }

  // All at once: some writes later the next one, each at another node.
  void end_all(
      std::vector<holder>& holders, const member& owner, const busy_writers& writers,
      const std::function<void()>& half_way = [] {}) {
    const auto all = nodes();
    for (std::size_t i = 0; i < holders.size(); ++i) {
      if (i == holders.size() / 2)
        half_way();
      writers.wait_for_more(3);
      end(*all[i % all.size()], owner, holders[i]);
    }
    writers.wait_for_more(3);
  }

  // Every stream has ended with its reason, with everything up to some event in it and nothing above N.
  void expect_ended(const std::vector<holder>& holders) {
    for (const auto& each : holders) {
      const auto last = last_event_for(each);
      for (const auto& stream : each.streams) {
        EXPECT_EQ(farewell(*stream), reason_of(each.of));
        EXPECT_LE(last_seq(*stream), last) << reason_of(each.of) << " " << each.id;
        if (each.of == right::membership) {
          EXPECT_EQ(last_seq(*stream), last);
        }
      }
    }
  }
  void expect_witnessed(const std::vector<std::unique_ptr<sse_client>>& witnesses, const std::string& last) {
    for (const auto& each : witnesses)
      each->wait_for_position(seq_of(last));
  }
  double sum(const std::string& metric) {
    double all = 0;
    for (const auto* node : nodes())
      all += node->metric(metric);
    return all;
  }
  void expect_orderly_end() {
    for (const auto& each : others_)
      EXPECT_EQ(each->terminate(), 0);
  }

  std::vector<std::unique_ptr<sse_client>> open_streams(const member& who, stream_options options = {}) {
    std::vector<std::unique_ptr<sse_client>> all;
    for (const auto* node : nodes())
      all.push_back(at(*node, who).open_stream(options));
    return all;
  }

private:
  std::vector<std::unique_ptr<server_process>> others_;
  std::minstd_rand random_{7};
};

const auto small_writes = [](member& who) { mark(who); };

}  // namespace

TEST_F(PostgresqlEndings, NobodyIsSentAnythingAboveTheEndWhileEveryNodeWrites) {
  with(linked_node("one"));
  auto owner = sign_up(port(), "Acme", "Ada");
  join("two");
  join("three");
  expect_links();
  constexpr int memberships = 24, sessions = 18, tokens = 18;
  auto holders = make_holders(owner, memberships, sessions, tokens);
  for (auto& each : holders)
    each.streams = open_streams(each.who, {.cursor = owner.head()});
  const auto witnesses = open_streams(owner);
  busy_writers writers{nodes(), owner.another_tab(), small_writes};
  end_all(holders, owner, writers);
  writers.stop();
  expect_witnessed(witnesses, mark(owner));
  expect_ended(holders);
  for (const auto& [of, count] : {std::pair{right::membership, memberships}, std::pair{right::session, sessions},
                                  std::pair{right::token, tokens}})
    EXPECT_EQ(sum("chatmesh_stream_ends_total{reason=\"" + reason_of(of) + "\"}"), 3 * count);
  expect_orderly_end();
}

// Half-way the links of one node are cut, amidst whatever they carry: the comparison of heads has to do.
TEST_F(PostgresqlEndings, NobodyIsSentAnythingAboveTheEndWhenLinksAreCut) {
  if (!is_installed(proxy_kind::haproxy))
    GTEST_SKIP() << "no HAProxy";
  const auto behind = "127.0.0.1:" + std::to_string(free_port());
  const endpoint door{free_port()};
  const auto before = door.address + ":" + std::to_string(door.port);
  const std::string often = "--cluster.head-check-interval=200ms";
  with(linked_node("one", {often, "--cluster.listen=" + behind, "--cluster.advertise=" + before}));
  auto owner = sign_up(port(), "Acme", "Ada");
  std::optional<proxy_process> cable{std::in_place, proxy_kind::haproxy,
                                     "global\n  nbthread 1\ndefaults\n  mode tcp\n  timeout connect 60s\n"
                                     "  timeout client 60s\n  timeout server 60s\nlisten door\n  bind " +
                                         before + "\n  server one " + behind + "\n",
                                     door};
  join("two", {often});
  join("three", {often});
  expect_links();
  auto holders = make_holders(owner, 12, 4, 4), later = make_holders(owner, 2, 2, 2);
  for (auto* some : {&holders, &later})
    for (auto& each : *some)
      each.streams = open_streams(each.who, {.cursor = owner.head()});
  const auto witnesses = open_streams(owner);
  busy_writers writers{nodes(), owner.another_tab(), small_writes};
  end_all(holders, owner, writers, [&] { cable.reset(); });
  writers.stop();
  expect_witnessed(witnesses, mark(owner));
  expect_ended(holders);
  for (const auto& each : later)  // nobody writes at the other nodes
    end(server(), owner, each);
  expect_witnessed(witnesses, mark(owner));
  expect_ended(later);
  EXPECT_EQ(server().metric("chatmesh_cluster_links"), 0);
  EXPECT_GT(sum("chatmesh_cluster_found_behind_total"), 0);
  expect_orderly_end();
}

// They read nothing while their rights end, far behind what a socket holds, and go on when all is over. Who takes too
// long to do so is cut off without a goodbye.
TEST_F(PostgresqlEndings, NobodyIsSentAnythingAboveTheEndWhoReadsLate) {
  with(linked_node("one"));
  auto owner = sign_up(port(), "Acme", "Ada");
  join("two");
  join("three");
  expect_links();
  const auto customer = owner.create("/customers", {{"name", "Grace"}}).object.at("id");
  auto holders = make_holders(owner, 2, 1, 1);
  for (auto& each : holders)
    each.streams = open_streams(each.who, {.cursor = owner.head(), .receive_buffer = 4096, .paused = true});
  const auto witnesses = open_streams(owner);
  busy_writers writers{nodes(), owner.another_tab(), [&](member& who) {
                         who.create("/notes", {{"customer_id", customer}, {"body", std::string(60'000, 'n')}});
                       }};
  writers.wait_for_more(120);
  end_all(holders, owner, writers);
  writers.stop();
  const auto last = mark(owner);
  for (const auto& each : holders)
    for (const auto& stream : each.streams)
      stream->go_on();
  expect_witnessed(witnesses, last);
  std::size_t taken = 0;
  for (const auto& each : holders) {
    const auto end = last_event_for(each);
    for (const auto& stream : each.streams) {
      try {
        stream->finish();
      } catch (const format_error&) {  // cut off
      }
      sequence_check check;
      for (const auto& frame : stream->frames())
        check.take(frame);
      EXPECT_LE(check.position(), end) << reason_of(each.of) << " " << each.id;
      taken = std::max(taken, stream->body().size());
    }
  }
  EXPECT_GT(taken, 5'000'000U) << "more than sockets hold, from the log";
  expect_orderly_end();
}

}  // namespace chatmesh::test
