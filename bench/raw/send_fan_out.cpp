#include "bench/raw/fan_out.hpp"

#include <cerrno>

#include <sys/socket.h>

namespace chatmesh::bench {

namespace {

class send_fan_out final : public fan_out {
public:
  void send(std::span<const receiver> all, std::string_view bytes, std::vector<unsent>& rest) override {
    for (const auto& one : all) {
      const auto n = ::send(one.fd, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
      if (n != static_cast<ssize_t>(bytes.size()))
        rest.push_back({one.id, n < 0 ? -errno : static_cast<int>(n)});
    }
  }
};

}  // namespace

std::unique_ptr<fan_out> make_send_fan_out() {
  return std::make_unique<send_fan_out>();
}

}  // namespace chatmesh::bench
