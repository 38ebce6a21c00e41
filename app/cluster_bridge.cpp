#include "app/cluster_bridge.hpp"

#include <spdlog/spdlog.h>

#include <utility>

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

void cluster_bridge::work() {
  auto renewal = clock::now();
  std::unique_lock lock{mutex_};
  while (!stopping_) {
    if (auto next = std::exchange(asked_, std::nullopt)) {
      lock.unlock();
      answer(std::move(*next));
      lock.lock();
    } else if (clock::now() >= renewal) {
      lock.unlock();
      renew();
      renewal = clock::now() + lease_ / 3;
      lock.lock();
    } else {
      wake_.wait_until(lock, renewal, [this] { return stopping_ || asked_; });
    }
  }
  asked_.reset();
  lock.unlock();
  leave();
}

void cluster_bridge::renew() try {
  const bool renewed = session_.renew(id_, name_, lease_);
  if (std::exchange(held_, true) && !renewed)
    spdlog::warn("the other nodes took this one for gone: its lease was over before it was renewed");
  const auto nodes = session_.nodes();
  failing_ = false;
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
