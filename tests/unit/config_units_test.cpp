#include "config/units.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace chatmesh::config {
namespace {

using namespace std::chrono_literals;

constexpr auto any = std::numeric_limits<std::uint64_t>::max();

std::string fault_of(const auto& parse) {
  try {
    parse();
  } catch (const bad_value& e) {
    return e.what();
  }
  return "no fault";
}

TEST(Units, ReadDurationsInEveryUnit) {
  EXPECT_EQ(parse_duration("7ns"), 7ns);
  EXPECT_EQ(parse_duration("7us"), 7us);
  EXPECT_EQ(parse_duration("500ms"), 500ms);
  EXPECT_EQ(parse_duration("15s"), 15s);
  EXPECT_EQ(parse_duration("5min"), 5min);
  EXPECT_EQ(parse_duration("2h"), 2h);
  EXPECT_EQ(parse_duration("30d"), 720h);
  EXPECT_EQ(parse_duration("0"), 0s);
}

TEST(Units, NameTheFaultOfADuration) {
  EXPECT_EQ(fault_of([] { parse_duration("15"); }), "a unit is missing: one of ns, us, ms, s, min, h, d");
  EXPECT_EQ(fault_of([] { parse_duration("15 s"); }), "the unit must be one of ns, us, ms, s, min, h, d");
  EXPECT_EQ(fault_of([] { parse_duration("1.5s"); }), "the unit must be one of ns, us, ms, s, min, h, d");
  EXPECT_EQ(fault_of([] { parse_duration("-1s"); }), "a number is expected");
  EXPECT_EQ(fault_of([] { parse_duration(""); }), "a number is expected");
  EXPECT_EQ(fault_of([] { parse_duration("106752d"); }), "the value is too large");
  EXPECT_EQ(fault_of([] { parse_duration("99999999999999999999s"); }), "the number is too large");
}

TEST(Units, ReadSizesInEveryUnit) {
  EXPECT_EQ(parse_bytes("17", 0, any), 17U);
  EXPECT_EQ(parse_bytes("17B", 0, any), 17U);
  EXPECT_EQ(parse_bytes("64KiB", 0, any), 65'536U);
  EXPECT_EQ(parse_bytes("3MiB", 0, any), 3'145'728U);
  EXPECT_EQ(parse_bytes("1GiB", 0, any), 1'073'741'824U);
}

TEST(Units, NameTheFaultOfASize) {
  EXPECT_EQ(fault_of([] { parse_bytes("64KB", 0, any); }), "the unit must be one of B, KiB, MiB, GiB");
  EXPECT_EQ(fault_of([] { parse_bytes("1KiB", 2048, 4096); }), "must be 2KiB to 4KiB");
  EXPECT_EQ(fault_of([] { parse_bytes("17179869184GiB", 0, any); }), "the value is too large");
}

TEST(Units, CountsTakeDigitsWithinTheirBounds) {
  EXPECT_EQ(parse_count("0", 0, 65'535), 0U);
  EXPECT_EQ(parse_count("65535", 0, 65'535), 65'535U);
  EXPECT_EQ(fault_of([] { parse_count("65536", 0, 65'535); }), "must be 0 to 65535");
  EXPECT_EQ(fault_of([] { parse_count("80x", 0, 65'535); }), "a whole number without a unit is expected");
}

TEST(Units, FormatInTheLargestUnitThatIsExact) {
  EXPECT_EQ(format_duration(0s), "0s");
  EXPECT_EQ(format_duration(90s), "90s");
  EXPECT_EQ(format_duration(120s), "2min");
  EXPECT_EQ(format_duration(720h), "30d");
  EXPECT_EQ(format_duration(1500us), "1500us");
  EXPECT_EQ(format_bytes(0), "0B");
  EXPECT_EQ(format_bytes(1025), "1025B");
  EXPECT_EQ(format_bytes(65'536), "64KiB");
}

}  // namespace
}  // namespace chatmesh::config
