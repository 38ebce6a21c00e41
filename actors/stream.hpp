// The port through which a connection actor drives its peer: an SSE socket, or a long poll that gathers. One thread:
// the actor and its stream live on the same io thread, so calls in both directions are plain calls.
#pragma once

#include "domain/frame.hpp"

#include <functional>
#include <span>

namespace chatmesh::actors {

class stream {
public:
  virtual ~stream() = default;

  // What the stream tells its actor; set once before anything else. Called on the stream's thread, also from inside a
  // call of the actor into the stream: so both only put a message into the actor's mailbox.
  struct listener {
    std::function<void()> writable;  // all that send() kept back is out
    std::function<void()> closed;    // the peer is gone, or the stream has all it wanted
  };
  virtual void start(listener) = 0;

  // Takes all of these frames and writes them in one gathered call as far as the peer takes them. True: all out, more
  // is welcome. False: the rest is kept; send nothing until writable(). Frames are whole on the wire or the peer is
  // gone.
  virtual bool send(std::span<const domain::frame_ptr> frames) = 0;

  // The actor stands at the company's head and has nothing to send. A long poll answers here.
  virtual void caught_up(domain::cursor position, std::uint64_t head) = 0;

  // Writes nothing more; closes the peer once what send() kept back is out (bounded by a timeout) if `flush`, else at
  // once.
  virtual void close(bool flush) = 0;
};

}  // namespace chatmesh::actors
