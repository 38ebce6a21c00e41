// The sockets of event streams, in an epoll set of their own. Thousands of streams that end or take up again at once
// would otherwise stand in the io thread's queue ahead of every request; so they get a turn of some, like the actors.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace chatmesh::http {

class send_ring;

// Of one io thread, used there only; outlives the sockets that it watches.
class stream_watch {
public:
  class watched {
  public:
    virtual void on_input() = 0;  // bytes, or the peer's end, or an error: a read tells which
    virtual void on_room() = 0;   // the socket takes bytes again; told while `room` is wanted

  protected:
    ~watched() = default;
  };
  using slot = std::uint32_t;

  // Throws std::system_error where the kernel has no epoll set left.
  explicit stream_watch(boost::asio::io_context&);

  // Tells of input from here on. Throws std::system_error.
  slot add(int socket, watched&);
  void want_room(slot, bool);
  // Before the socket is closed. Nothing is told of it afterwards, not even what has been seen already.
  void remove(slot);

private:
  static constexpr std::size_t turn = 32;  // sockets, before others of this thread get theirs

  struct place {
    watched* who = nullptr;
    int socket = -1;
    std::uint32_t generation = 0;  // tells an event of the place's socket before from one of its socket now
  };

  void arm();
  void serve();
  void tell(std::uint64_t key, std::uint32_t events);
  bool control(int operation, slot at, std::uint32_t events);

  boost::asio::posix::basic_stream_descriptor<boost::asio::io_context::executor_type> set_;
  std::vector<place> places_;
  std::vector<slot> free_;
  bool armed_ = false;
};

// What a stream needs of the io thread that it lives on.
struct stream_thread {
  boost::asio::io_context& context;
  send_ring& ring;
  stream_watch& watch;
};

}  // namespace chatmesh::http
