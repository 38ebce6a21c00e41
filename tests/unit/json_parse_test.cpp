// Everything that protocol §1 calls 400, and what must pass all the same.
#include "domain/codec.hpp"

#include <gtest/gtest.h>

#include <string>

namespace {

using namespace chatmesh::domain;
using namespace std::string_literals;

// The reason for a refusal; "accepted" where there was none.
std::string refusal(std::string_view body) {
  try {
    parse_object(body);
    return "accepted";
  } catch (const malformed& e) {
    return e.what();
  }
}

bool refuses(std::string_view body) {
  return refusal(body) != "accepted";
}

std::string repeat(std::string_view text, std::size_t times) {
  std::string all;
  all.reserve(text.size() * times);
  for (std::size_t i = 0; i < times; ++i)
    all += text;
  return all;
}

std::string object_of(std::size_t members) {
  std::string body = "{";
  for (std::size_t i = 0; i < members; ++i)
    body += (i == 0 ? "\"" : ",\"") + std::to_string(i) + "\":0";
  return body + "}";
}

TEST(JsonParse, KeepsEveryKindOfValueAndTheOrder) {
  const std::string text =
      R"({"z":"text","a":null,"m":[1,-2,3.5,[],{}],"b":true,"c":false,"o":{"y":1,"x":{"deep":[[0]]}},"":"empty"})";
  EXPECT_EQ(dump(parse_object(text)), text);
  EXPECT_EQ(dump(parse_object(" \t\r\n{ \"a\" : [ ] } \n")), R"({"a":[]})");
  EXPECT_EQ(dump(parse_object("{}")), "{}");
}

TEST(JsonParse, KeepsTextByteForByte) {
  const std::string text = " \xC3\xA9 e\xCC\x81 \xF0\x9F\x98\x80 \xE2\x80\x8B\xE2\x80\xAE \xEF\xBF\xBF \x7F ";
  EXPECT_EQ(parse_object("{\"a\":\"" + text + "\"}")["a"].get<std::string>(), text);
  EXPECT_EQ(dump(parse_object("{\"a\":\"" + text + "\"}")), "{\"a\":\"" + text + "\"}");
  EXPECT_EQ(parse_object(R"({"a":"\ud83d\ude00\u00e9\n\t\/\\\""})")["a"].get<std::string>(),
            "\xF0\x9F\x98\x80\xC3\xA9\n\t/\\\"");
}

TEST(JsonParse, WantsAnObject) {
  for (const auto* body : {"", " ", "null", "true", "1", "\"{}\"", "[]", "[{}]", "NaN"})
    EXPECT_TRUE(refuses(body)) << body;
  EXPECT_EQ(refusal("[{}]"), "the body is not a JSON object");
  EXPECT_EQ(refusal("7"), "the body is not a JSON object");
}

TEST(JsonParse, RefusesWhatIsNotJson) {
  for (const auto* body : {"{",
                           "}",
                           "{]",
                           "{\"a\"}",
                           "{\"a\":}",
                           "{\"a\":1,}",
                           "{,}",
                           "{a:1}",
                           "{'a':1}",
                           "{\"a\":1 \"b\":2}",
                           "{\"a\":[1,]}",
                           "{\"a\":01}",
                           "{\"a\":+1}",
                           "{\"a\":.5}",
                           "{\"a\":1.}",
                           "{\"a\":1e}",
                           "{\"a\":0x1}",
                           "{\"a\":NaN}",
                           "{\"a\":Infinity}",
                           "{\"a\":-Infinity}",
                           "{\"a\":nul}",
                           "{\"a\":True}",
                           "{\"a\":\"x}",
                           "{\"a\":\"\\x\"}",
                           "{\"a\":\"\\u12\"}",
                           "{\"a\":\"\n\"}",
                           "{\"a\":\"\x01\"}",
                           "{/**/}",
                           "{}//",
                           "{\"a\":undefined}",
                           "{1:2}"})
    EXPECT_TRUE(refuses(body)) << body;
}

TEST(JsonParse, RefusesAnythingAfterTheValue) {
  for (const auto* body : {"{}{}", "{} x", "{},", "{}]", "{} null"})
    EXPECT_TRUE(refuses(body)) << body;
  EXPECT_TRUE(refuses("{}\0"s));
  EXPECT_TRUE(refuses("{}\0{\"a\":1}"s));
}

TEST(JsonParse, RefusesNul) {
  EXPECT_TRUE(refuses("{\"a\":\"\0\"}"s));
  EXPECT_TRUE(refuses("\0{}"s));
  EXPECT_EQ(refusal(R"({"a":"x\u0000y"})"), "a string contains NUL");
  EXPECT_EQ(refusal(R"({"a":["\u0000"]})"), "a string contains NUL");
  EXPECT_EQ(refusal(R"({"x\u0000":1})"), "a member's name contains NUL");
}

