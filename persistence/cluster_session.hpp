// What a node asks the database for the cluster's sake (docs/cluster.md), over a session of its own: neither reads nor
// writes that wait for their turn hold it up.
#pragma once

#include "domain/id.hpp"
#include "domain/time.hpp"
#include "persistence/settings.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace chatmesh::persistence {

struct node_info {
  domain::id id;  // of one start of a process
  std::string name;
  domain::timestamp started_at;
  std::string address;  // host:port where it takes links; empty where it takes none
  std::string links;    // what it tells of its own, as JSON (app/cluster_status)
};

// Where one of many companies stands.
struct company_head {
  domain::id company;
  std::uint32_t epoch = 0;
  std::uint64_t head = 0;
  std::uint64_t authority = 0;
};

// One thread. Opened by the first call; after a call that failed, by the next one. All calls throw database_error, and
// each is a transaction. Times are the database's clock.
class cluster_session {
public:
  static constexpr std::uint64_t max_nodes = 256;
  static constexpr std::uint64_t max_swept = 100;  // nodes that are gone, by one renewal

  // PostgreSQL only: an SQLite file serves one process.
  explicit cluster_session(const settings&);
  ~cluster_session();

  cluster_session(const cluster_session&) = delete;
  cluster_session& operator=(const cluster_session&) = delete;

  // Says that this node lives, and what the others are to know of it (its start is now at the first call): without
  // another call it counts as gone after `lease`. False: it had no lease any more, or none yet.
  bool renew(const node_info& node, std::chrono::milliseconds lease);
  void leave(const domain::id& node);

  // Those that live, by their start.
  std::vector<node_info> nodes();

  // Those of the companies that stand elsewhere than `known` says: further on, or in another history. One query.
  std::vector<company_head> find_newer(const std::vector<company_head>& known);

private:
  struct link;

  template <class Work>
  auto run(Work work);

  const settings settings_;
  std::unique_ptr<link> link_;
};

}  // namespace chatmesh::persistence
