// The chunked transfer coding (RFC 9112 §7.1), read strictly.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace chatmesh::test {

class chunked_decoder {
public:
  // Takes bytes as they come, in pieces of any size, and appends the decoded ones to `out`. Answers how many it took:
  // all, or fewer once done(). Throws format_error; extensions and trailers are faults, as the server sends none.
  std::size_t feed(std::string_view bytes, std::string& out);

  // The last chunk has been read.
  bool done() const { return state_ == state::done; }

private:
  enum class state { size, size_end, data, data_end, last_end, done };

  void take(char c);

  state state_ = state::size;
  std::string line_;      // of the size, or of the line end that is being read
  std::size_t left_ = 0;  // bytes of this chunk
};

}  // namespace chatmesh::test