TEST(JsonParse, RefusesInvalidUtf8) {
  for (const auto* bytes : {"\x80", "\xFF", "\xC3", "\xC3(", "\xC0\xAF", "\xE0\x80\xAF", "\xE2\x82", "\xED\xA0\x80",
                            "\xED\xBF\xBF", "\xF0\x80\x80\xAF", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFE"}) {
    EXPECT_TRUE(refuses("{\"a\":\""s + bytes + "\"}")) << bytes;
    EXPECT_TRUE(refuses("{\""s + bytes + "\":1}")) << bytes;
  }
}

TEST(JsonParse, RefusesLoneSurrogates) {
  for (const auto* body : {R"({"a":"\ud800"})", R"({"a":"\udc00"})", R"({"a":"\ud800x"})", R"({"a":"\ud800\u0041"})",
                           R"({"a":"\ude00\ud83d"})", R"({"\ud800":1})", R"({"a":"\ud800\ud800"})"})
    EXPECT_TRUE(refuses(body)) << body;
}

TEST(JsonParse, RefusesDuplicateKeysAtAnyDepth) {
  EXPECT_EQ(refusal(R"({"a":1,"b":2,"a":1})"), "an object names a member twice");
  EXPECT_TRUE(refuses(R"({"a":1,"\u0061":2})"));
  EXPECT_TRUE(refuses(R"({"o":[{"x":{"k":1,"k":2}}]})"));
  EXPECT_TRUE(refuses(R"({"":1,"":2})"));
  EXPECT_FALSE(refuses(R"({"a":{"a":{"a":1}},"b":{"a":1},"A":0})"));
}

TEST(JsonParse, AllowsDepth64AndNoMore) {
  const auto arrays = [](std::size_t depth) {
    return "{\"a\":" + repeat("[", depth - 1) + repeat("]", depth - 1) + "}";
  };
  const auto objects = [](std::size_t depth) { return repeat("{\"a\":", depth - 1) + "{}" + repeat("}", depth - 1); };
  EXPECT_EQ(max_json_depth, 64u);
  EXPECT_FALSE(refuses(arrays(64)));
  EXPECT_FALSE(refuses(objects(64)));
  EXPECT_EQ(refusal(arrays(65)), "the body is nested too deeply");
  EXPECT_EQ(refusal(objects(65)), "the body is nested too deeply");
}

TEST(JsonParse, SurvivesDepthBombs) {
  EXPECT_TRUE(refuses("{\"a\":" + repeat("[", 1'000'000)));
  EXPECT_TRUE(refuses(repeat("{\"a\":", 500'000)));
  EXPECT_TRUE(refuses(repeat("[", 1'000'000)));
}

TEST(JsonParse, LimitsTheMembersOfEachObject) {
  EXPECT_FALSE(refuses(object_of(max_json_members)));
  EXPECT_EQ(refusal(object_of(max_json_members + 1)), "an object has too many members");
  const auto full = object_of(max_json_members);
  EXPECT_FALSE(refuses("{\"a\":" + full + ",\"b\":" + full + "}"));
}

TEST(JsonParse, KeepsWideObjectsWhole) {
  const auto value = parse_object(object_of(max_json_members));
  ASSERT_EQ(value.size(), max_json_members);
  EXPECT_EQ(value.begin().key(), "0");
  EXPECT_TRUE(value.contains("1023"));
}

TEST(JsonParse, KeepsIntegersExactAndRefusesNumbersBeyondADouble) {
  EXPECT_EQ(dump(parse_object(R"({"a":18446744073709551615,"b":-9223372036854775808})")),
            R"({"a":18446744073709551615,"b":-9223372036854775808})");
  EXPECT_TRUE(is_huge_integer(parse_object(R"({"a":18446744073709551616})")["a"]));
  EXPECT_TRUE(is_huge_integer(parse_object(R"({"a":-9223372036854775809})")["a"]));
  EXPECT_TRUE(parse_object(R"({"a":18446744073709551616.0})")["a"].is_number_float());
  EXPECT_TRUE(parse_object(R"({"a":1E25})")["a"].is_number_float());
  EXPECT_DOUBLE_EQ(parse_object(R"({"a":1e308})")["a"].get<double>(), 1e308);
  EXPECT_TRUE(refuses(R"({"a":1e309})"));
  EXPECT_TRUE(refuses(R"({"a":-1e400})"));
  EXPECT_TRUE(refuses("{\"a\":" + repeat("9", 400) + "}"));
}

TEST(JsonParse, NeverQuotesTheBody) {
  const auto why = refusal(R"({"password":"correct horse battery staple)");
  EXPECT_EQ(why.find("horse"), std::string::npos) << why;
  EXPECT_NE(why.find("at byte"), std::string::npos) << why;
}

}  // namespace
