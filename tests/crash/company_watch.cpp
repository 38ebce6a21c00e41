#include "tests/crash/company_watch.hpp"

#include "tests/support/wait.hpp"

#include <algorithm>
#include <utility>

namespace chatmesh::test {

namespace {

constexpr std::pair<const char*, const char*> lists[] = {
    {"employee", "/employees"}, {"customer", "/customers"}, {"note", "/notes"}, {"message", "/messages"}};
constexpr std::size_t snapshot_customers = 200;

// The differing parts of two sets of objects by id, so that a fault can be read.
std::string difference(const json& expected, const json& found) {
  for (const auto& [id, object] : expected.items()) {
    if (!found.contains(id))
      return "missing is " + object.dump();
    if (found.at(id) != object)
      return "not " + found.at(id).dump() + " but " + object.dump();
  }
  for (const auto& [id, object] : found.items())
    if (!expected.contains(id))
      return "too many is " + object.dump();
  return {};
}

}  // namespace

company_watch::company_watch(member observer) : observer_(std::move(observer)), from_(observer_.head()), streams_(2) {
  kept_by_events_.load("company", json::array({observer_.read("")}), from_);
  for (const auto& [entity, path] : lists)
    kept_by_events_.load(entity, observer_.read_list(path), from_);
  applied_ = seq_of(from_);
  for (auto& each : streams_)
    open(each, from_);
}

void company_watch::open(watched_stream& s, const std::string& cursor) {
  s.now = observer_.another_tab().open_stream_from(cursor);
}

void company_watch::resume(const endpoint& at) {
  observer_ = observer_.at(at);
  for (auto& each : streams_) {
    each.now->drop();
    each.told.take(*each.now);
  }
  apply_new_events();
  for (auto& each : streams_)
    open(each, each.now->last_event_id());
}

void company_watch::apply_new_events() {
  for (const auto& frame : streams_.front().now->events()) {
    if (seq_of(*frame.id) <= applied_)
      continue;
    kept_by_events_.apply(frame.value());
    applied_ = seq_of(*frame.id);
  }
}

void company_watch::take(watched_stream& s, const std::string& marker, std::vector<std::string>& faults) {
  s.now->wait_for_position(seq_of(marker));
  if (s.now->resets() > 0)
    faults.push_back("a stream was reset");
  told_once all = s.told;
  all.take(*s.now);
  all.require_all(seq_of(from_) + 1, seq_of(marker));
}

void company_watch::compare(const replica& by_events, const std::string& what, std::vector<std::string>& faults) {
  for (const auto& [entity, path] : lists)
    if (const auto text = difference(by_events.items(entity), by_id(observer_.read_list(path))); !text.empty())
      faults.push_back("the list of each " + std::string{entity} + " differs from " + what + ": " + text);
  const auto company = by_id(json::array({observer_.read("")}));
  if (const auto text = difference(by_events.items("company"), company); !text.empty())
    faults.push_back("the company differs from " + what + ": " + text);
}

void company_watch::compare_snapshot(const std::string& marker, std::vector<std::string>& faults) {
  const auto snapshot = observer_.read("/snapshot");
  if (snapshot.at("cursor") != marker)
    faults.push_back("the snapshot is of " + snapshot.at("cursor").dump() + ", not of " + marker);
  const auto say = [&](const std::string& part, const std::string& text) {
    if (!text.empty())
      faults.push_back("the snapshot's " + part + ": " + text);
  };
  say("employees", difference(kept_by_events_.items("employee"), by_id(snapshot.at("employees"))));
  const auto all = kept_by_events_.items("customer"), shown = by_id(snapshot.at("customers"));
  if (shown.size() != std::min(all.size(), snapshot_customers))
    faults.push_back("the snapshot has " + std::to_string(shown.size()) + " customers");
  json expected = json::object(), messages = json::object();
  for (const auto& [id, customer] : shown.items())
    if (all.contains(id))
      expected[id] = all.at(id);
  say("customers", difference(expected, shown));
  const auto latest = kept_by_events_.latest_messages();
  for (const auto& [id, message] : latest.items())
    if (shown.contains(message.at("customer_id").get<std::string>()))
      messages[id] = message;
  say("messages", difference(messages, by_id(snapshot.at("messages"))));
}

std::vector<std::string> company_watch::faults(const std::string& marker, const ledger& book) {
  std::vector<std::string> faults;
  try {
    for (auto& each : streams_)
      take(each, marker, faults);
    apply_new_events();
    compare(kept_by_events_, "the first lists and the events since", faults);
    compare_snapshot(marker, faults);

    const kept_log log{observer_};
    if (log.head() != seq_of(marker))
      faults.push_back("the log goes on to " + std::to_string(log.head()) + " behind " + marker);
    if (log.is_whole()) {
      replica from_nothing;
      for (const auto& event : log.events())
        from_nothing.apply(event);
      compare(from_nothing, "the whole log", faults);
    }
    ledger::objects_now now;
    for (const auto* entity : {"company", "employee", "customer", "note", "message"}) {
      const auto all = kept_by_events_.items(entity);
      for (const auto& [id, object] : all.items())
        now[id] = object;
    }
    const auto broken = book.broken_promises(observer_.company_id(), log, now);
    faults.insert(faults.end(), broken.begin(), broken.end());
  } catch (const std::exception& e) {
    faults.push_back(e.what());
  }
  return faults;
}

}  // namespace chatmesh::test
