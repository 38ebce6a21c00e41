// The one thing that is measured here: the same bytes to many sockets, at the lowest price that the kernel offers.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace chatmesh::bench {

struct receiver {
  int fd = -1;
  std::uint32_t id = 0;
};

/// A socket that did not take everything.
struct unsent {
  std::uint32_t id = 0;  // of the receiver
  int result = 0;        // bytes that it took, or -errno
};

class fan_out {
public:
  virtual ~fan_out() = default;

  /// Sends `bytes` to all; they may change once it returns. Adds to `rest` whoever did not take all of them.
  virtual void send(std::span<const receiver>, std::string_view bytes, std::vector<unsent>& rest) = 0;

protected:
  fan_out() = default;
  fan_out(const fan_out&) = default;
  fan_out& operator=(const fan_out&) = default;
};

/// A `send` for each.
std::unique_ptr<fan_out> make_send_fan_out();

/// io_uring, one submit for each slice of 64. Throws std::system_error where the kernel has none.
std::unique_ptr<fan_out> make_uring_fan_out();

}  // namespace chatmesh::bench
