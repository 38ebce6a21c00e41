// What is said to a PostgreSQL session without waiting for each answer (libpq's pipeline mode): one round trip, and one
// turn of the server's process, then serve many statements.
#pragma once

#include "domain/id.hpp"

#include <libpq-fe.h>

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace chatmesh::persistence::postgresql {

using result_ptr = std::shared_ptr<PGresult>;

// Of statements that are prepared, named as the server knows them; values are texts, null for NULL. Throws
// soci::postgresql_soci_error: a statement that failed, where it was sent and not asked for, is told by whoever waits
// next, and all that was sent after it was not done. libpq reads while it writes, so neither side waits for the other.
class pipeline {
public:
  using values = std::span<const char* const>;

  // The connection outlives it, and is used by nobody else while something is under way.
  explicit pipeline(PGconn* connection) : connection_(connection) {}

  // To be run after what was sent before. Returns at once.
  void send(const std::string& name, values);

  // Waits for all that was sent, and for its answer.
  result_ptr ask(const std::string& name, values);

  // Sends a question that will be asked with these very values: ask() then has the answer, until it is forgotten.
  void foresee(const std::string& name, values, const domain::id& about);
  void forget(const domain::id& about);
  void forget_all() { foreseen_.clear(); }

  // Waits for all that was sent.
  void settle();

private:
  static constexpr std::size_t most_sent = 1'000;      // statements without an answer
  static constexpr std::size_t most_foreseen = 1'000;  // answers that are kept
  static constexpr std::size_t sent_together = 16;     // statements up to the next mark
  // And so many bytes: libpq sends what it holds as soon as that is 8 KiB.
  static constexpr std::size_t bytes_together = 7 * 1024;

  struct foreseen {
    domain::id about;
    result_ptr answer;  // none yet
  };
  struct sent {
    bool is_mark = false;
    std::string question;  // where it was foreseen
  };

  void add(const std::string& name, values, std::string question);
  void mark();
  static std::size_t size_of(const std::string& name, values);
  result_ptr take();
  void take_mark();
  result_ptr finish();
  [[noreturn]] void lose(const PGresult* why = nullptr);
  [[noreturn]] void fail(const PGresult* why);
  static std::string question_of(const std::string& name, values);

  PGconn* connection_;
  bool lost_ = false;
  std::vector<sent> sent_;
  std::size_t unmarked_ = 0, unmarked_bytes_ = 0;  // sent after the last mark
  std::unordered_map<std::string, foreseen> foreseen_;
};

}  // namespace chatmesh::persistence::postgresql
