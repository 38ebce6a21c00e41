// What holds for every right that ends without an event of its own: a session's, an API token's.
#pragma once

#include "tests/integration/fixture.hpp"

#include <atomic>
#include <string>
#include <thread>

namespace chatmesh::test {

// `open(stream_options)` gives a stream and the call that ends its right, which answers the status. `reason` is the
// goodbye's.

// While others write, time and again.
template <class Open>
void expect_exact_end(team& all, Open open, const std::string& reason) {
  std::atomic<bool> done = false;
  std::thread writer{[&, tab = all.owner.another_tab()]() mutable {
    while (!done)
      mark(tab);
  }};
  for (int i = 0; i < 10; ++i) {
    const auto [stream, end] = open(stream_options{});
    EXPECT_EQ(end(), 204);
    const auto after = mark(all.admin);
    EXPECT_EQ(farewell(*stream), reason);
    EXPECT_LT(last_seq(*stream), seq_of(after));
  }
  done = true;
  writer.join();
}

// For a reader that is far behind when it ends.
template <class Open>
void expect_exact_end_of_slow_reader(team& all, Open open, const std::string& reason) {
  const auto customer = all.owner.create("/customers", {{"name", "Grace"}}).object.at("id");
  const auto [stream, end] = open({.cursor = all.owner.head(), .receive_buffer = 4096, .paused = true});
  const auto write = [&] {
    return all.owner.create("/notes", {{"customer_id", customer}, {"body", std::string(60'000, 'n')}}).cursor;
  };
  for (int i = 0; i < 150; ++i)
    write();
  EXPECT_EQ(end(), 204);
  const auto after = write();
  stream->go_on();
  EXPECT_EQ(farewell(*stream), reason);
  EXPECT_LT(last_seq(*stream), seq_of(after));
}

}  // namespace chatmesh::test
