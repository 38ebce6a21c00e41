// Which company actors run, for every thread: what was committed, and streams that come, go to them without a hop
// through the directory.
#pragma once

#include "actors/cluster/head_log.hpp"
#include "actors/interfaces.hpp"

#include <caf/send.hpp>

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <utility>
#include <vector>

namespace chatmesh::actors {

// Where a company's actor stands, for other threads to see; written by that actor alone. It has one history in its
// life.
class standing {
public:
  void move_to(const log_position& at) {
    epoch_.store(at.epoch, std::memory_order_relaxed);
    head_.store(at.head, std::memory_order_relaxed);
    authority_.store(at.authority, std::memory_order_relaxed);
    known_.store(true, std::memory_order_release);
  }

  // None: it has not read its position yet.
  std::optional<log_position> get() const {
    if (!known_.load(std::memory_order_acquire))
      return std::nullopt;
    return log_position{epoch_.load(std::memory_order_relaxed), head_.load(std::memory_order_relaxed), 0,
                        authority_.load(std::memory_order_relaxed)};
  }

private:
  std::atomic<bool> known_{false};
  std::atomic<std::uint32_t> epoch_{0};
  std::atomic<std::uint64_t> head_{0}, authority_{0};
};

// Entered by the directory alone; left by it, and by a company whose history is over. A company is entered before it
// reads its position, so a change that finds nobody here is in the database before that read: none falls between the
// two.
class company_registry {
public:
  // Told of each company that runs from here on, or no longer, under the lock and so in order. Must not block.
  void watch(std::function<void(const domain::id&, bool runs)> watcher) {
    const std::lock_guard guard{mutex_};
    watcher_ = std::move(watcher);
  }

  void enter(const domain::id& company, company_actor actor, std::shared_ptr<const standing> at) {
    const std::lock_guard guard{mutex_};
    running_.insert_or_assign(company, entry{std::move(actor), std::move(at)});
    tell(company, true);
  }

  // Forgets the company if `actor` still stands for it.
  void leave(const domain::id& company, caf::actor_id actor) {
    const std::lock_guard guard{mutex_};
    if (const auto it = running_.find(company); it != running_.end() && it->second.actor.id() == actor)
      erase(it);
  }

  // The same for one that is idle, unless a request is on its way to it: it has seen so many of them.
  bool retire(const domain::id& company, const company_actor& actor, std::uint64_t requests) {
    const std::lock_guard guard{mutex_};
    const auto it = running_.find(company);
    if (it == running_.end() || it->second.actor != actor || it->second.requests != requests)
      return false;
    erase(it);
    return true;
  }

  // No subscription is taken from here on; answers who runs.
  std::vector<company_actor> close() {
    const std::lock_guard guard{mutex_};
    closed_ = true;
    return list();
  }

  void clear() {
    const std::lock_guard guard{mutex_};
    running_.clear();
  }

  // Null where none runs.
  company_actor find(const domain::id& company) const {
    const std::lock_guard guard{mutex_};
    const auto it = running_.find(company);
    return it == running_.end() ? company_actor{} : it->second.actor;
  }

  // Gives the request to its company; false, and `m` is untouched, where none runs or, for a subscription, where all
  // are ending.
  bool subscribe(actors::subscribe& m) {
    const std::lock_guard guard{mutex_};
    return !closed_ && hand_over(m.from.company, m);
  }
  bool ask(const domain::id& company, ask_presence& m) {
    const std::lock_guard guard{mutex_};
    return hand_over(company, m);
  }

  std::vector<company_actor> all() const {
    const std::lock_guard guard{mutex_};
    return list();
  }

  std::vector<domain::id> companies() const {
    const std::lock_guard guard{mutex_};
    std::vector<domain::id> result;
    result.reserve(running_.size());
    for (const auto& [id, _] : running_)
      result.push_back(id);
    return result;
  }

  // Where those of them stand that run; one that does not know yet stands before everything.
  std::vector<company_head> heads(const std::vector<domain::id>& companies) const {
    const std::lock_guard guard{mutex_};
    std::vector<company_head> result;
    for (const auto& id : companies) {
      if (const auto it = running_.find(id); it != running_.end()) {
        const auto at = it->second.at->get().value_or(log_position{});
        result.push_back({id, at.epoch, at.head, at.authority});
      }
    }
    return result;
  }

  // Where those stand that know it.
  std::vector<company_head> heads() const {
    const std::lock_guard guard{mutex_};
    std::vector<company_head> result;
    result.reserve(running_.size());
    for (const auto& [id, e] : running_)
      if (const auto at = e.at->get())
        result.push_back({id, at->epoch, at->head, at->authority});
    return result;
  }

  // Whether the log's company stands elsewhere than the one that runs here, if one does that knows its place.
  bool is_behind(const company_head& log) const {
    const std::lock_guard guard{mutex_};
    const auto it = running_.find(log.company);
    const auto at = it == running_.end() ? std::nullopt : it->second.at->get();
    return at && (at->epoch != log.epoch || at->head < log.head || at->authority < log.authority);
  }

private:
  struct entry {
    company_actor actor;
    std::shared_ptr<const standing> at;
    std::uint64_t requests = 0;
  };

  using map = std::unordered_map<domain::id, entry>;

  // Under the lock, as are those below.
  void tell(const domain::id& company, bool runs) const {
    if (watcher_)
      watcher_(company, runs);
  }

  // Counted and sent under the lock, so that it comes before whatever the company is sent once retire() or close() has
  // answered.
  template <class Request>
  bool hand_over(const domain::id& company, Request& m) {
    const auto it = running_.find(company);
    if (it == running_.end())
      return false;
    ++it->second.requests;
    caf::anon_send(it->second.actor, std::move(m));
    return true;
  }

  void erase(map::iterator it) {
    tell(it->first, false);
    running_.erase(it);
  }

  std::vector<company_actor> list() const {
    std::vector<company_actor> result;
    result.reserve(running_.size());
    for (const auto& [_, e] : running_)
      result.push_back(e.actor);
    return result;
  }

  mutable std::mutex mutex_;
  map running_;
  std::function<void(const domain::id&, bool)> watcher_;
  bool closed_ = false;
};

}  // namespace chatmesh::actors
