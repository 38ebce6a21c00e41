#include "tests/crash/ledger.hpp"

#include "tests/support/wait.hpp"

#include <utility>

namespace chatmesh::test {

namespace {

// The member of a collection's objects that has room for a mark; none: what is written there is no object.
const char* markable_field(const std::string& path) {
  static constexpr std::pair<const char*, const char*> fields[] = {{"/customers", "organization"},
                                                                   {"/notes", "body"},
                                                                   {"/messages", "body"},
                                                                   {"/employees", "title"},
                                                                   {"/api_tokens", "name"}};
  for (const auto& [collection, field] : fields)
    if (path.find(collection) != std::string::npos)
      return field;
  return path.starts_with("/companies/") ? "name" : nullptr;
}

bool keeps_its_answer(const std::string& method, const std::string& path) {
  return method == "POST" && !path.ends_with("/accept");
}

// "… <7>": behind whatever the writer wanted to say.
std::string mark_of(const json& event) {
  const auto entity = event.at("entity").get<std::string>();
  const auto* field = entity == "customer"   ? "organization"
                      : entity == "company"  ? "name"
                      : entity == "employee" ? "title"
                                             : "body";
  const auto place = event.at("object").find(field);
  if (place == event.at("object").end() || !place->is_string())
    return {};
  const auto text = place->get<std::string>();
  const auto begin = text.rfind('<');
  return begin == std::string::npos ? std::string{} : text.substr(begin);
}

json shown(const http_response& answer) {
  return without(answer.value(), {"invitation", "token"});
}

std::string describe(const attempt& a) {
  return a.method + " " + a.path + " " + a.mark + " (" + std::to_string(a.answer.status) + " " + a.answer.cursor() +
         ")";
}

std::uint64_t number_of(const json& event) {
  return event.at("seq").get<std::uint64_t>();
}

constexpr int max_restarts = 20;

// All that is kept, oldest first. What is pruned while it is read is told by `reset`, and it is read anew.
std::vector<json> read_events(member& reader) {
  std::vector<json> events;
  std::string cursor = "0";
  for (int restarts = 0; restarts < max_restarts;) {
    const auto page = reader.read("/changes?limit=500&cursor=" + cursor);
    if (page.contains("reset")) {
      events.clear();
      cursor = "0";
      ++restarts;
      continue;
    }
    events.insert(events.end(), page.at("events").begin(), page.at("events").end());
    cursor = page.at("cursor").get<std::string>();
    const auto head = page.at("head").get<std::uint64_t>();
    if (seq_of(cursor) < head)
      continue;
    if (events.empty() || number_of(events.back()) != head)
      throw format_error("the log ends before its head " + std::to_string(head));
    return events;
  }
  throw format_error("the log is pruned faster than it can be read");
}

}  // namespace

// ---- kept_log

kept_log::kept_log(member& reader) : events_(read_events(reader)), first_(number_of(events_.front())) {
  std::map<std::string, std::string> marks;  // by object
  for (std::size_t i = 0; i < events_.size(); ++i) {
    const auto& event = events_[i];
    if (number_of(event) != first_ + i)
      throw format_error("the log goes from " + std::to_string(first_ + i - 1) + " to " +
                         std::to_string(number_of(event)));
    const auto mark = mark_of(event);
    if (!mark.empty() && std::exchange(marks[event.at("object").at("id").get<std::string>()], mark) != mark)
      ++changed_[mark];
    if (!mark.empty() && event.at("action") == "created")
      ++created_[mark];
  }
}

const json* kept_log::find(std::uint64_t seq) const {
  return seq < first_ || seq > head() ? nullptr : &events_[seq - first_];
}

// ---- ledger

http_response ledger::send(api_client& as, const std::string& company, const std::string& method,
                           const std::string& path, std::optional<json> body, header_list headers,
                           std::uint64_t number) {
  attempt a{company, as.token, method, path, std::move(body), std::move(headers), {}, false, fate::in_doubt, {}};
  const auto* field = markable_field(path);
  if (a.body && field && method != "DELETE") {
    a.mark = "<" + std::to_string(number) + ">";
    const auto said = a.body->value(field, "");
    (*a.body)[field] = said + " " + a.mark;
  }
  if (keeps_its_answer(method, path)) {
    a.has_key = true;
    a.headers.emplace_back("Idempotency-Key", "key-" + std::to_string(number));
  }
  const auto note = [&] {
    const std::lock_guard lock{mutex_};
    doubts_ += a.fate == fate::in_doubt ? 1 : 0;
    acknowledged_ += a.fate == fate::acknowledged ? 1 : 0;
    attempts_.push_back(a);
  };
  try {
    a.answer = as.call(method, path, a.body, a.headers);
  } catch (...) {
    note();
    throw;
  }
  a.fate = a.answer.status < 400 ? fate::acknowledged : a.answer.status < 500 ? fate::refused : fate::in_doubt;
  note();
  if (a.answer.status >= 500)
    throw unexpected_answer(method + " " + path, a.answer);
  return a.answer;
}

void ledger::settle(const endpoint& at) {
  for (attempt& each : attempts_)
    if (each.fate == fate::in_doubt && each.has_key)
      settle(each, at);
}

void ledger::settle(attempt& a, const endpoint& at) {
  api_client client{at};
  client.token = a.token;
  const auto first = client.call(a.method, a.path, a.body, a.headers);
  const auto second = client.call(a.method, a.path, a.body, a.headers);
  a.answer = first;
  if (first.status >= 500)
    return;  // it stays in doubt
  // What it refers to may have gone meanwhile, by others' writes; then it can't be told whether it was done before.
  a.has_key = false;
  if (first.status != 201)
    return;
  a.fate = fate::acknowledged;
  doubts_done_ += first.header("Idempotency-Replayed") ? 1 : 0;
  if (second.status != 201 || !second.header("Idempotency-Replayed") || shown(first) != shown(second) ||
      first.cursor() != second.cursor())
    broken_.push_back("not the same answer again: " + describe(a) + " and then " + std::to_string(second.status));
}

std::vector<std::string> ledger::broken_promises(const std::string& company, const kept_log& log,
                                                 const objects_now& now) const {
  auto broken = broken_;
  for (const attempt& a : attempts_) {
    if (a.company != company)
      continue;
    const auto say = [&](const std::string& what) { broken.push_back(what + ": " + describe(a)); };
    if (log.is_whole() && !a.mark.empty() && a.path.find("/api_tokens") == std::string::npos) {
      const auto done = log.changes_to(a.mark);
      if (a.fate == fate::acknowledged && done != 1)
        say("acknowledged, and done " + std::to_string(done) + " times");
      if (a.fate == fate::refused && done != 0)
        say("refused, and done");
      if (a.fate == fate::in_doubt && done > 1)
        say("done " + std::to_string(done) + " times");
      if (a.method == "POST" && log.creations_with(a.mark) > 1)
        say("made twice");
    }
    // A customer's own cursor is sealed: it tells nothing to compare.
    const auto cursor = a.answer.cursor();
    if (a.fate != fate::acknowledged || cursor.empty() || a.path.starts_with("/widget"))
      continue;
    const auto seq = seq_of(cursor);
    const auto* event = log.find(seq);
    if (!event) {
      if (seq > log.head())
        say("acknowledged, and not in the log");
      continue;
    }
    if (a.path.ends_with("/accept"))
      continue;  // the answer is a session; the event says that the employee is active
    const auto& object = event->at("object");
    const auto id = object.at("id").get<std::string>();
    if (a.method == "DELETE") {
      if (event->at("action") != "deleted" || !a.path.ends_with("/" + id))
        say("acknowledged, and its event is another");
      if (now.contains(id))
        say("deleted, and still there");
      continue;
    }
    if (object != shown(a.answer))
      say("acknowledged, and its event has another object");
    const auto present = now.find(id);
    if (present != now.end() && present->second.at("version") < object.at("version"))
      say("an older version than the acknowledged one is there");
  }
  return broken;
}

std::size_t ledger::acknowledged() const {
  const std::lock_guard lock{mutex_};
  return acknowledged_;
}

ledger_figures ledger::figures() const {
  ledger_figures sum;
  for (const attempt& a : attempts_) {
    sum.acknowledged += a.fate == fate::acknowledged ? 1 : 0;
    sum.refused += a.fate == fate::refused ? 1 : 0;
  }
  sum.in_doubt = doubts_;
  sum.doubts_done = doubts_done_;
  return sum;
}

}  // namespace chatmesh::test
