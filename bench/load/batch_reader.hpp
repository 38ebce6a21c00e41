// Reads many sockets with one system call: io_uring where the kernel has it, else a `recv` each. A client that reads
// one event from each of thousands of sockets pays mostly for calls, and it has to cost less than the server.
#pragma once

#include "bench/load/mark.hpp"

#include <array>
#include <cstddef>
#include <memory>
#include <span>
#include <vector>

struct io_uring;

namespace chatmesh::bench {

class batch_reader {
public:
  static constexpr std::size_t slots = 64;
  static constexpr std::size_t slot_bytes = 64UL * 1024;

  batch_reader();
  batch_reader(const batch_reader&) = delete;
  batch_reader& operator=(const batch_reader&) = delete;
  ~batch_reader();

  /// Reads up to `most` bytes (at most slot_bytes) from each of up to `slots` sockets, without waiting. Each result is
  /// a number of bytes, 0 at the end, or -errno; they are in the slot of the same number until the next call.
  std::span<const int> read(std::span<const int> fds, std::size_t most);

  /// Where the bytes of a socket begin; `mark_bytes` before it are free for what was left of the read before.
  char* slot(std::size_t i) { return buffer_.data() + i * stride + mark_bytes; }

private:
  // Not a power of two: the slots' beginnings would all share the same few lines of the cache.
  static constexpr std::size_t stride = slot_bytes + 17UL * 64;

  void read_with_ring(std::span<const int> fds, std::size_t most);

  std::unique_ptr<io_uring> ring_;  // null where there is none
  std::vector<char> buffer_ = std::vector<char>(slots * stride + mark_bytes);
  std::array<int, slots> results_{};
};

}  // namespace chatmesh::bench
