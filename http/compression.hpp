// gzip for what is worth it: lists, snapshots and other JSON without a tag, and the web files. Never single objects
// (protocol §1), never a stream, nothing up to least_bytes.
#pragma once

#include "http/router.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace chatmesh::http {

namespace compression {

inline constexpr std::size_t least_bytes = 1024;
inline constexpr int answer_level = 1;  // made for each answer: JSON with equal names shrinks as much at any level
inline constexpr int file_level = 6;    // made once for each web file, at start

}  // namespace compression

// In gzip's format, the same bytes for the same text. `level`: 1 (fast) to 9 (small).
std::string gzip(std::string_view, int level);

// Compresses the answer where its route's answers may be and the client asks for it, on a reader thread; says Vary
// where another client's answer might be compressed. Where the readers have no room the answer stays as it is.
asio::awaitable<void> compress_answer(services&, const request&, const route&, response&);

}  // namespace chatmesh::http
