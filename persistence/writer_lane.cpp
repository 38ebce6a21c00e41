#include "persistence/writer_lane.hpp"

#include "persistence/sql/dialect.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <cstring>
#include <iterator>
#include <optional>
#include <utility>

#include <pthread.h>

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

// Where it is written, as far as who writes tells.
struct written_company {
  std::optional<domain::id> operator()(const anonymous&) const { return {}; }
  std::optional<domain::id> operator()(const user_principal&) const { return {}; }
  std::optional<domain::id> operator()(const auto& who) const { return who.company; }
};

void answer(const writer::completion& done, write_outcome outcome) noexcept {
  try {
    done(std::move(outcome));
  } catch (const std::exception& e) {
    spdlog::error("the answer to a write was not delivered: {}", e.what());
  }
}

}  // namespace

writer_lane::writer_lane(const settings& s, commit_listener& listener, waiting_room& room, health& told)
    : listener_(listener), room_(room),
      max_batch_(std::clamp<std::size_t>(s.batch, 1, dialect_of(s.database.kind).max_batch())),
      patience_(s.writer_patience), gather_(s.commit_delay), runner_(s, told), thread_([this] { work(); }) {}

writer_lane::~writer_lane() {
  stop();
}

void writer_lane::stop() {
  {
    const std::lock_guard lock{mutex_};
    if (std::exchange(stopping_, true))
      return;
  }
  wake_.notify_one();
  thread_.join();
}

bool writer_lane::enqueue(waiting_write& write) {
  if (!room_.enter())
    return false;
  bool enough = false;
  {
    const std::lock_guard lock{mutex_};
    const bool stuck = !waiting_.empty() && write.since - waiting_.front().since > patience_;
    if (stopping_ || stuck) {
      room_.leave(1);
      return false;
    }
    // One that does not wait for the answer to another of its author counts as somebody else's.
    write.author = std::visit(author_number{}, write.request.who);
    gather_.arrived(write.author + unanswered_[write.author]++, write.since);
    waiting_.push_back(std::move(write));
    if (wanted_ > 1)
      wanted_ = wanted_now();
    enough = wanted_ > 0 && waiting_.size() >= wanted_;
    if (enough)
      wanted_ = 0;
  }
  if (enough)
    wake_.notify_one();
  return true;
}

std::size_t writer_lane::depth() const {
  const std::lock_guard lock{mutex_};
  return waiting_.size() + running_;
}

std::size_t writer_lane::wanted_now() const {
  return std::min(gather_.worth_waiting_for(waiting_.size()), max_batch_);
}

void writer_lane::work() {
  ::pthread_setname_np(::pthread_self(), "writer");
  for (bool over = false; !over;) {
    auto batch = take();
    refuse_late(batch);
    if (!batch.empty())
      run(std::move(batch));
    runner_.settle();
    tell_doubts();
    const std::lock_guard lock{mutex_};
    over = stopping_ && waiting_.empty();
  }
}

// Everything that waits, up to one batch. Empty: the lane is stopped and nothing waits any more, or it is time to look
// what became of a COMMIT without an answer.
std::vector<waiting_write> writer_lane::take() {
  std::unique_lock lock{mutex_};
  wanted_ = 1;
  const auto enough = [this] { return stopping_ || waiting_.size() >= wanted_; };
  if (runner_.is_in_doubt())
    wake_.wait_for(lock, runner_.pause(), enough);
  else
    wake_.wait(lock, enough);
  if (!waiting_.empty()) {
    wanted_ = wanted_now();
    wake_.wait_for(lock, gather_.delay(), enough);
  }
  wanted_ = 0;  // nobody has to wake a lane that works
  const auto end = waiting_.begin() + static_cast<std::ptrdiff_t>(std::min(waiting_.size(), max_batch_));
  std::vector<waiting_write> batch(std::make_move_iterator(waiting_.begin()), std::make_move_iterator(end));
  waiting_.erase(waiting_.begin(), end);
  running_ = batch.size();
  room_.leave(batch.size());
  return batch;
}

// Whoever has waited so long has given up, or would be told the same by the next batch.
void writer_lane::refuse_late(std::vector<waiting_write>& batch) {
  const auto oldest = gathering::clock::now() - patience_;
  const auto end = std::stable_partition(batch.begin(), batch.end(),
                                         [&](const waiting_write& each) { return each.since >= oldest; });
  const std::vector<waiting_write> late(std::make_move_iterator(end), std::make_move_iterator(batch.end()));
  batch.erase(end, batch.end());
  finish(late);
  for (const waiting_write& each : late)
    answer(each.done, refused{refusal::unavailable, {}, {}, {}});
}

void writer_lane::run(std::vector<waiting_write> batch) {
  std::vector<const write_request*> requests;
  requests.reserve(batch.size());
  for (const waiting_write& each : batch)
    requests.push_back(&each.request);
  std::vector<command_result> results = runner_.run(requests);
  tell_doubts();  // first: what follows may be of another history
  listener_.together([&] {
    tell(results);
    finish(batch);
    for (std::size_t i = 0; i < batch.size(); ++i)
      answer(batch[i].done, std::move(results[i].outcome));
  });
  runner_.limit_wal();
}

void writer_lane::finish(const std::vector<waiting_write>& batch) {
  const std::lock_guard lock{mutex_};
  running_ -= batch.size();
  if (const auto took = runner_.take_commit_time())
    gather_.committed(*took);
  gather_.answered(gathering::clock::now());
  for (const waiting_write& each : batch) {
    const auto author = unanswered_.find(each.author);
    if (--author->second == 0)
      unanswered_.erase(author);
  }
}

// Among the first of those who wait: the next commit takes no more.
bool writer_lane::has_more_of(const domain::id& company) const {
  const std::lock_guard lock{mutex_};
  const auto end = waiting_.begin() + static_cast<std::ptrdiff_t>(std::min(waiting_.size(), max_batch_));
  return std::any_of(waiting_.begin(), end, [&](const waiting_write& each) {
    return std::visit(written_company{}, each.request.who) == company;
  });
}

// Changes of one company that follow each other are told together: they reach their streams in one piece.
void writer_lane::tell(std::vector<command_result>& results) noexcept {
  std::vector<domain::change> together;
  for (command_result& each : results) {
    const bool other = !together.empty() && !each.changes.empty() &&
                       together.front().company_id != each.changes.front().company_id;
    if (other)
      tell_changes(together);
    std::ranges::move(each.changes, std::back_inserter(together));
    if (each.ended.empty())
      continue;
    tell_changes(together);
    for (ended_notice& notice : each.ended)
      tell_ended(notice);
  }
  tell_changes(together);
}

void writer_lane::tell_changes(std::vector<domain::change>& changes) noexcept {
  try {
    if (changes.empty())
      return;
    const bool more = has_more_of(changes.front().company_id);
    listener_.committed(std::exchange(changes, {}), more);
  } catch (const std::exception& e) {
    spdlog::error("a commit was not passed on: {}", e.what());
  }
}

void writer_lane::tell_ended(ended_notice& notice) noexcept {
  try {
    listener_.ended(notice.company, notice.at.epoch, notice.at.authority, std::move(notice.sessions));
  } catch (const std::exception& e) {
    spdlog::error("an ended right was not passed on: {}", e.what());
  }
}

void writer_lane::tell_doubts() noexcept {
  try {
    if (runner_.take_history_change())
      listener_.history_changed();
    for (const domain::id& company : runner_.take_settled())
      listener_.doubted(company);
  } catch (const std::exception& e) {
    spdlog::error("what became of a commit was not passed on: {}", e.what());
  }
}

}  // namespace chatmesh::persistence
