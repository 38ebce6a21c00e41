#include "domain/cursor.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace {

using chatmesh::domain::cursor;
using chatmesh::domain::epoch_text;
using chatmesh::domain::parse_cursor;

TEST(Cursor, PrintsEpochAndSeq) {
  EXPECT_EQ(to_string(cursor{0x5f3a9c01, 1842}), "5f3a9c01-1842");
  EXPECT_EQ(to_string(cursor{0, 0}), "00000000-0");
  EXPECT_EQ(to_string(cursor{0xffffffff, std::numeric_limits<std::int64_t>::max()}), "ffffffff-9223372036854775807");
}

TEST(Cursor, PadsTheEpoch) {
  EXPECT_EQ(epoch_text(0xab), "000000ab");
  EXPECT_EQ(epoch_text(0xdeadbeef), "deadbeef");
}

TEST(Cursor, ParsesWhatItPrints) {
  for (const auto& c : {cursor{0x5f3a9c01, 1842}, cursor{0, 0}, cursor{1, 9'999'999'999'999'999'999U}}) {
    const auto parsed = parse_cursor(to_string(c));
    ASSERT_TRUE(parsed) << to_string(c);
    EXPECT_EQ(*parsed, c);
  }
}

TEST(Cursor, TakesNoOtherForm) {
  const char* const wrong[] = {"",
                               "0",
                               "-",
                               "5f3a9c01",
                               "5f3a9c01-",
                               "5f3a9c01-01",
                               "5f3a9c01-00",
                               "5f3a9c01--1",
                               "5f3a9c01-+1",
                               "5f3a9c01- 1",
                               "5f3a9c01-1 ",
                               "5f3a9c01-1\n",
                               "5f3a9c01-1x",
                               "5f3a9c01-0x1",
                               "5f3a9c01-1842-1",
                               "5F3A9C01-1842",
                               "5f3a9c0-1842",
                               "5f3a9c011-1842",
                               "5f3a9c0g-1842",
                               "+f3a9c01-1842",
                               " 5f3a9c01-1842",
                               "5f3a9c01_1842",
                               "5f3a9c01-10000000000000000000",
                               "5f3a9c01-99999999999999999999999999999999"};
  for (const auto* text : wrong)
    EXPECT_FALSE(parse_cursor(text)) << text;
  EXPECT_FALSE(parse_cursor(std::string_view{"5f3a9c01-1\0", 11}));
}

}  // namespace
