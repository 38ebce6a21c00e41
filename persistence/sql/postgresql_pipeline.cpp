#include "persistence/sql/postgresql_pipeline.hpp"

#include <soci/postgresql/soci-postgresql.h>

#include <cstring>

namespace chatmesh::persistence::postgresql {

namespace {

constexpr const char* no_state = "     ";  // as SOCI has it where the error is libpq's own: the session is lost

bool is_error(const PGresult* result) {
  const auto status = PQresultStatus(result);
  return status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK;
}

}  // namespace

void pipeline::send(const std::string& name, values given) {
  add(name, given, {});
  if (sent_.size() >= most_sent)
    settle();
}

result_ptr pipeline::ask(const std::string& name, values given) {
  if (!foreseen_.empty()) {
    const auto known = foreseen_.find(question_of(name, given));
    if (known != foreseen_.end() && !known->second.answer)
      settle();
    if (known != foreseen_.end())
      return known->second.answer;
  }
  add(name, given, {});
  return finish();
}

void pipeline::foresee(const std::string& name, values given, const domain::id& about) {
  if (foreseen_.size() >= most_foreseen || sent_.size() >= most_sent)
    return;
  std::string question = question_of(name, given);
  if (foreseen_.try_emplace(question, foreseen{about, {}}).second)
    add(name, given, std::move(question));
}

void pipeline::forget(const domain::id& about) {
  std::erase_if(foreseen_, [&](const auto& each) { return each.second.about == about; });
}

void pipeline::settle() {
  if (!sent_.empty())
    finish();
}

void pipeline::add(const std::string& name, values given, std::string question) {
  if (lost_ || (sent_.empty() && PQenterPipelineMode(connection_) != 1))
    lose();
  const std::size_t bytes = size_of(name, given);
  if (unmarked_ > 0 && unmarked_bytes_ + bytes > bytes_together)
    mark();
  if (PQsendQueryPrepared(connection_, name.c_str(), static_cast<int>(given.size()), given.data(), nullptr, nullptr,
                          0) != 1)
    lose();
  sent_.push_back({false, std::move(question)});
  unmarked_bytes_ += bytes;
  if (++unmarked_ == sent_together || unmarked_bytes_ > bytes_together)
    mark();
}

// In the messages Bind, Describe and Execute, or a little more.
std::size_t pipeline::size_of(const std::string& name, values given) {
  constexpr std::size_t headers = 64, header_of_value = 6;
  std::size_t bytes = headers + name.size();
  for (const char* const each : given)
    bytes += header_of_value + (each ? std::strlen(each) : 0);
  return bytes;
}

// The server begins with what it has got. Up to the next mark it leaves out whatever follows an error; behind it, a
// transaction that has failed refuses everything. Between marks it waits for us without a limit of time, so one stands
// behind all that may have left: a process that freezes must not keep its locks.
void pipeline::mark() {
  if (PQpipelineSync(connection_) != 1)
    lose();
  sent_.push_back({true, {}});
  unmarked_ = unmarked_bytes_ = 0;
}

// The answer to the next statement. Each is followed by a null; a null at once says that the session is lost.
result_ptr pipeline::take() {
  const result_ptr result{PQgetResult(connection_), PQclear};
  if (!result)
    lose();
  while (PGresult* const end = PQgetResult(connection_))
    PQclear(end);
  return result;
}

void pipeline::take_mark() {
  const result_ptr result{PQgetResult(connection_), PQclear};
  if (PQresultStatus(result.get()) != PGRES_PIPELINE_SYNC)
    lose();
}

// The answer to the last statement.
result_ptr pipeline::finish() {
  if (!sent_.back().is_mark)
    mark();
  result_ptr last, error;
  for (const auto& [is_mark, question] : std::exchange(sent_, {})) {
    if (is_mark) {
      take_mark();
      continue;
    }
    last = take();
    if (!error && is_error(last.get()))
      error = last;
    if (PQstatus(connection_) == CONNECTION_BAD)
      lose(error.get());
    if (const auto known = foreseen_.find(question); !question.empty() && known != foreseen_.end())
      known->second.answer = last;
  }
  if (PQexitPipelineMode(connection_) != 1)
    lose();
  if (error)
    fail(error.get());
  return last;
}

// No answer can be told from another any more.
void pipeline::lose(const PGresult* why) {
  lost_ = true;
  fail(why);
}

// libpq's texts may hold values: whoever logs an error names its state alone.
void pipeline::fail(const PGresult* why) {
  sent_.clear();
  unmarked_ = unmarked_bytes_ = 0;
  foreseen_.clear();
  const char* const state = why ? PQresultErrorField(why, PG_DIAG_SQLSTATE) : nullptr;
  throw soci::postgresql_soci_error{why ? PQresultErrorMessage(why) : PQerrorMessage(connection_),
                                    state ? state : no_state};
}

std::string pipeline::question_of(const std::string& name, values given) {
  std::string question = name;
  for (const char* const each : given) {
    question.append(1, '\0').append(1, each ? '=' : '0');
    if (each)
      question.append(each);
  }
  return question;
}

}  // namespace chatmesh::persistence::postgresql
