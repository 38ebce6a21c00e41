// Some nodes and their database on a network of their own, under writers and clients that check all they are told.
#pragma once

#include "tests/cluster/crowd.hpp"
#include "tests/cluster/fault_proxy.hpp"
#include "tests/cluster/network.hpp"
#include "tests/crash/company_watch.hpp"
#include "tests/crash/crash_writer.hpp"
#include "tests/support/certificates.hpp"
#include "tests/support/postgresql_server.hpp"
#include "tests/support/server_process.hpp"

#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace chatmesh::test {

// The hosts of the network.
inline constexpr std::size_t usual_nodes = 3, most_nodes = 5;  // from host 1 on
inline constexpr std::size_t clients_host = 0, database_host = most_nodes + 1, standby_host = most_nodes + 2;
inline constexpr std::size_t hosts = standby_host;

inline constexpr int reconnects_per_second = 50;  // to a node, of the streams that another one ends

class cluster {
public:
  struct shape {
    std::size_t nodes = usual_nodes;
    std::size_t clients = 99;                             // of each of two companies
    bool standby = false;                                 // a synchronous one of the database
    std::string database_options = {};                    // of its URL: "&name=value"
    std::vector<std::vector<std::string>> wrappers = {};  // by node, from 1 on; see server_launch
    std::uint64_t seed = 1;                               // of what the lines between the nodes do
    double slowness = 1;  // of this machine and build: recovery may take so many times what is promised
  };

  cluster(network&, shape);

  cluster(const cluster&) = delete;
  cluster& operator=(const cluster&) = delete;

  std::size_t size() const { return nodes_.size(); }
  server_process& node(std::size_t number) { return *nodes_.at(number - 1); }  // from 1 on
  // Another process in its place, with these in its environment; the old one was ended before.
  void replace(std::size_t number, const std::vector<std::string>& environment);
  network& cables() { return network_; }
  // All links that nodes dial go through these.
  const std::vector<std::unique_ptr<fault_proxy>>& lines() const { return lines_; }
  postgresql_server& database() { return *database_; }
  postgresql_server& standby() { return *standby_; }
  member& owner() { return companies_.front()->owner; }
  const crowd& clients() const { return *crowd_; }

  static constexpr std::chrono::seconds usual_links_bound{19};

  struct fault {
    std::string name;
    std::function<void()> strike;
    std::function<void()> heal;
    // How soon after the end of it a write at any node is taken and has reached every client, as docs/cluster.md has
    // it; and how soon all nodes have links to each other.
    std::chrono::seconds bound, links_bound = usual_links_bound;
    // What has to hold while it lasts, besides that nobody is told anything wrong; none: nothing more.
    std::function<void()> meanwhile = {};
    bool all_fail = false;                 // no node can take a write meanwhile
    bool resets = false;                   // another history begins, which clients are told
    std::chrono::milliseconds lasts = {};  // longer than all that needs
  };

  // Lets writers write on all nodes through the fault, waits until every client has everything, and looks whether every
  // promise was kept: what was not, in words. Throws where the cluster does not recover.
  std::vector<std::string> endure(const fault&);

  // A write at that node is refused as an orderly server does: 503 with Retry-After. Waits until it is.
  void expect_refusal(std::size_t node);
  // A write at that node is taken, and every client told of it; waits for it.
  void expect_all_told(std::size_t node);
  bool ready(std::size_t node) const;  // what /readyz says
  // Every node tells who is online, those among them whose streams are at another node; waits for it.
  void expect_presence();
  // Every node has so many links; waits for it.
  void expect_links(std::size_t each) const;

private:
  using clock = std::chrono::steady_clock;
  class writing;
  struct company {
    explicit company(member owner_) : owner(std::move(owner_)) {}
    member owner;
    std::vector<member> members;
    std::set<std::string> online;  // employees that have streams, through all faults
    std::string widget_key;
    company_ids ids;
    std::vector<std::vector<std::unique_ptr<crash_writer>>> writers;  // each at every node
    std::optional<company_watch> watch;
  };

  std::string database_url() const;
  void start_database(bool with_standby);
  std::unique_ptr<server_process> make_node(std::size_t number, std::vector<std::string> environment) const;
  void add_company(const std::string& name, std::size_t writers);
  void keep_writing(std::vector<std::unique_ptr<crash_writer>>& at_nodes, std::size_t first);
  bool pause(std::chrono::milliseconds);  // false where the writers are to stop
  std::string marker(company&, std::size_t node);
  void wait_for_all();
  std::vector<std::string> look(bool resets);
  void check_bound(const std::string& what, clock::duration seen, std::chrono::seconds promised,
                   std::vector<std::string>& broken) const;
  void wait_for_writes(std::size_t more);
  void wait_for_failures(std::size_t more);

  network& network_;
  const shape shape_;
  temporary_folder folder_;
  const certificates authority_{"cluster"};  // of the nodes' links
  std::unique_ptr<postgresql_server> database_, standby_;
  std::vector<std::unique_ptr<fault_proxy>> lines_;  // by node
  std::vector<std::unique_ptr<server_process>> nodes_;
  std::vector<endpoint> endpoints_;
  std::unique_ptr<crowd> crowd_;
  std::vector<std::unique_ptr<crowd>> settled_;  // by node: of members who go nowhere else
  ledger book_;
  std::vector<std::unique_ptr<company>> companies_;
  std::size_t markers_ = 0;
  std::atomic<std::size_t> failures_ = 0;  // writes without an answer, or with 503

  std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false;            // guarded by mutex_
  std::vector<std::string> broken_;  // guarded by mutex_: what a writer met that is no answer
};

}  // namespace chatmesh::test
