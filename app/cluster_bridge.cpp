#include "app/cluster_bridge.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

#include <pthread.h>

namespace chatmesh::app {

cluster_bridge::cluster_bridge(const persistence::settings& s, http::stream_rights& rights, std::string name,
                               std::chrono::milliseconds lease)
    : session_(s), rights_(rights), name_(std::move(name)), lease_(lease), thread_([this] { work(); }) {}

cluster_bridge::~cluster_bridge() {
  {
    const std::lock_guard lock{mutex_};
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void cluster_bridge::read_newer(std::vector<actors::company_head> known, callback done) {
  {
    const std::lock_guard lock{mutex_};
    asked_ = question{std::move(known), std::move(done)};
  }
  wake_.notify_one();
}

void cluster_bridge::meet(std::string address, std::function<void(std::vector<actors::node_address>)> seen,
                          std::function<std::string()> links) {
  {
    const std::lock_guard lock{meeting_mutex_};
    meeting_ = {std::move(address), std::move(seen), std::move(links)};
  }
  {
    const std::lock_guard lock{mutex_};
    hurry_ = true;
  }
  wake_.notify_one();
}

void cluster_bridge::part() {
  const std::lock_guard lock{meeting_mutex_};
  meeting_ = {};
}

void cluster_bridge::work() {
  ::pthread_setname_np(::pthread_self(), "cluster-session");
  std::unique_lock lock{mutex_};
  while (!stopping_)
    run_job(lock);
  asked_.reset();
  lock.unlock();
  leave();
}

// Whatever is due, without the lock; or waits.
void cluster_bridge::run_job(std::unique_lock<std::mutex>& lock) {
  auto next = std::exchange(asked_, std::nullopt);
  const bool renewal = std::exchange(hurry_, false) || clock::now() >= renewal_;
  const bool due = renewal || clock::now() >= next_look_;
  if (!next && !due) {
    wake_.wait_until(lock, std::min(renewal_, next_look_), [this] { return stopping_ || asked_ || hurry_; });
    return;
  }
  lock.unlock();
  if (next)
    answer(std::move(*next));
  if (renewal)
    renew();
  if (due)
    look();
  lock.lock();
}

void cluster_bridge::renew() try {
  renewal_ = clock::now() + lease_ / 3;
  persistence::node_info self{id_, name_, {}, {}, "[]"};
  {
    const std::lock_guard lock{meeting_mutex_};
    self.address = meeting_.address;
    if (meeting_.links)
      self.links = meeting_.links();
  }
  const bool renewed = session_.renew(self, lease_);
  if (std::exchange(held_, true) && !renewed)
    spdlog::warn("the other nodes took this one for gone: its lease was over before it was renewed");
  failing_ = false;
} catch (const std::exception& e) {
  note_failure(e);
}

void cluster_bridge::look() try {
  next_look_ = clock::now() + look_interval;
  const auto nodes = session_.nodes();
  failing_ = false;
  {
    const std::lock_guard lock{meeting_mutex_};
    if (meeting_.seen) {
      std::vector<actors::node_address> seen;
      for (const auto& each : nodes)
        seen.push_back({each.id, each.name, each.address});
      meeting_.seen(std::move(seen));
    }
  }
  if (nodes_.exchange(nodes.size()) == nodes.size())
    return;
  std::string names;
  for (const auto& each : nodes)
    names.append(names.empty() ? "" : ", ").append(each.name);
  spdlog::info("nodes of the cluster: {}", names);
} catch (const std::exception& e) {
  note_failure(e);
}

void cluster_bridge::answer(question asked) {
  std::optional<std::vector<actors::company_head>> answer;
  try {
    std::vector<persistence::company_head> known;
    known.reserve(asked.known.size());
    for (const auto& each : asked.known)
      known.push_back({each.company, each.epoch, each.head, each.authority});
    auto& found = answer.emplace();
    for (const auto& each : session_.find_newer(known))
      found.push_back({each.company, each.epoch, each.head, each.authority});
    failing_ = false;
  } catch (const std::exception& e) {
    answer.reset();
    note_failure(e);
  }
  asked.done(std::move(answer));
}

// It would end by itself.
void cluster_bridge::leave() noexcept {
  try {
    session_.leave(id_);
  } catch (const std::exception& e) {
    note_failure(e);
  }
}

// Once an outage.
void cluster_bridge::note_failure(const std::exception& e) {
  if (!std::exchange(failing_, true))
    spdlog::warn("nothing is known of the other nodes: {}", e.what());
}

}  // namespace chatmesh::app
