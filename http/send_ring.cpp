#include "http/send_ring.hpp"

#include <liburing.h>
#include <spdlog/spdlog.h>

#include <sys/socket.h>

#include <cerrno>
#include <system_error>
#include <utility>

namespace chatmesh::http {

namespace {

// DONTWAIT: a full socket is an error at once, never a wait inside the kernel. WAITALL: a short send counts as a
// failure and so makes a completion, where a success makes none.
constexpr int send_flags = MSG_NOSIGNAL | MSG_DONTWAIT | MSG_WAITALL;
constexpr int max_tries = 64;  // of one submit: a signal came, or there was no memory

}  // namespace

struct send_ring::ring {
  io_uring queue{};
  ~ring() { io_uring_queue_exit(&queue); }
};

send_ring::send_ring() = default;
send_ring::~send_ring() = default;

bool send_ring::open() {
  // These flags need Linux 6.1, and older ones do not tell how much of a short send went out.
  io_uring queue{};
  io_uring_params params{};
  params.flags = IORING_SETUP_SUBMIT_ALL | IORING_SETUP_DEFER_TASKRUN | IORING_SETUP_SINGLE_ISSUER;
  if (io_uring_queue_init_params(entries, &queue, &params) < 0)
    return false;
  ring_ = std::make_unique<ring>();
  ring_->queue = queue;
  prepared_.reserve(slice);
  return true;
}

void send_ring::push(sender& who, int socket, const domain::frame_ptr& frame, std::string_view bytes) {
  if (!ring_) {
    const auto sent = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent != static_cast<ssize_t>(bytes.size()))
      who.cut_short(frame, sent < 0 ? -errno : static_cast<int>(sent));
    return;
  }
  auto* entry = io_uring_get_sqe(&ring_->queue);
  io_uring_prep_send(entry, socket, bytes.data(), bytes.size(), send_flags);
  entry->flags |= IOSQE_CQE_SKIP_SUCCESS;
  entry->user_data = prepared_.size();
  if (kept_.empty() || kept_.back() != frame)
    kept_.push_back(frame);
  prepared_.push_back({&who, static_cast<std::uint32_t>(kept_.size() - 1)});
  if (prepared_.size() == slice)
    submit();
}

void send_ring::submit() {
  if (prepared_.empty())
    return;
  ++round_;
  auto sends = std::exchange(prepared_, {});
  auto kept = std::exchange(kept_, {});
  auto& queue = ring_->queue;
  int result = 0;
  for (int tries = 0; io_uring_sq_ready(&queue) > 0 && tries < max_tries; ++tries)
    result = io_uring_submit(&queue);
  if (io_uring_sq_ready(&queue) > 0)
    return give_up(sends, kept, result);
  io_uring_cqe* completion = nullptr;
  unsigned head = 0, count = 0;
  io_uring_for_each_cqe(&queue, head, completion) {
    ++count;
    const auto& one = sends[completion->user_data];
    one.who->cut_short(kept[one.kept], completion->res);
  }
  io_uring_cq_advance(&queue, count);
  sends.clear();  // their room is used again
  kept.clear();
  prepared_ = std::move(sends);
  kept_ = std::move(kept);
}

// Nobody knows what went out: these peers come back and resume, and the others go on without the ring.
void send_ring::give_up(const std::vector<prepared>& lost, const std::vector<domain::frame_ptr>& kept, int error) {
  spdlog::error("io_uring failed: {}; sending without it", std::generic_category().message(-error));
  ring_.reset();
  for (const auto& one : lost)
    one.who->cut_short(kept[one.kept], -EIO);
}

}  // namespace chatmesh::http
