#include "tests/cluster/crowd.hpp"

#include "tests/support/wait.hpp"

#include <algorithm>
#include <utility>

#include <poll.h>

namespace chatmesh::test {

namespace {

constexpr int longest_poll_ms = 20;  // so long a new client waits for the thread
constexpr std::size_t most_faults = 10;

}  // namespace

crowd::crowd(std::vector<endpoint> nodes, reached by)
    : nodes_(std::move(nodes)), by_(by), poller_([this] { poll_them(); }) {}

crowd::~crowd() {
  ends_ = true;
  poller_.join();
}

void crowd::join(const member& who, const std::string& cursor, std::size_t clients) {
  const std::lock_guard lock{mutex_};
  auto& record = records_[who.company_id()];
  for (std::size_t i = 0; i < clients; ++i)
    clients_.push_back(std::make_unique<resuming_client>(nodes_, client_identity{who.company_id(), who.token(), cursor},
                                                         record, counts_, clients_.size(), by_));
}

void crowd::poll_them() {
  while (!ends_)
    poll_once();
}

void crowd::poll_once() {
  std::vector<pollfd> wanted;
  {
    const std::lock_guard lock{mutex_};
    for (const auto& each : clients_)
      wanted.push_back({each->descriptor(), each->wanted(), 0});  // poll passes over a descriptor of -1
  }
  ::poll(wanted.data(), wanted.size(), longest_poll_ms);
  const auto now = resuming_client::clock::now();
  const std::lock_guard lock{mutex_};
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    auto& client = *clients_[i];
    try {
      if (wanted[i].fd >= 0 && wanted[i].revents != 0)
        client.on_ready(now);
      else if (client.deadline() <= now)
        client.on_deadline(now);
    } catch (const std::exception& e) {
      note(client, e.what());
    }
  }
  moved_.notify_all();
}

void crowd::note(const resuming_client& client, const std::string& fault) {
  if (faults_.size() < most_faults)
    faults_.push_back("a client " + client.describe() + ": " + fault);
}

void crowd::wait_for(const std::string& company, const std::string& cursor) {
  std::unique_lock lock{mutex_};
  const auto told = [&](const resuming_client& c) {
    return epoch_of(c.cursor()) == epoch_of(cursor) && seq_of(c.cursor()) >= seq_of(cursor);
  };
  const auto behind = [&] {
    return std::ranges::find_if(clients_, [&](const auto& c) { return c->company_id() == company && !told(*c); });
  };
  moved_.wait_for(lock, patience, [&] { return !faults_.empty() || behind() == clients_.end(); });
  if (!faults_.empty())
    throw format_error(faults_.front());
  if (behind() != clients_.end())
    throw timed_out("all clients at " + cursor + "; there are" + describe(company));
}

// Under the lock.
std::string crowd::describe(const std::string& company) const {
  std::map<std::string, std::size_t> states;
  for (const auto& each : clients_)
    if (each->company_id() == company)
      ++states[each->describe()];
  std::string text;
  for (const auto& [state, count] : states)
    text += (text.empty() ? " " : "; ") + std::to_string(count) + " " + state;
  return text;
}

crowd_counts crowd::counts() const {
  const std::lock_guard lock{mutex_};
  return counts_;
}

std::size_t crowd::size() const {
  const std::lock_guard lock{mutex_};
  return clients_.size();
}

}  // namespace chatmesh::test
