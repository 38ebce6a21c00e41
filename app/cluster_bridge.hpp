// This process among the nodes that run on the database: its lease, and the head watch's questions.
#pragma once

#include "actors/cluster/cluster_port.hpp"
#include "actors/cluster/head_log.hpp"
#include "http/stream_rights.hpp"
#include "persistence/cluster_session.hpp"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <functional>
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

  const domain::id& id() const { return id_; }

  // This node takes links of others from here on; no address: it takes none. Both functions are called on the thread
  // until part(): `seen` (may be null) with the nodes that live, `links` for what is told of this node's own.
  void meet(std::string address, std::function<void(std::vector<actors::node_address>)> seen,
            std::function<std::string()> links);
  void part();

  // Nodes that live, with this one, as of the last look.
  std::size_t nodes() const { return nodes_; }

private:
  using clock = std::chrono::steady_clock;

  struct question {
    std::vector<actors::company_head> known;
    callback done;
  };

  // What meet() was given.
  struct meeting {
    std::string address;
    std::function<void(std::vector<actors::node_address>)> seen;
    std::function<std::string()> links;
  };

  static constexpr std::chrono::milliseconds look_interval{1'000};  // between two for the other nodes

  void work();
  void run_job(std::unique_lock<std::mutex>&);
  void renew();
  void look();
  void answer(question);
  void leave() noexcept;
  void note_failure(const std::exception&);

  persistence::cluster_session session_;  // the thread's
  http::stream_rights& rights_;
  const domain::id id_ = domain::id::make();
  const std::string name_;
  const std::chrono::milliseconds lease_;
  std::atomic<std::size_t> nodes_{0};
  bool held_ = false;                      // the thread's: the lease
  bool failing_ = false;                   // the thread's
  clock::time_point renewal_, next_look_;  // the thread's: when they are due
  std::mutex meeting_mutex_;               // held over its calls
  meeting meeting_;                        // guarded by meeting_mutex_
  std::mutex mutex_;
  std::condition_variable wake_;
  std::optional<question> asked_;  // guarded by mutex_
  bool hurry_ = false;             // guarded by mutex_: the lease is to be renewed now
  bool stopping_ = false;          // guarded by mutex_
  std::thread thread_;             // last: uses everything above
};

}  // namespace chatmesh::app
