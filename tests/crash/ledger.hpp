// What the writers of a crash run asked for, what they were told, and what must therefore be there.
#pragma once

#include "tests/support/story.hpp"

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace chatmesh::test {

enum class fate {
  acknowledged,  // 2xx: it is there
  refused,       // 4xx: nothing of it is there
  in_doubt       // 503, or no answer: all of it is there, or nothing
};

struct attempt {
  std::string company;
  std::string token;  // of who asked
  std::string method, path;
  std::optional<json> body;
  header_list headers;
  std::string mark;  // a text that the object carries from this attempt on and from no other; empty where it has none
  bool has_key = false;
  test::fate fate = fate::in_doubt;
  http_response answer;
};

// One company's change log as far as it is kept: every event, from the oldest to the head.
class kept_log {
public:
  // Reads it by GET /changes. Throws format_error where a seq is missing.
  explicit kept_log(member& reader);

  bool is_whole() const { return first_ == 1; }
  std::uint64_t head() const { return first_ + events_.size() - 1; }
  const std::vector<json>& events() const { return events_; }
  const json* find(std::uint64_t seq) const;  // none: no longer kept
  // How often an object took on that mark, and how often one was made with it.
  std::size_t changes_to(const std::string& mark) const { return count(changed_, mark); }
  std::size_t creations_with(const std::string& mark) const { return count(created_, mark); }

private:
  using counts = std::map<std::string, std::size_t>;
  static std::size_t count(const counts& in, const std::string& mark) {
    const auto found = in.find(mark);
    return found == in.end() ? 0 : found->second;
  }

  std::vector<json> events_;
  std::uint64_t first_ = 1;
  counts changed_, created_;
};

struct ledger_figures {
  std::size_t acknowledged = 0, refused = 0, in_doubt = 0;
  std::size_t doubts_done = 0;  // of those in doubt that were asked again: had been committed
};

// Thread-safe but for those that read.
class ledger {
public:
  // Sends the request, with an Idempotency-Key where it may have one and a mark where its object has room for one, and
  // notes what came of it. Throws connection_lost, and unexpected_answer for a 5xx.
  http_response send(api_client& as, const std::string& company, const std::string& method, const std::string& path,
                     std::optional<json> body, header_list headers, std::uint64_t number);

  // How many were acknowledged so far.
  std::size_t acknowledged() const;

  // Asks again, twice, for what is in doubt and has a key: both times the same answer. What was left in doubt and may
  // be asked again is so no more.
  void settle(const endpoint&);

  // The present objects of one collection of the company, by id.
  using objects_now = std::map<std::string, json>;

  // Every promise of that company that the log and the objects don't keep, in words.
  std::vector<std::string> broken_promises(const std::string& company, const kept_log&, const objects_now&) const;

  ledger_figures figures() const;

private:
  void settle(attempt&, const endpoint&);

  mutable std::mutex mutex_;
  std::vector<attempt> attempts_;
  std::vector<std::string> broken_;  // promises that settle() found broken
  std::size_t acknowledged_ = 0, doubts_ = 0, doubts_done_ = 0;
};

}  // namespace chatmesh::test
