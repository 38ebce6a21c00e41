#include "persistence/readers.hpp"

#include "persistence/health.hpp"
#include "persistence/history.hpp"
#include "persistence/retry_pause.hpp"
#include "persistence/sql_stores.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <iterator>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <pthread.h>

namespace chatmesh::persistence {

namespace {

struct read_job {
  std::function<void(stores&)> run;
  std::function<void()> failed;
};

// One reader thread's session; made anew after a failure.
class read_session {
public:
  read_session(const settings& s, health& told, const std::function<void()>& renewed)
      : settings_(s), health_(told), renewed_(renewed), stores_(std::in_place, s),
        history_(check_history(stores_->db()).identity) {}

  // In one transaction, begun after each of them was asked for.
  void run(const std::vector<read_job>& jobs) {
    for (const read_job& job : jobs)
      run(job);
    if (!std::exchange(reading_, false))
      return;
    try {
      stores_->db().commit();
      health_.served();
    } catch (const std::exception& e) {
      give_up(e);
    }
  }

private:
  void run(const read_job& job) {
    try {
      if (!begin())
        return tell_failure(job);
      job.run(*stores_);
    } catch (const std::exception& e) {
      give_up(e);
      tell_failure(job);
    }
  }

  // Opens what is missing, the session and the transaction. False: it was tried just now, in vain.
  bool begin() {
    if (reading_)
      return true;
    if (!stores_ && !pause_.is_over(retry_pause::clock::now()))
      return false;
    if (stores_ && !begin_again())
      stores_.reset();
    if (!stores_) {
      pause_.failed(retry_pause::clock::now());
      stores_.emplace(settings_);
      look_at_history();  // before anything of it is told
      stores_->db().begin_read();
      pause_.succeeded();
    }
    return reading_ = true;
  }

  void look_at_history() {
    const history found = check_history(stores_->db());
    const bool is_another = found.is_renewed || found.identity != history_;
    history_ = found.identity;
    if (is_another && renewed_)
      renewed_();
  }

  // False: the session was lost while it was idle, which no job is to pay for.
  bool begin_again() {
    try {
      stores_->db().begin_read();
      return true;
    } catch (const soci::soci_error& e) {
      if (failure_of(e) != failure::connection)
        throw;
      return false;
    }
  }

  void give_up(const std::exception& e) {
    health_.failed(e);
    stores_.reset();  // its open transaction goes with it
    reading_ = false;
  }

  static void tell_failure(const read_job& job) {
    try {
      job.failed();
    } catch (const std::exception& e) {
      spdlog::error("the answer to a failed read was not delivered: {}", e.what());
    }
  }

  const settings settings_;
  health& health_;
  const std::function<void()>& renewed_;
  std::optional<sql_stores> stores_;
  std::string history_;  // the identity of the one that was read last
  retry_pause pause_;
  bool reading_ = false;  // a transaction is open
};

}  // namespace

struct readers::impl {
  impl(const settings& s, std::function<void()> history_changed)
      : max_waiting(s.reader_queue), renewed(std::move(history_changed)) {
    // All sessions are opened here, so that a database that can't be read is told to the caller.
    for (std::size_t i = 0; i < s.readers; ++i)
      sessions.push_back(std::make_unique<read_session>(s, reads, renewed));
    for (const auto& each : sessions)
      threads.emplace_back([this, session = each.get()] { work(*session); });
  }

  void stop() {
    {
      const std::lock_guard lock{mutex};
      stopping = true;
    }
    wake.notify_all();
    for (std::thread& each : threads)
      each.join();
  }

  bool submit(read_job job) {
    {
      const std::lock_guard lock{mutex};
      if (stopping || waiting.size() >= max_waiting)
        return false;
      waiting.push_back(std::move(job));
    }
    wake.notify_one();
    return true;
  }

  void work(read_session& session) {
    ::pthread_setname_np(::pthread_self(), "reader");
    for (auto jobs = take(); !jobs.empty(); jobs = take())
      session.run(jobs);
  }

  // Waits for jobs and takes this thread's share of them; none: the pool is stopped and nothing waits any more.
  std::vector<read_job> take() {
    std::unique_lock lock{mutex};
    wake.wait(lock, [this] { return stopping || !waiting.empty(); });
    const auto share = std::min(max_together, (waiting.size() + sessions.size() - 1) / sessions.size());
    const auto end = waiting.begin() + static_cast<std::ptrdiff_t>(share);
    std::vector<read_job> jobs(std::make_move_iterator(waiting.begin()), std::make_move_iterator(end));
    waiting.erase(waiting.begin(), end);
    return jobs;
  }

  static constexpr std::size_t max_together = 16;  // jobs of one transaction

  const std::size_t max_waiting;
  mutable std::mutex mutex;
  std::condition_variable wake;
  std::deque<read_job> waiting;
  bool stopping = false;
  health reads{"reads"};
  const std::function<void()> renewed;
  std::vector<std::unique_ptr<read_session>> sessions;
  std::vector<std::thread> threads;
};

readers::readers(const settings& s, std::function<void()> history_changed)
    : impl_(std::make_unique<impl>(s, std::move(history_changed))) {}

readers::~readers() {
  impl_->stop();
}

bool readers::submit(std::function<void(stores&)> job, std::function<void()> failed) {
  return impl_->submit({std::move(job), std::move(failed)});
}

std::size_t readers::depth() const {
  const std::lock_guard lock{impl_->mutex};
  return impl_->waiting.size();
}

std::optional<std::string_view> readers::trouble() const {
  return impl_->reads.trouble();
}

std::uint64_t readers::failures() const {
  return impl_->reads.failures();
}

}  // namespace chatmesh::persistence
