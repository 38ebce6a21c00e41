#include "http/compression.hpp"
#include "tests/support/gunzip.hpp"

namespace chatmesh::http {

TEST(Compression, GivesBackWhatItTook) {
  std::string noise;
  for (unsigned i = 0, x = 1; i < 100'000; ++i, x = x * 1'103'515'245 + 12'345)
    noise.push_back(static_cast<char>(x >> 16));
  for (const auto& text : {std::string{}, std::string{"x"}, std::string(300'000, 'x'), noise})
    for (const int level : {compression::answer_level, compression::file_level})
      EXPECT_EQ(test::gunzip(gzip(text, level)), text);
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
