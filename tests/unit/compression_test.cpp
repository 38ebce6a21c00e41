#include "http/compression.hpp"

#include <gtest/gtest.h>
#include <zlib.h>

namespace chatmesh::http {

namespace {

std::string gunzip(std::string packed) {
  z_stream stream{};
  inflateInit2(&stream, MAX_WBITS + 16);
  std::string text(1 << 20, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_in = static_cast<uInt>(packed.size());
  stream.next_out = reinterpret_cast<Bytef*>(text.data());
  stream.avail_out = static_cast<uInt>(text.size());
  EXPECT_EQ(inflate(&stream, Z_FINISH), Z_STREAM_END);
  text.resize(stream.total_out);
  inflateEnd(&stream);
  return text;
}

}  // namespace

TEST(Compression, GivesBackWhatItTook) {
  std::string noise;
  for (unsigned i = 0, x = 1; i < 100'000; ++i, x = x * 1'103'515'245 + 12'345)
    noise.push_back(static_cast<char>(x >> 16));
  for (const auto& text : {std::string{}, std::string{"x"}, std::string(300'000, 'x'), noise})
    for (const int level : {compression::answer_level, compression::file_level})
      EXPECT_EQ(gunzip(gzip(text, level)), text);
}

TEST(Compression, IsForAnswersWithinItsBounds) {
  request r;
  r.method = "GET";
  r.headers = {{"Accept-Encoding", "gzip"}};
  const route found{"GET", "/things", nullptr, answer_kind::json};
  const auto packed = [&](std::size_t bytes) {
    response answer;
    answer.body.assign(bytes, 'x');
    const bool yes = negotiate_coding(r, found, answer);
    EXPECT_EQ(answer.headers.size(), 1U) << "Vary, either way";
    return yes;
  };
  EXPECT_FALSE(packed(compression::least_bytes));
  EXPECT_TRUE(packed(compression::least_bytes + 1));
  EXPECT_TRUE(packed(compression::most_bytes));
  EXPECT_FALSE(packed(compression::most_bytes + 1));
}

TEST(Compression, IsTheSameForTheSameText) {
  const std::string text(10'000, 'y');
  EXPECT_EQ(gzip(text, compression::file_level), gzip(text, compression::file_level));
}

}  // namespace chatmesh::http
