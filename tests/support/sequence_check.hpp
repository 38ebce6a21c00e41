// Proves what protocol §4 promises of one stream: every `seq` once, in order, as an event or inside a skip.
#pragma once

#include "tests/support/sse_parser.hpp"

#include <cstdint>
#include <string>

namespace chatmesh::test {

class sequence_check {
public:
  // `widget`: of a customer's own stream, which has no place in the company's sequence.
  explicit sequence_check(bool widget = false) : widget_(widget) {}

  // Takes the frames of one connection in order. Throws format_error at the first one that has no place there.
  void take(const sse_frame&);

  // The cursor up to which the stream has told everything; empty before that is known.
  std::string cursor() const;
  std::uint64_t position() const { return position_; }

  std::uint64_t resets() const { return resets_; }
  bool said_goodbye() const { return said_goodbye_; }

private:
  void take_of_widget(const sse_frame&);
  void take_hello(const sse_frame&);
  void take_reset(const sse_frame&);
  void take_event(const sse_frame&);
  void take_skip(const sse_frame&);
  void take_ephemeral(const sse_frame&);
  void move_to(const sse_frame&, std::uint64_t position);

  bool widget_;
  std::string epoch_;
  std::uint64_t position_ = 0;
  std::uint64_t resets_ = 0;
  std::string company_;
  bool greeted_ = false;
  bool reset_due_ = false;    // hello had no id
  bool presence_due_ = true;  // the full one has not come
  bool said_goodbye_ = false;
};

}  // namespace chatmesh::test
