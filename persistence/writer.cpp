#include "persistence/writer.hpp"

#include "persistence/batch.hpp"
#include "persistence/gathering.hpp"
#include "persistence/sql/dialect.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <condition_variable>
#include <cstring>
#include <deque>
#include <mutex>
#include <thread>

namespace chatmesh::persistence {

namespace {

// Tells those who write apart, well enough to count them: a member of two companies is two.
struct author_number {
  std::uint64_t operator()(const anonymous&) const { return 0; }
  std::uint64_t operator()(const user_principal& who) const { return who.session.hash(); }
  std::uint64_t operator()(const member_principal& who) const { return who.session.hash() ^ who.company.hash(); }
  std::uint64_t operator()(const token_principal& who) const {
    std::uint64_t number = 0;
    std::memcpy(&number, who.token.data(), sizeof number);
    return number ^ who.company.hash();
  }
  std::uint64_t operator()(const visitor_principal& who) const { return who.customer.hash(); }
};

}  // namespace

struct writer::impl {
  struct waiting_write {
    write_request request;
    completion done;
  };

  impl(const settings& s, commit_listener& l)
      : listener(l), max_waiting(s.writer_queue),
        max_batch(std::clamp<std::size_t>(s.batch, 1, dialect_of(s.database.kind).max_batch())), gather(s.commit_delay),
        runner(s), thread([this] { work(); }) {}

  void stop() {
    {
      const std::lock_guard lock{mutex};
      stopping = true;
    }
    wake.notify_one();
    thread.join();
  }

  bool enqueue(waiting_write& write) {
    bool enough = false;
    {
      const std::lock_guard lock{mutex};
      if (stopping || waiting.size() >= max_waiting)
        return false;
      gather.arrived(std::visit(author_number{}, write.request.who), gathering::clock::now());
      waiting.push_back(std::move(write));
      enough = waiting.size() == wanted;
    }
    if (enough)
      wake.notify_one();
    return true;
  }

  void work() {
    for (auto batch = take(); !batch.empty(); batch = take()) {
      std::vector<const write_request*> requests;
      requests.reserve(batch.size());
      for (const waiting_write& each : batch)
        requests.push_back(&each.request);
      std::vector<command_result> results = runner.run(requests);
      for (command_result& each : results)
        tell(each);
      finish();
      for (std::size_t i = 0; i < batch.size(); ++i)
        answer(batch[i].done, std::move(results[i].outcome));
      runner.limit_wal();
    }
  }

  // Everything that waits, up to one batch. Empty: the writer is stopped and nothing waits any more.
  std::vector<waiting_write> take() {
    std::unique_lock lock{mutex};
    wanted = 1;
    wake.wait(lock, [this] { return stopping || waiting.size() >= wanted; });
    wanted = std::min(gather.worth_waiting_for(), max_batch);
    wake.wait_for(lock, gather.delay(), [this] { return stopping || waiting.size() >= wanted; });
    wanted = 0;  // nobody has to wake a writer that works
    const auto end = waiting.begin() + static_cast<std::ptrdiff_t>(std::min(waiting.size(), max_batch));
    std::vector<waiting_write> batch(std::make_move_iterator(waiting.begin()), std::make_move_iterator(end));
    waiting.erase(waiting.begin(), end);
    running = batch.size();
    return batch;
  }

  void finish() {
    const std::lock_guard lock{mutex};
    running = 0;
  }

  void tell(command_result& result) noexcept {
    try {
      if (!result.changes.empty())
        listener.committed(std::move(result.changes));
      for (ended_notice& each : result.ended)
        listener.ended(each.company, each.authority, std::move(each.sessions));
    } catch (const std::exception& e) {
      spdlog::error("a commit was not passed on: {}", e.what());
    }
  }

  static void answer(const completion& done, write_outcome outcome) noexcept {
    try {
      done(std::move(outcome));
    } catch (const std::exception& e) {
      spdlog::error("the answer to a write was not delivered: {}", e.what());
    }
  }

  commit_listener& listener;
  const std::size_t max_waiting, max_batch;
  mutable std::mutex mutex;
  std::condition_variable wake;
  std::deque<waiting_write> waiting;
  std::size_t wanted = 1;  // so many waiting writes wake the writer
  std::size_t running = 0;
  gathering gather;
  bool stopping = false;
  batch_runner runner;
  std::thread thread;  // last: uses everything above
};

writer::writer(const settings& s, commit_listener& listener) : impl_(std::make_unique<impl>(s, listener)) {}

writer::~writer() {
  impl_->stop();
}

void writer::submit(write_request request, completion done) {
  impl::waiting_write write{std::move(request), std::move(done)};
  if (!impl_->enqueue(write))
    write.done(refused{refusal::unavailable, {}, {}, {}});
}

std::size_t writer::depth() const {
  const std::lock_guard lock{impl_->mutex};
  return impl_->waiting.size() + impl_->running;
}

}  // namespace chatmesh::persistence
