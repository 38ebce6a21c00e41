// Just enough of HTTP/1.1 to read answers on a connection that is kept alive.
#pragma once

#include "bench/common/sockets.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace chatmesh::bench {

struct answer {
  unsigned status = 0;
  std::size_t bytes = 0;  // all of it
  std::string_view head;  // status line and header fields
  std::string_view body;  // as it stands on the wire: not for chunked ones
  bool closes = false;    // the server closes the connection after it

  /// The value of a header field, any case; empty where there is none.
  std::string_view field(std::string_view name) const;
  bool good() const { return status >= 200 && status < 300; }
};

/// The answer at the beginning of `text`, which it points into; nothing while it is not complete. Throws
/// std::runtime_error for what is no answer.
std::optional<answer> read_answer(std::string_view text);

/// A blocking client, for the time before measuring.
class api_client {
public:
  explicit api_client(const endpoint&);

  struct result {
    unsigned status = 0;
    std::string body;
    std::string cursor;  // Chatmesh-Cursor
  };
  /// Throws std::runtime_error where the connection ends. `token` and `body` may be empty.
  result call(std::string_view method, std::string_view path, std::string_view token, std::string_view body);

private:
  unique_fd fd_;
  std::string in_;
};

}  // namespace chatmesh::bench
