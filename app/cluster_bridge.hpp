// This process among the nodes that run on the database: its lease, and the head watch's questions.
#pragma once

#include "actors/cluster/head_log.hpp"
#include "http/stream_rights.hpp"
#include "persistence/cluster_session.hpp"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

namespace chatmesh::app {

// A thread with the cluster's session of the database. It renews the lease three times in its life, and gives it up in
// the end; while the database is away nothing is known anew. An id of its own for each start of the process: one that
// comes back under the same name is another node.
class cluster_bridge final : public actors::head_log {
public:
  // The rights outlive it. Throws database_error where there can be no cluster.
  cluster_bridge(const persistence::settings&, http::stream_rights&, std::string name, std::chrono::milliseconds lease);
  ~cluster_bridge() override;

  void read_newer(std::vector<actors::company_head> known, callback) override;
  void missed(const domain::id& company) override { rights_.doubted(company); }

  // Nodes that live, with this one, as of the last renewal.
  std::size_t nodes() const { return nodes_; }

private:
  using clock = std::chrono::steady_clock;

  struct question {
    std::vector<actors::company_head> known;
    callback done;
  };

  void work();
  void renew();
  void answer(question);
  void leave() noexcept;
  void note_failure(const std::exception&);

  persistence::cluster_session session_;  // the thread's
  http::stream_rights& rights_;
  const domain::id id_ = domain::id::make();
  const std::string name_;
  const std::chrono::milliseconds lease_;
  std::atomic<std::size_t> nodes_{0};
  bool held_ = false;     // the thread's: the lease
  bool failing_ = false;  // the thread's
  std::mutex mutex_;
  std::condition_variable wake_;
  std::optional<question> asked_;  // guarded by mutex_
  bool stopping_ = false;          // guarded by mutex_
  std::thread thread_;             // last: uses everything above
};

}  // namespace chatmesh::app
