// Whether the database reads and writes now, for /readyz.
#pragma once

#include "http/handler.hpp"

#include <chrono>
#include <memory>
#include <string>

namespace chatmesh::http {

// Asks by a small read and a small write of its own, so that a fault shows where nobody else writes. However often it
// is asked, one question is under way at a time and one is begun a second; a database that hangs is told after `limit`.
// Owned by the server; for the operations thread.
class readiness {
public:
  static constexpr std::chrono::seconds fresh{1};  // an answer holds so long
  static constexpr std::chrono::seconds limit{2};

  // Why the server is not ready, in words for an operator; empty: it is.
  asio::awaitable<std::string> ask(services&);

private:
  struct question;
  static asio::awaitable<void> ask_reads(services&, std::shared_ptr<question>);
  static asio::awaitable<void> ask_writes(services&, std::shared_ptr<question>);

  std::shared_ptr<question> last_;
};

}  // namespace chatmesh::http
