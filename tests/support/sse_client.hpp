// One open event stream, read by a thread of its own, checked frame by frame as it comes.
#pragma once

#include "tests/support/chunked_decoder.hpp"
#include "tests/support/http_client.hpp"
#include "tests/support/sequence_check.hpp"
#include "tests/support/sse_parser.hpp"

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <limits>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace chatmesh::test {

struct stream_options {
  std::string cursor = {};  // query parameters; empty = not given
  std::string types = {};
  std::string client = {};
  std::string last_event_id = {};  // header; empty = not given
  header_list headers = {};        // more of them
  int receive_buffer = 0;          // bytes; small = a peer that takes little
  bool widget = false;             // a customer's own stream
  bool paused = false;             // reads nothing behind the head before go_on()
  std::size_t cut_after =
      std::numeric_limits<std::size_t>::max();  // reads no more than so many bytes of the body, framing included
};

// Opened by the constructor, which waits for the answer's head. A fault of the stream (framing, a frame that protocol
// §4 does not allow there) is thrown as format_error by whatever waits on it, and by finish().
class sse_client {
public:
  sse_client(const endpoint&, const std::string& target, const header_list& headers, const stream_options&);
  ~sse_client();  // drops

  sse_client(const sse_client&) = delete;
  sse_client& operator=(const sse_client&) = delete;

  // The answer's head; a body only where the status is not 200, and then there is no stream.
  const http_response& head() const { return head_; }

  using predicate = std::function<bool(const sse_frame&)>;

  // The first frame since the stream began for which `wanted` holds; waits for it. Throws timed_out, or format_error
  // where the stream ends without one.
  sse_frame wait_for(const std::string& what, const predicate& wanted) const;
  sse_frame wait_for_event(const std::string& name) const;  // the first frame of that name
  sse_frame wait_for_id(const std::string& id) const;       // the frame with that id

  // Waits until everything up to `seq` has been told, as events or skips.
  void wait_for_position(std::uint64_t seq) const;

  // Waits until the server has ended the stream as HTTP wants it (last chunk, then FIN), or the cut is reached.
  void finish() const;

  // What came so far.
  std::vector<sse_frame> frames() const;
  std::vector<sse_frame> events() const;  // those that carry a change
  std::string body() const;               // decoded
  std::uint64_t resets() const;

  // Where a client would resume: the id of the last whole frame that had one, else what the stream was opened with.
  std::string last_event_id() const;

  void go_on();             // of a paused one
  void drop();              // FIN, where all that came was read
  void reset_connection();  // RST

private:
  void read();
  void stop_reading();
  void take(std::string_view bytes);
  void wait_until(const std::string& what, const std::function<bool()>& holds) const;
  std::string describe() const;

  http_client http_;
  http_response head_;
  std::size_t left_;  // bytes before the cut; reader thread only
  chunked_decoder decoder_;
  sse_parser parser_;

  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  // guarded by mutex_
  std::vector<sse_frame> frames_;
  std::string body_;
  sequence_check check_;
  std::string last_event_id_;
  std::string fault_;
  bool paused_;
  bool ended_ = false;
  bool dropping_ = false;

  std::thread reader_;
};

// The events of several connections of one client, in the order of their `seq`: what a client that resumed has been
// told. Throws format_error where one was told twice.
class told_once {
public:
  void take(const sse_client&);
  std::size_t size() const { return seqs_.size(); }
  bool contains(std::uint64_t seq) const;
  // Throws format_error unless every seq in [from, to] was told, as an event or in a skip.
  void require_all(std::uint64_t from, std::uint64_t to) const;

private:
  std::vector<std::uint64_t> seqs_;  // sorted
};

}  // namespace chatmesh::test
