#include "bench/load/batch_reader.hpp"

#include <liburing.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include <sys/socket.h>

namespace chatmesh::bench {

batch_reader::batch_reader() : ring_(std::make_unique<io_uring>()) {
  io_uring_params params{};
  params.flags = IORING_SETUP_SUBMIT_ALL;
  if (io_uring_queue_init_params(slots, ring_.get(), &params) < 0)
    ring_.reset();
}

batch_reader::~batch_reader() {
  if (ring_)
    io_uring_queue_exit(ring_.get());
}

std::span<const int> batch_reader::read(std::span<const int> fds, std::size_t most) {
  most = std::min(most, slot_bytes);
  // For one socket a plain call is cheaper.
  if (ring_ && fds.size() > 1) {
    read_with_ring(fds, most);
  } else {
    for (std::size_t i = 0; i < fds.size(); ++i) {
      const auto n = ::recv(fds[i], slot(i), most, MSG_DONTWAIT);
      results_.at(i) = n < 0 ? -errno : static_cast<int>(n);
    }
  }
  return {results_.data(), fds.size()};
}

void batch_reader::read_with_ring(std::span<const int> fds, std::size_t most) {
  for (std::size_t i = 0; i < fds.size(); ++i) {
    auto* entry = io_uring_get_sqe(ring_.get());  // never null: the ring holds all slots and is empty here
    io_uring_prep_recv(entry, fds[i], slot(i), most, MSG_DONTWAIT);
    entry->user_data = i;
  }
  for (std::size_t done = 0; done < fds.size();) {
    const int result = io_uring_submit_and_wait(ring_.get(), static_cast<unsigned>(fds.size() - done));
    if (result < 0 && result != -EINTR && result != -EAGAIN && result != -EBUSY)
      throw std::system_error{-result, std::generic_category(), "io_uring"};
    unsigned head = 0;
    unsigned seen = 0;
    io_uring_cqe* one = nullptr;
    io_uring_for_each_cqe(ring_.get(), head, one) {
      ++seen;
      results_.at(one->user_data) = one->res;
    }
    io_uring_cq_advance(ring_.get(), seen);
    done += seen;
  }
}

}  // namespace chatmesh::bench
