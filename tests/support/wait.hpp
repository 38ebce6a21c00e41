// How the tests wait: on a condition, for as long as a slow and busy machine may need, and never for a fixed time.
#pragma once

#include <chrono>
#include <stdexcept>
#include <string>
#include <thread>

namespace chatmesh::test {

// Long enough for a sanitizer build on a machine that has other work; only a failing test ever waits that long.
inline constexpr std::chrono::seconds patience{60};

// What a test waited for did not come.
struct timed_out : std::runtime_error {
  explicit timed_out(const std::string& what) : std::runtime_error("timed out waiting for " + what) {}
};

// The peer said something that the protocol does not allow.
struct format_error : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// Asks again and again until the condition holds; for state that can't tell of its own change (a metric, /proc).
template <class Condition>
void eventually(const std::string& what, Condition holds) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (!holds()) {
    if (std::chrono::steady_clock::now() > deadline)
      throw timed_out(what);
    std::this_thread::sleep_for(std::chrono::milliseconds{5});
  }
}

}  // namespace chatmesh::test
