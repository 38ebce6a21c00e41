// The other side of the server's compression.
#pragma once

#include <gtest/gtest.h>
#include <zlib.h>

#include <string>

namespace chatmesh::test {

// Fails the test for what is no gzip of at most 4 MiB.
inline std::string gunzip(std::string packed) {
  z_stream stream{};
  inflateInit2(&stream, MAX_WBITS + 16);
  std::string text(4 << 20, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_in = static_cast<uInt>(packed.size());
  stream.next_out = reinterpret_cast<Bytef*>(text.data());
  stream.avail_out = static_cast<uInt>(text.size());
  EXPECT_EQ(inflate(&stream, Z_FINISH), Z_STREAM_END);
  text.resize(stream.total_out);
  inflateEnd(&stream);
  return text;
}

}  // namespace chatmesh::test
