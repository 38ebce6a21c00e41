// Looks at one company through all crashes of a run: two streams that resume, a replica that only events keep, and what
// the server answers when it is back.
#pragma once

#include "tests/crash/ledger.hpp"
#include "tests/support/replica.hpp"

#include <memory>
#include <string>
#include <vector>

namespace chatmesh::test {

class company_watch {
public:
  // Reads the lists as they are now and opens the streams; nobody writes meanwhile. `observer` never writes.
  explicit company_watch(member observer);

  // After a crash: the streams go on where they were cut, at that server.
  void resume(const endpoint&);

  // Everything up to `marker`, after which nobody has written, is as promised; else in words.
  std::vector<std::string> faults(const std::string& marker, const ledger&);

  std::string company_id() const { return observer_.company_id(); }

private:
  struct watched_stream {
    std::unique_ptr<sse_client> now;
    told_once told;
  };

  void open(watched_stream&, const std::string& cursor);
  void take(watched_stream&, const std::string& marker, std::vector<std::string>& faults);
  void apply_new_events();
  void compare(const replica&, const std::string& what, std::vector<std::string>& faults);
  void compare_snapshot(const std::string& marker, std::vector<std::string>& faults);

  member observer_;
  std::string from_;  // cursor
  std::vector<watched_stream> streams_;
  replica kept_by_events_;     // of the first stream
  std::uint64_t applied_ = 0;  // seq
};

}  // namespace chatmesh::test
