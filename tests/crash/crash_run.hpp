// One run of the crash tests: a new database, concurrent writers over everything that can be written, streams that
// read, and a server that is killed again and again and must come back with all that it acknowledged.
//
// When it dies is drawn from the seed, not from a clock: the fault library inside it counts what SQLite asks of the
// kernel and kills the process in the n-th write, flush or read of a kind, before it, after it, or with a write done by
// half. So kills reach the middle of a batch, both sides of COMMIT's flush, checkpoints, pruning, migrations and the
// recovery of the write-ahead log, each often. In half of the runs the power fails with the process: what was written
// but not flushed is lost, piece by piece at random. On PostgreSQL the library counts the messages to the server.
//
// In some rounds the server lives on and its database goes away under it and comes back: SQLite's storage fails for a
// while, PostgreSQL is stopped at once, killed, or ends the server's sessions. Streams stay open through that.
#pragma once

#include "tests/crash/company_watch.hpp"
#include "tests/crash/crash_writer.hpp"
#include "tests/support/faults_inside.hpp"
#include "tests/support/postgresql_server.hpp"
#include "tests/support/server_process.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace chatmesh::test {

struct crash_figures {
  std::size_t runs = 0;
  std::map<std::string, std::size_t> kills;    // by what the process died in
  std::map<std::string, std::size_t> outages;  // of the database alone
  std::size_t power_failures = 0, lost_pieces = 0;
  ledger_figures writes;
  std::size_t events = 0;

  void add(const crash_figures&);
  std::string text() const;
};

class crash_run {
public:
  // On a new database of that server, which lives longer; on SQLite where there is none.
  crash_run(std::uint64_t seed, postgresql_server*);

  // Kills and restarts so often, and looks after each whether every promise was kept; the first broken ones in words,
  // none where all is well. Throws where the server does not even come back.
  std::vector<std::string> go(std::size_t rounds);

  crash_figures figures() const;

private:
  enum class target { log_write, log_sync, log_read, file_write, file_sync, file_read, request, pruning, idle };

  struct company {
    company(member owner_, std::string name);
    member owner;
    std::vector<member> members;
    std::string widget_key;
    company_ids ids;
    std::vector<std::unique_ptr<crash_writer>> writers;
    std::optional<company_watch> watch;
  };

  static std::vector<std::string> options(random_engine&, bool pruned);
  void light(target);  // the fuse
  void start();        // and is killed in it, now and then
  bool try_to_start();
  void set_up();  // companies, people, writers
  void add_company(const std::string& name, std::size_t writers);
  void write_until_killed();
  void write_through_outage();
  void be_without_database();
  std::vector<std::jthread> begin_writing();
  void kill_now(const std::string& during, const std::string& without_fuse);
  void note_death(const std::string& during, const std::string& without_fuse);
  void verify();  // offline, by the program's own command
  std::vector<std::string> look(bool restarted);

  const std::uint64_t seed_;
  postgresql_server* const postgresql_;
  random_engine random_;
  const bool pruned_;  // the log keeps little
  faults_inside faults_;
  const std::string database_url_;  // PostgreSQL's
  server_process server_;
  ledger book_;
  std::vector<std::unique_ptr<company>> companies_;
  crash_figures figures_;
  std::size_t markers_ = 0;
  std::atomic<std::size_t> writing_ = 0;  // threads
  std::mutex mutex_;
  std::vector<std::string> broken_;  // guarded by mutex_: what a writer met that is no answer
};

}  // namespace chatmesh::test
