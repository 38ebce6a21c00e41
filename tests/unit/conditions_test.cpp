#include "http/conditions.hpp"

#include <gtest/gtest.h>

namespace chatmesh::http {
namespace {

request with(header_list headers) {
  request r;
  r.headers = std::move(headers);
  return r;
}

std::vector<std::uint64_t> if_match(std::string value) {
  return read_if_match(with({{"If-Match", std::move(value)}}));
}

bool none_match(std::string value, std::string_view etag) {
  return matches_none(with({{"If-None-Match", std::move(value)}}), etag);
}

void expect_malformed(std::string value) {
  try {
    if_match(value);
    FAIL() << "accepted: " << value;
  } catch (const problem& p) {
    EXPECT_EQ(p.status, 400u);
    EXPECT_EQ(p.code, "malformed");
  }
}

using versions = std::vector<std::uint64_t>;

TEST(Conditions, ReadTheVersionBeforeTheDot) {
  EXPECT_EQ(if_match("\"3\""), versions{3});
  EXPECT_EQ(if_match("\"3.7\""), versions{3});
  EXPECT_EQ(if_match("\"18446744073709551615\""), versions{18446744073709551615u});
}

TEST(Conditions, IgnoreWeakness) {
  EXPECT_EQ(if_match("W/\"3\""), versions{3});
  EXPECT_TRUE(none_match("W/\"3\"", "\"3\""));
}

TEST(Conditions, ReadListsAndRepeatedLines) {
  EXPECT_EQ(if_match("\"3\", W/\"4.1\" ,,\"5\""), (versions{3, 4, 5}));
  EXPECT_EQ(read_if_match(with({{"If-Match", "\"3\""}, {"if-match", "\"4\""}})), (versions{3, 4}));
}

TEST(Conditions, DemandNothingWithoutTheFieldOrForAnyVersion) {
  EXPECT_TRUE(read_if_match(with({})).empty());
  EXPECT_TRUE(if_match("*").empty());
  EXPECT_TRUE(if_match("  * ").empty());
}

TEST(Conditions, TakeForeignTagsForVersionsThatNoObjectHas) {
  EXPECT_EQ(if_match("\"abc\""), versions{0});
  EXPECT_EQ(if_match("\"\""), versions{0});
  EXPECT_EQ(if_match("\"-3\""), versions{0});
  EXPECT_EQ(if_match("\"3x\""), versions{0});
  EXPECT_EQ(if_match("\"18446744073709551616\""), versions{0});
}

TEST(Conditions, RefuseWhatIsNoListOfTags) {
  for (const char* value :
       {"", " ", ",", "3", "\"3", "3\"", "w/\"3\"", "W/3", "\"3\" \"4\"", "\"3\", *", "*, \"3\"", "\"a b\""})
    expect_malformed(value);
}

TEST(Conditions, RefuseMoreTagsThanAnyoneNeeds) {
  std::string list = "\"1\"";
  for (int i = 2; i <= 16; ++i)
    list += ", \"" + std::to_string(i) + "\"";
  EXPECT_EQ(if_match(list).size(), 16u);
  expect_malformed(list + ", \"17\"");
}

TEST(Conditions, CompareTheWholeTagForIfNoneMatch) {
  EXPECT_TRUE(none_match("\"3.7\"", "\"3.7\""));
  EXPECT_TRUE(none_match("\"1\", \"3.7\"", "\"3.7\""));
  EXPECT_TRUE(none_match("*", "\"3.7\""));
  EXPECT_FALSE(none_match("\"3\"", "\"3.7\""));
  EXPECT_FALSE(none_match("\"3.8\"", "\"3.7\""));
  EXPECT_FALSE(matches_none(with({}), "\"3.7\""));
}

}  // namespace
}  // namespace chatmesh::http
