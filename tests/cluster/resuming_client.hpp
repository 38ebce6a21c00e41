// A client of the event stream that follows protocol §4's client rules: it comes back after every end, at another node
// where one fails, goes on from its cursor, and checks everything that it is told.
#pragma once

#include "tests/support/chunked_decoder.hpp"
#include "tests/support/endpoint.hpp"
#include "tests/support/random.hpp"
#include "tests/support/sequence_check.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace chatmesh::test {

// What a company's clients were told, by cursor: the first one says it, and each later one has to be told the same.
class common_record {
public:
  // Throws format_error where another client was told something else.
  void tell(const std::string& cursor, const std::string& event_data);
  parsed_data& parsed() { return parsed_; }

private:
  parsed_data parsed_;
  std::map<std::string, std::size_t> told_;  // cursor -> hash
};

struct client_identity {
  std::string company_id, token;
  std::string cursor;  // where it begins
};

enum class reached { directly, by_proxy };

struct crowd_counts {
  std::size_t connects = 0;  // answered with hello
  std::size_t failures = 0;  // connections that were refused, cut, or fell silent
  std::size_t resets = 0;
  std::map<std::string, std::vector<std::int64_t>> goodbyes;  // reason -> each one's retry_ms
};

// Does no waiting of its own: whoever owns it polls its descriptor. For one thread.
class resuming_client {
public:
  using clock = std::chrono::steady_clock;

  // `nodes`, `record` and `counts` live longer. `number` says where it goes first.
  resuming_client(const std::vector<endpoint>& nodes, client_identity who, common_record& record, crowd_counts& counts,
                  std::size_t number, reached by);
  ~resuming_client();

  resuming_client(const resuming_client&) = delete;
  resuming_client& operator=(const resuming_client&) = delete;

  int descriptor() const { return fd_; }  // -1: nothing to poll
  short wanted() const;                   // of poll's events
  clock::time_point deadline() const { return deadline_; }

  // Throws format_error where it is told what the protocol does not allow.
  void on_ready(clock::time_point now);
  void on_deadline(clock::time_point now);

  const std::string& company_id() const { return who_.company_id; }
  const std::string& cursor() const { return who_.cursor; }
  std::string describe() const;

private:
  enum class stage { away, connecting, head, body };

  void connect(clock::time_point now);
  void send_request(clock::time_point now);
  void take(std::string_view bytes, clock::time_point now);
  void take_head(clock::time_point now);
  void take_frame(const sse_frame&, clock::time_point now);
  void lose(clock::time_point now);                              // and tries elsewhere, after a growing pause
  void leave(clock::time_point now, std::chrono::milliseconds);  // comes back after that time
  std::chrono::milliseconds pause();

  const std::vector<endpoint>& nodes_;
  client_identity who_;
  common_record& record_;
  crowd_counts& counts_;
  const reached by_;
  std::size_t node_;
  random_engine random_;
  int fd_ = -1;
  stage stage_ = stage::away;
  clock::time_point deadline_{};
  std::chrono::milliseconds silence_, retry_;
  int failures_ = 0;  // in a row
  std::string head_;
  bool chunked_ = true;
  // Of the present connection.
  chunked_decoder decoder_;
  sse_parser parser_;
  sequence_check check_;
};

}  // namespace chatmesh::test
