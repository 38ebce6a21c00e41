#include "domain/json_writer.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <random>
#include <utility>

namespace chatmesh::domain {
namespace {

template <class T>
std::string text_of(const T& value) {
  json_writer out;
  out.value(value);
  return std::move(out).take();
}

TEST(JsonWriter, SeparatesMembersAndElements) {
  json_writer out;
  out.begin_object();
  out.key("list");
  out.begin_array();
  out.value(std::uint64_t{1});
  out.begin_object();
  out.end_object();
  out.begin_array();
  out.end_array();
  out.value("x");
  out.end_array();
  out.member("yes", true);
  out.member("no", false);
  out.member("none", nullptr);
  out.key("raw");
  out.raw(R"({"a":1})");
  out.end_object();
  EXPECT_EQ(std::move(out).take(), R"({"list":[1,{},[],"x"],"yes":true,"no":false,"none":null,"raw":{"a":1}})");
}

TEST(JsonWriter, WritesEachKindOfValue) {
  EXPECT_EQ(text_of(std::uint64_t{0}), "0");
  EXPECT_EQ(text_of(std::numeric_limits<std::uint64_t>::max()), "18446744073709551615");
  EXPECT_EQ(text_of(std::string{}), R"("")");
  EXPECT_EQ(text_of(std::optional<std::string>{}), "null");
  EXPECT_EQ(text_of(std::optional<std::string>{"a"}), R"("a")");
  EXPECT_EQ(text_of(std::vector<std::string>{}), "[]");
  EXPECT_EQ(text_of(std::vector<std::string>{"a", "b"}), R"(["a","b"])");
  EXPECT_EQ(text_of(timestamp{}), R"("1970-01-01T00:00:00.000Z")");
  const auto one = id::make();
  EXPECT_EQ(text_of(one), '"' + one.to_string() + '"');
  EXPECT_EQ(text_of(json{{"b", 1.5}, {"a", {true, nullptr}}}), R"({"b":1.5,"a":[true,null]})");
}

TEST(JsonWriter, ReplacesWhatIsNoUtf8) {
  EXPECT_EQ(text_of(std::string{"a\xff"}), "\"a\xef\xbf\xbd\"");
}

// The library's own writer is the measure.
TEST(JsonWriter, WritesAnyTextAsTheLibraryDoes) {
  std::minstd_rand random{4};
  const std::string_view parts[] = {"a",    "\"", "\\", "/",      "\n", "\x01", "\x1f",
                                    "\x7f", " ",  "ä",  "\u2028", "猫", "😀",    "\xff"};
  std::uniform_int_distribution<std::size_t> pick{0, std::size(parts) - 1}, length{0, 12};
  for (int i = 0; i < 20'000; ++i) {
    std::string text;
    for (auto left = length(random); left > 0; --left)
      text += parts[pick(random)];
    ASSERT_EQ(text_of(text), dump(json(text)));
  }
}

}  // namespace
}  // namespace chatmesh::domain
