// Hundreds of clients, each with a stream of its own that it keeps through all faults.
#pragma once

#include "tests/cluster/resuming_client.hpp"
#include "tests/support/story.hpp"

#include <atomic>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace chatmesh::test {

// One thread polls them all; the rest may be called by any.
class crowd {
public:
  // They spread over the nodes, and go on to the next one where one fails.
  explicit crowd(std::vector<endpoint> nodes, reached by = reached::directly);
  ~crowd();

  crowd(const crowd&) = delete;
  crowd& operator=(const crowd&) = delete;

  // So many clients of that member, which begin behind the cursor.
  void join(const member&, const std::string& cursor, std::size_t clients);

  // Waits until each client of the company was told all up to that cursor. Throws timed_out, and format_error at the
  // first client that was told what it may not be told.
  void wait_for(const std::string& company, const std::string& cursor);

  crowd_counts counts() const;
  std::size_t size() const;

private:
  void poll_them();
  void poll_once();
  std::string describe(const std::string& company) const;
  void note(const resuming_client&, const std::string& fault);

  const std::vector<endpoint> nodes_;
  const reached by_;
  mutable std::mutex mutex_;
  std::condition_variable moved_;
  // guarded by mutex_
  std::map<std::string, common_record> records_;  // by company
  crowd_counts counts_;
  std::vector<std::unique_ptr<resuming_client>> clients_;
  std::vector<std::string> faults_;

  std::atomic<bool> ends_ = false;
  std::thread poller_;
};

}  // namespace chatmesh::test
