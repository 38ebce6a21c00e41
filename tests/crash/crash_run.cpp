#include "tests/crash/crash_run.hpp"

#include "tests/support/wait.hpp"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <sstream>
#include <thread>
#include <utility>

namespace chatmesh::test {

namespace {

constexpr const char* operation_names[operations] = {"log read",   "log write",  "log flush", "file read",
                                                     "file write", "file flush", "request"};

constexpr std::size_t most_writes = 120;  // of one writer in one round
constexpr std::size_t start_kills = 3;    // in a row

// How many operations of that kind a round has, roughly: so far away the fuse may burn.
struct reach {
  operation what;
  std::size_t most;
};

}  // namespace

void crash_figures::add(const crash_figures& more) {
  runs += more.runs;
  for (const auto& [in, count] : more.kills)
    kills[in] += count;
  for (const auto& [how, count] : more.outages)
    outages[how] += count;
  power_failures += more.power_failures;
  lost_pieces += more.lost_pieces;
  writes.acknowledged += more.writes.acknowledged;
  writes.refused += more.writes.refused;
  writes.in_doubt += more.writes.in_doubt;
  writes.doubts_done += more.writes.doubts_done;
  events += more.events;
}

std::string crash_figures::text() const {
  std::ostringstream out;
  const auto list = [&](const std::map<std::string, std::size_t>& counts, const char* what) {
    std::size_t all = 0;
    for (const auto& [name, count] : counts)
      all += count;
    out << all << " " << what;
    for (const char* before = " ("; const auto& [name, count] : counts)
      out << std::exchange(before, ", ") << name << " " << count;
    out << (counts.empty() ? "" : ")");
  };
  out << runs << " runs, ";
  list(kills, "kills");
  out << ", " << power_failures << " of them with a power failure that lost " << lost_pieces << " unflushed pieces; ";
  list(outages, "outages");
  out << "; writes: " << writes.acknowledged << " acknowledged, " << writes.refused << " refused, " << writes.in_doubt
      << " left in doubt (" << writes.doubts_done << " of those asked again had been done); " << events << " events";
  return out.str();
}

crash_run::company::company(member owner_, std::string name)
    : owner(std::move(owner_)), widget_key(owner.read("").at("widget_key")) {
  members.push_back(owner.another_tab());
  members.push_back(invite(owner, name + " Admin", "admin"));
  members.push_back(invite(owner, name + " Agent"));
}

std::vector<std::string> crash_run::options(random_engine& random, bool pruned) {
  static constexpr const char* batches[] = {"1", "4", "256"};
  static constexpr const char* delays[] = {"0ms", "3ms"};
  std::vector<std::string> all{"--database.wal-limit=1MiB", std::string{"--database.batch="} + batches[random() % 3],
                               std::string{"--database.commit-delay="} + delays[random() % 2]};
  if (pruned)
    all.insert(all.end(), {"--retention.events=60", "--retention.age=0s", "--retention.interval=1s"});
  return all;
}

crash_run::crash_run(std::uint64_t seed, postgresql_server* postgresql)
    : seed_(seed), postgresql_(postgresql), random_(seed), pruned_(random_() % 4 == 0),
      database_url_(postgresql ? postgresql->create_database("run_" + std::to_string(seed)) : ""),
      server_(options(random_, pruned_),
              {.environment = faults_.environment(), .database_url = database_url_, .wrapper = {}, .start = false}) {
  faults_.page().power = random_() % 2 == 0 && !postgresql;
  figures_.runs = 1;
}

void crash_run::light(target t) {
  static constexpr reach reaches[] = {{operation::log_write, 2'500}, {operation::log_sync, 150},
                                      {operation::log_read, 300},    {operation::file_write, 400},
                                      {operation::file_sync, 4},     {operation::file_read, 100},
                                      {operation::request, 1'500}};
  static constexpr moment moments[] = {moment::before, moment::torn, moment::after};
  faults_.page().seed = random_();
  faults_.page().when = moments[random_below(random_, std::size(moments))];
  faults_.page().died_in = 0;
  if (t == target::idle)
    return;
  const auto pruner = postgresql_ ? target::request : target::log_write;
  const auto& [what, most] = reaches[static_cast<std::size_t>(t == target::pruning ? pruner : t)];
  faults_.of(what).fuse = static_cast<std::int64_t>(1 + random_below(random_, t == target::pruning ? 4 : most));
}

// ---- start

void crash_run::start() {
  for (std::size_t killed = 0; killed < start_kills && random_below(random_, 2) == 0; ++killed) {
    // The first start makes the schema, with some hundred operations; a later one reads the log and folds it in.
    static constexpr operation any[] = {operation::log_read,  operation::log_write,  operation::log_sync,
                                        operation::file_read, operation::file_write, operation::file_sync};
    light(target::idle);
    const auto what = postgresql_ ? operation::request : any[random_below(random_, std::size(any))];
    faults_.of(what).fuse = static_cast<std::int64_t>(1 + random_below(random_, postgresql_ ? 150 : 40));
    const std::string during = companies_.empty() ? "first start, " : "start, ";
    if (try_to_start())
      kill_now(during, "just started");
    else
      note_death(during, {});
  }
  light(target::idle);
  if (!try_to_start())
    throw std::runtime_error("the server does not come back: " + server_.log());
}

// False: it died of the fuse. One that burned down just now is told from one that starts by asking.
bool crash_run::try_to_start() {
  try {
    server_.start();
    faults_.pass();
    http_client{server_.ops()}.request("GET", "/healthz");
    return true;
  } catch (const std::exception& e) {
    faults_.pass();
    if (faults_.page().died_in == 0)
      throw;
    if (server_.running())
      server_.kill();
    return false;
  }
}

// The fuse may have been faster than the signal.
void crash_run::note_death(const std::string& during, const std::string& without_fuse) {
  const auto in = faults_.page().died_in.load();
  ++figures_.kills[in == 0 ? without_fuse : during + operation_names[in - 1]];
  figures_.power_failures += in != 0 && faults_.page().power ? 1 : 0;
}

void crash_run::kill_now(const std::string& during, const std::string& without_fuse) {
  server_.kill();
  faults_.pass();
  note_death(during, without_fuse);
}

// ---- people

void crash_run::add_company(const std::string& name, std::size_t writers) {
  auto& c = *companies_.emplace_back(std::make_unique<company>(sign_up(server_.port(), name, name + " Owner"), name));
  c.watch.emplace(invite(c.owner, name + " Observer"));
  for (std::size_t i = 0; i < writers; ++i)
    c.writers.push_back(std::make_unique<crash_writer>(c.members[i % c.members.size()], c.widget_key, c.ids, book_,
                                                       companies_.size() * 10 + i, random_()));
}

void crash_run::set_up() {
  add_company("Acme", 4);
  add_company("Globex", 2);
}

// ---- rounds

std::vector<std::string> crash_run::go(std::size_t rounds) {
  start();
  set_up();
  for (std::size_t i = 0; i < rounds; ++i) {
    const bool outage = random_() % 3 == 0;
    if (outage) {
      write_through_outage();
    } else {
      write_until_killed();
      if (random_() % 2 == 0)  // it folds the log in, so that the next start has no more to recover
        verify();
      start();
    }
    if (auto broken = look(!outage); !broken.empty()) {
      broken.insert(broken.begin(), "seed " + std::to_string(seed_) + ", round " + std::to_string(i + 1) +
                                        (outage ? " (an outage), " : ", ") + figures().text());
      return broken;
    }
  }
  server_.kill();
  verify();
  return broken_;
}

void crash_run::verify() {
  const auto end = server_.run({"verify"});
  if (end.status != 0)
    broken_.push_back("verify ended with " + std::to_string(end.status) + ": " + end.output);
}

// Each ends with its writes, with the server, or with the first write that the database did not take.
std::vector<std::jthread> crash_run::begin_writing() {
  std::vector<std::jthread> threads;
  for (auto& c : companies_)
    for (auto& writer : c->writers) {
      ++writing_;
      threads.emplace_back([this, w = writer.get(), writes = 1 + random_below(random_, most_writes)] {
        try {
          for (std::size_t i = 0; i < writes; ++i)
            w->write();
        } catch (const connection_lost&) {  // as it must be
        } catch (const std::exception& e) {
          const auto* answered = dynamic_cast<const unexpected_answer*>(&e);
          const std::lock_guard lock{mutex_};
          if (!answered || answered->answer.status != 503 || !answered->answer.header("Retry-After"))
            broken_.emplace_back(e.what());
        }
        --writing_;
      });
    }
  return threads;
}

void crash_run::write_until_killed() {
  static constexpr target files[] = {target::log_write,  target::log_write, target::log_sync, target::log_sync,
                                     target::file_write, target::file_sync, target::log_read, target::file_read};
  const bool in_pruning = pruned_ && random_() % 2 == 0;
  const auto somewhere = postgresql_ ? target::request : files[random_below(random_, std::size(files))];
  light(in_pruning || random_() % 8 == 0 ? target::idle : somewhere);
  for (auto& t : begin_writing())
    t.join();
  if (in_pruning) {
    // From here on nobody writes but the pruner, which comes once a second.
    light(target::pruning);
    server_.ends_within(std::chrono::milliseconds{2'500});
  }
  kill_now(in_pruning ? "pruning, " : "", "idle");
}

// First among writes, then all write again.
void crash_run::write_through_outage() {
  const auto enough = book_.acknowledged() + 1 + random_below(random_, 150);
  auto threads = begin_writing();
  eventually("so many writes", [&] { return book_.acknowledged() >= enough || writing_ == 0; });
  be_without_database();
  for (auto& t : threads)
    t.join();
  eventually("the server to be ready again", [this] {
    return http_client{server_.ops()}.request("GET", "/readyz", {{"Connection", "close"}}).status == 200;
  });
  for (auto& t : begin_writing())
    t.join();
}

void crash_run::be_without_database() {
  static constexpr std::pair<operation, int> failures[] = {
      {operation::log_write, ENOSPC}, {operation::log_write, EIO}, {operation::log_sync, EIO},
      {operation::log_read, EIO},     {operation::file_read, EIO}, {operation::file_write, EIO}};
  if (!postgresql_) {
    const auto& [what, error] = failures[random_below(random_, std::size(failures))];
    const auto wanted = 1 + random_below(random_, 4);
    const auto before = faults_.of(what).failed.load();
    faults_.fail({what}, error);
    eventually("so many failures", [&] { return faults_.of(what).failed >= before + wanted || writing_ == 0; });
    faults_.pass();
    ++figures_.outages[std::string{operation_names[static_cast<std::size_t>(what)]} + " failed"];
    return;
  }
  switch (random_() % 3) {
  case 0:
    postgresql_->stop(SIGQUIT);
    ++figures_.outages["stopped at once"];
    return postgresql_->start();
  case 1:
    postgresql_->stop(SIGKILL);
    ++figures_.outages["killed"];
    return postgresql_->start();
  default:
    postgresql_execute(postgresql_url(postgresql_->socket_folder(), "postgres"),
                       "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = 'run_" +
                           std::to_string(seed_) + "'");
    ++figures_.outages["sessions ended"];
  }
}

std::vector<std::string> crash_run::look(bool restarted) {
  book_.settle(server_.where());
  std::vector<std::string> broken = broken_;
  figures_.events = 0;
  for (auto& c : companies_) {
    if (restarted) {
      c->owner.api().http().close();
      c->watch->resume(server_.where());
    }
    // A server that has just said that it is ready may have said so for a moment too long.
    http_response marked;
    eventually("a marker to be taken", [&] {
      marked = c->owner.post("/customers", {{"name", "Marker"}},
                             {{"Idempotency-Key", "marker-" + std::to_string(markers_)}});
      return marked.status != 503;
    });
    if (marked.status != 201)
      throw unexpected_answer("the marker", marked);
    ++markers_;
    const auto marker = marked.cursor();
    const auto found = c->watch->faults(marker, book_);
    broken.insert(broken.end(), found.begin(), found.end());
    figures_.events += seq_of(marker);
  }
  return broken;
}

crash_figures crash_run::figures() const {
  auto all = figures_;
  all.writes = book_.figures();
  all.lost_pieces = faults_.page().lost_pieces;
  return all;
}

}  // namespace chatmesh::test
