// Many sockets' sends in one system call, through io_uring. Where the kernel refuses the ring, each is a call at once.
#pragma once

#include "domain/frame.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

namespace chatmesh::http {

// Of one io thread, used there only. The kernel has copied or refused every byte when submit() returns, so no buffer
// and no socket is referred to afterwards.
class send_ring {
public:
  // Who is told when its send did not go out whole.
  class sender {
  public:
    // `result`: bytes that the kernel took (fewer than given), or a negated errno. Must not push() to the ring.
    virtual void cut_short(const domain::frame_ptr& frame, int result) = 0;

  protected:
    ~sender() = default;
  };

  send_ring();
  ~send_ring();

  // Sets the ring up; its thread becomes the only one that may use it. False: refused, and each push is a call.
  bool open();

  // Prepares to send `bytes`, which are the frame's; without a ring, sends them. At most one for a socket and round:
  // see round(). A sender that is cut short may hear of it from in here.
  void push(sender&, int socket, const domain::frame_ptr& frame, std::string_view bytes);

  // Sends what is prepared; senders that were cut short hear of it from in here. Has to come before one of these
  // sockets is closed or written to in another way.
  void submit();

  // Changes with every submit.
  std::uint64_t round() const { return round_; }

private:
  static constexpr unsigned entries = 256;  // of the kernel's queue
  static constexpr std::size_t slice = 64;  // sends of one submit

  struct prepared {
    sender* who;
    std::uint32_t kept;  // into kept_
  };
  struct ring;  // hides liburing

  void give_up(const std::vector<prepared>& lost, const std::vector<domain::frame_ptr>& kept, int error);

  std::unique_ptr<ring> ring_;
  std::vector<prepared> prepared_;
  std::vector<domain::frame_ptr> kept_;  // what the prepared sends point into; a frame for many stands once
  std::uint64_t round_ = 1;
};

}  // namespace chatmesh::http
