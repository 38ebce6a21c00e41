// The port through which a connection actor drives its peer: an SSE socket, or a long poll that gathers. One thread:
// the actor and its stream live on the same io thread, so calls in both directions are plain calls.
#pragma once

#include "domain/frame.hpp"

#include <span>

namespace chatmesh::actors {

// The actor holds it until its end and calls close() then; what still waits for the peer may hold it longer.
class stream {
public:
  virtual ~stream() = default;

  // What the stream tells its actor; outlives the stream's use. Called on the stream's thread, also from inside a call
  // of the actor into the stream: so both only put a message into the actor's mailbox.
  class listener {
  public:
    virtual void on_writable() = 0;  // ready() again
    virtual void on_closed() = 0;    // the peer is gone, or the stream has all it wanted

  protected:
    ~listener() = default;
  };
  virtual void start(listener&) = 0;

  // Whether the stream takes more now. What send() could not bring out is kept, and on_writable() follows.
  bool ready() const { return ready_; }

  // Takes all of these frames, where ready(), and writes them in one gathered call as far as the peer takes them.
  // Frames are whole on the wire or the peer is gone.
  virtual void send(std::span<const domain::frame_ptr> frames) = 0;

  // The same for events that many streams get: `joined` holds all of `events` in one buffer. It may be written a little
  // later, together with other streams' (ready() can turn false then).
  virtual void send_shared(std::span<const domain::frame_ptr> events, const domain::frame_ptr& joined) = 0;

  // The actor stands at the company's head and has nothing to send. A long poll answers here.
  virtual void caught_up(domain::cursor position, std::uint64_t head) = 0;

  // Writes nothing more; closes the peer once what send() kept back is out (bounded by a timeout) if `flush`, else at
  // once.
  virtual void close(bool flush) = 0;

protected:
  bool ready_ = true;
};

}  // namespace chatmesh::actors
