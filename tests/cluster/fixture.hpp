// What the tests of this folder share: a network, and a cluster on it.
#pragma once

#include "tests/cluster/cluster.hpp"
#include "tests/integration/seed.hpp"
#include "tests/support/small_disk.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

namespace chatmesh::test {

inline constexpr std::size_t disk_mib = 1;
inline constexpr std::size_t writer_of_logs = 3;  // the node whose log goes to a small disk

// A database that is gone without a word is noticed in 2 s in place of 10.
inline constexpr const char* quick_to_notice =
    "&connect_timeout=2&tcp_user_timeout=2000&keepalives_idle=1&keepalives_interval=1&keepalives_count=1";

// A sanitizer's build, on a machine that has other work: that many times what is promised. The environment's
// CHATMESH_SLOWNESS says otherwise.
inline double slowness() {
  const char* given = std::getenv("CHATMESH_SLOWNESS");
  return given ? std::stod(given) : 3;
}

// Made once, by main(), before this process has threads.
struct ground {
  small_disk disk{disk_mib};
  network cables{hosts};

  // Throws not_possible.
  static ground& get() {
    static ground only;
    return only;
  }
};

// One cluster for many tests; a new one where they want another shape, and where a test has failed.
class on_cluster : public testing::Test {
public:
  static void end() { cluster_.reset(); }

protected:
  explicit on_cluster(bool standby) : standby_(standby) {}

  void SetUp() override {
    if (cluster_ && has_standby_ == standby_)
      return;
    cluster_.reset();
    has_standby_ = standby_;
    std::vector<std::vector<std::string>> wrappers(writer_of_logs);
    wrappers.back() = {"/bin/sh", "-c", "exec \"$@\" 2>>" + (ground::get().disk.path() / "log").string(), "sh"};
    cluster_ = std::make_unique<cluster>(ground::get().cables, cluster::shape{.standby = standby_,
                                                                              .database_options = quick_to_notice,
                                                                              .wrappers = wrappers,
                                                                              .seed = test_seed(),
                                                                              .slowness = slowness()});
  }

  void TearDown() override {
    if (!HasFailure() || !cluster_)
      return;
    for (std::size_t node = 1; node <= cluster_->size(); ++node)
      ADD_FAILURE() << "node " << node << " printed:\n" << cluster_->node(node).log();
    ground::get().cables.heal();
    cluster_.reset();
  }

  static cluster& nodes() { return *cluster_; }

  static void expect_endured(const cluster::fault& f) {
    for (const auto& each : nodes().endure(f))
      ADD_FAILURE() << f.name << ": " << each;
  }

private:
  static inline std::unique_ptr<cluster> cluster_;
  static inline bool has_standby_ = false;
  const bool standby_;
};

}  // namespace chatmesh::test
