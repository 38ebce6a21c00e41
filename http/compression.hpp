// gzip for what is worth it: lists, snapshots and other JSON without a tag, and the web files. Never single objects
// (protocol §1), never a stream, nothing up to least_bytes, and no answer above most_bytes.
#pragma once

#include "http/router.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace chatmesh::http {

namespace compression {

inline constexpr std::size_t least_bytes = 1024;
// It is done beside other requests' reads, on the thread and in the transaction that they share: some 30 ms a MiB.
inline constexpr std::size_t most_bytes = std::size_t{1} << 20;
inline constexpr int answer_level = 1;  // made for each answer: JSON with equal names shrinks as much at any level
inline constexpr int file_level = 6;    // made once for each web file, at start

}  // namespace compression

// In gzip's format, the same bytes for the same text. `level`: 1 (fast) to 9 (small).
std::string gzip(std::string_view, int level);

// Whether this answer is to be compressed: its route's answers may be, its size is worth it, and the client asks for
// it. Says Vary where another client's answer might be.
bool negotiate_coding(const request&, const route&, response&);

// Compresses it, on a reader thread. Where the readers have no room it stays as it is.
asio::awaitable<void> compress(services&, response&);

}  // namespace chatmesh::http
