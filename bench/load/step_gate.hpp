// Several load processes in step: each says which phase it has come to, and goes on when whoever started them all says
// so.
#pragma once

#include "bench/load/poller.hpp"

#include <cstdint>
#include <string_view>

namespace chatmesh::bench {

/// The key that the poller has for the gate.
inline constexpr std::uint64_t gate_key = 1ULL << 33;

class step_gate {
public:
  /// Standard input is a pipe.
  explicit step_gate(poller&);

  /// Prints {"at":phase}.
  void arrive(std::string_view phase);
  /// Standard input has something: every line opens the gate once. Throws std::runtime_error at its end: nobody is
  /// there any more who could open it.
  void handle();
  bool open() const { return lines_ > 0; }
  /// Takes the line that opened it.
  void pass() { --lines_; }

private:
  std::uint64_t lines_ = 0;
};

}  // namespace chatmesh::bench
