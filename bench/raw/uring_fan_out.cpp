#include "bench/raw/fan_out.hpp"

#include <liburing.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include <sys/socket.h>

namespace chatmesh::bench {

namespace {

constexpr std::size_t slice = 64;
// DONTWAIT: a full socket answers at once instead of being waited for. WAITALL: a short send counts as a failure, so
// that only failures make completions.
constexpr int send_flags = MSG_NOSIGNAL | MSG_DONTWAIT | MSG_WAITALL;

class uring_fan_out final : public fan_out {
public:
  uring_fan_out() {
    io_uring_params params{};
    params.flags = IORING_SETUP_SUBMIT_ALL;
    const int error = io_uring_queue_init_params(slice, &ring_, &params);
    if (error < 0)
      throw std::system_error{-error, std::generic_category(), "io_uring"};
  }
  uring_fan_out(const uring_fan_out&) = delete;
  uring_fan_out& operator=(const uring_fan_out&) = delete;
  ~uring_fan_out() override { io_uring_queue_exit(&ring_); }

  void send(std::span<const receiver> all, std::string_view bytes, std::vector<unsent>& rest) override {
    for (std::size_t begin = 0; begin < all.size(); begin += slice)
      send_slice(all.subspan(begin, std::min(slice, all.size() - begin)), bytes, rest);
  }

private:
  void send_slice(std::span<const receiver> some, std::string_view bytes, std::vector<unsent>& rest) {
    for (const auto& one : some) {
      auto* entry = io_uring_get_sqe(&ring_);  // never null: the ring holds a slice and is empty here
      io_uring_prep_send(entry, one.fd, bytes.data(), bytes.size(), send_flags);
      entry->flags |= IOSQE_CQE_SKIP_SUCCESS;
      entry->user_data = one.id;
    }
    while (io_uring_sq_ready(&ring_) > 0) {
      const int result = io_uring_submit(&ring_);
      if (result < 0 && result != -EINTR && result != -EAGAIN && result != -EBUSY)
        throw std::system_error{-result, std::generic_category(), "io_uring_submit"};
    }
    unsigned head = 0;
    unsigned seen = 0;
    io_uring_cqe* done = nullptr;
    io_uring_for_each_cqe(&ring_, head, done) {
      ++seen;
      if (done->res != static_cast<int>(bytes.size()))
        rest.push_back({static_cast<std::uint32_t>(done->user_data), done->res});
    }
    io_uring_cq_advance(&ring_, seen);
  }

  io_uring ring_{};
};

}  // namespace

std::unique_ptr<fan_out> make_uring_fan_out() {
  return std::make_unique<uring_fan_out>();
}

}  // namespace chatmesh::bench
