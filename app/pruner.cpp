#include "app/pruner.hpp"

#include <future>
#include <memory>

#include <pthread.h>

namespace chatmesh::app {

pruner::pruner(persistence::writer& writer, persistence::prune_log rule, std::chrono::milliseconds interval)
    : writer_(writer), rule_(rule), interval_(interval), thread_([this] { work(); }) {}

pruner::~pruner() {
  {
    const std::lock_guard lock{mutex_};
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void pruner::work() {
  ::pthread_setname_np(::pthread_self(), "pruner");
  auto pause = interval_;
  std::unique_lock lock{mutex_};
  while (!wake_.wait_for(lock, pause, [this] { return stopping_; })) {
    lock.unlock();
    pause = step() > 0 ? std::chrono::milliseconds{0} : interval_;
    lock.lock();
  }
}

std::uint64_t pruner::step() {
  auto removed = std::make_shared<std::promise<std::uint64_t>>();
  auto answer = removed->get_future();
  writer_.submit(
      {.who = persistence::anonymous{}, .client = {}, .if_match = {}, .if_none_match = {}, .key = {}, .command = rule_},
      [removed](persistence::write_outcome outcome) {
        const auto* done = std::get_if<persistence::written>(&outcome);
        removed->set_value(done ? done->removed : 0);
      });
  return answer.get();
}

}  // namespace chatmesh::app
