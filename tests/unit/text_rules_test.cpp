#include "domain/text_rules.hpp"

#include "domain/utf8.hpp"

#include <gtest/gtest.h>

#include <string>

namespace {

using namespace chatmesh::domain;
using namespace std::string_literals;

// The code of the rule that `text` breaks; "" where it breaks none.
std::string code(text_rule rule, std::string_view text) {
  const auto broken = rule(text);
  return broken ? broken->code : "";
}

std::string of_length(std::size_t code_points, const std::string& unit = "\xF0\x9F\x98\x80") {
  std::string text;
  for (std::size_t i = 0; i < code_points; ++i)
    text += unit;
  return text;
}

TEST(Utf8, CountsCodePoints) {
  EXPECT_EQ(count_code_points(""), 0u);
  EXPECT_EQ(count_code_points("abc"), 3u);
  EXPECT_EQ(count_code_points("\xC3\xA9"), 1u);
  EXPECT_EQ(count_code_points("e\xCC\x81"), 2u);
  EXPECT_EQ(count_code_points("\xE2\x82\xAC\xF0\x9F\x98\x80"), 2u);
}

TEST(Utf8, KnowsWhatShowsNothing) {
  const char* const invisible[] = {" ",
                                   "\t\n\r",
                                   "\x7F",
                                   "\xC2\x85",          // U+0085
                                   "\xC2\xA0",          // U+00A0 no-break space
                                   "\xC2\xAD",          // U+00AD soft hyphen
                                   "\xCD\x8F",          // U+034F grapheme joiner
                                   "\xD8\x9C",          // U+061C Arabic letter mark
                                   "\xE1\x85\x9F",      // U+115F Hangul filler
                                   "\xE1\x9A\x80",      // U+1680 Ogham space
                                   "\xE1\xA0\x8E",      // U+180E Mongolian vowel separator
                                   "\xE2\x80\x80",      // U+2000 en quad
                                   "\xE2\x80\x8B",      // U+200B zero width space
                                   "\xE2\x80\x8D",      // U+200D zero width joiner
                                   "\xE2\x80\xAE",      // U+202E right-to-left override
                                   "\xE2\x81\xA0",      // U+2060 word joiner
                                   "\xE2\xA0\x80",      // U+2800 blank Braille pattern
                                   "\xE3\x80\x80",      // U+3000 ideographic space
                                   "\xE3\x85\xA4",      // U+3164 Hangul filler
                                   "\xEF\xB8\x8F",      // U+FE0F variation selector
                                   "\xEF\xBB\xBF",      // U+FEFF
                                   "\xEF\xBE\xA0",      // U+FFA0 halfwidth Hangul filler
                                   "\xF3\xA0\x80\xA0",  // U+E0020 tag
                                   ""};
  std::string all;
  for (const auto* text : invisible) {
    EXPECT_FALSE(has_visible(text)) << ::testing::PrintToString(text);
    all += text;
  }
  EXPECT_FALSE(has_visible(all));
  EXPECT_TRUE(has_visible(all + "x" + all));
}

TEST(Utf8, KnowsWhatShows) {
  for (const auto* text : {"x", "-", ".", "\xC3\xA9", "\xC2\xA1", "\xE2\x80\x94", "\xE4\xB8\xAD", "\xF0\x9F\x98\x80",
                           "\xCC\x81", "\xEF\xBF\xBD", "\xE2\xA0\x81"})
    EXPECT_TRUE(has_visible(text)) << text;
}

TEST(Utf8, BlanksAreSpacesAndControlsOnly) {
  for (const auto* text : {"a b", "\t", "a\x7F", "\xC2\xA0", "\xC2\x85", "\xE2\x80\xA8", "\xE3\x80\x80"})
    EXPECT_TRUE(has_blank(text)) << text;
  for (const auto* text : {"", "a.b", "\xC3\xA9", "\xE2\x80\x8D", "\xEF\xBB\xBF"})
    EXPECT_FALSE(has_blank(text)) << text;
}

TEST(Utf8, KnowsControls) {
  for (const auto* text : {"\t", "a\x7F", "\xC2\x85", "x\x01y"})
    EXPECT_TRUE(has_control(text)) << text;
  for (const auto* text : {"", "a b", "\xC2\xA0", "\xC3\xA9", "\xE2\x80\xA8"})
    EXPECT_FALSE(has_control(text)) << text;
}

TEST(TextRules, NamesHave1To200CodePoints) {
  EXPECT_EQ(code(name_rule, ""), "too_short");
  EXPECT_EQ(code(name_rule, "x"), "");
  EXPECT_EQ(code(name_rule, of_length(200)), "");
  EXPECT_EQ(code(name_rule, of_length(201)), "too_long");
  EXPECT_EQ(code(name_rule, " \xE2\x80\x8B\xC2\xA0 "), "invalid_value");
  EXPECT_EQ(code(name_rule, "  Ada  "), "");
}

TEST(TextRules, OtherTextsHaveTheirLimits) {
  const auto limit = [](text_rule rule, std::size_t least, std::size_t most, const std::string& unit) {
    EXPECT_EQ(code(rule, of_length(least, unit)), "") << least;
    EXPECT_EQ(code(rule, of_length(most, unit)), "") << most;
    EXPECT_EQ(code(rule, of_length(most + 1, unit)), "too_long") << most;
    if (least > 0) {
      EXPECT_EQ(code(rule, of_length(least - 1, unit)), "too_short") << least;
    }
  };
  limit(short_text_rule, 0, 200, "\xE4\xB8\xAD");
  limit(phone_rule, 0, 32, "\xC3\xA9");
  limit(tag_rule, 1, 64, "\xF0\x9F\x98\x80");
  limit(attribute_rule, 0, 16384, "\xF0\x9F\x98\x80");
  limit(new_password_rule, 10, 1024, "\xF0\x9F\x98\x80");
  limit(login_email_rule, 0, 254, "x");
  limit(login_password_rule, 0, 1024, "x");
}

TEST(TextRules, BodiesAreMeasuredInCodePoints) {
  for (const std::string unit : {"x", "\xF0\x9F\x98\x80"}) {
    EXPECT_EQ(code(note_body_rule, of_length(65536, unit)), "");
    EXPECT_EQ(code(note_body_rule, of_length(65537, unit)), "too_long");
    EXPECT_EQ(code(message_body_rule, of_length(16384, unit)), "");
    EXPECT_EQ(code(message_body_rule, of_length(16385, unit)), "too_long");
  }
  EXPECT_EQ(code(note_body_rule, ""), "too_short");
  EXPECT_EQ(code(message_body_rule, ""), "too_short");
}

TEST(TextRules, EmailHasOneAtWithSomethingOnBothSides) {
  for (const auto* text : {"a@b", "ada.lovelace+x@example.com", "\xC3\xA9@\xE4\xB8\xAD.example", "a@[127.0.0.1]",
                           "a b@c", "a@b ", "\"Ada L\" <ada@x>", "a@b\xC2\xA0"})
    EXPECT_EQ(code(email_rule, text), "") << text;
  for (const auto* text : {"", "a", "@", "a@", "@b", "a@b@c", "a@@b", "a@b\n", "a\t@b", "a\x7F@b", "a@b\xC2\x85"})
    EXPECT_EQ(code(email_rule, text), "invalid_format") << text;
  EXPECT_EQ(code(email_rule, of_length(252) + "@b"), "");
  EXPECT_EQ(code(email_rule, of_length(253) + "@b"), "too_long");
}

TEST(TextRules, UrlIsHttpWithAHost) {
  for (const auto* text : {"http://a", "https://example.com/a.png?x=1#y", "HTTPS://EXAMPLE.COM",
                           "http://localhost:8080/", "http://[::1]:80/x", "http://user:pw@example.com/",
                           "https://\xE4\xB8\xAD.example/\xC3\xA9", "http://a?b", "http://a#b", "http://a.:65535"})
    EXPECT_EQ(code(url_rule, text), "") << text;
  for (const auto* text : {"",
                           "a",
                           "example.com",
                           "//example.com",
                           "/a.png",
                           "ftp://a",
                           "javascript:alert(1)",
                           "data:image/png;base64,AA",
                           "http:",
                           "http:/",
                           "http://",
                           "http:///a",
                           "http://?a",
                           "http://#a",
                           "http://:80",
                           "http://user@",
                           "http://a b",
                           "http://a/\n",
                           " http://a",
                           "http://a:",
                           "http://a:x",
                           "http://a:65536",
                           "http://a:123456",
                           "http://[::1",
                           "http://[]",
                           "http://[g::1]",
                           "http://[1]",
                           "http://[::1]x",
                           "http://a<b",
                           "http://\\a",
                           "httpx://a",
                           "http://a\"b"})
    EXPECT_EQ(code(url_rule, text), "invalid_format") << text;
  EXPECT_EQ(code(url_rule, "http://a/" + of_length(2039)), "");
  EXPECT_EQ(code(url_rule, "http://a/" + of_length(2040)), "too_long");
}

TEST(TextRules, OriginIsSchemeHostAndPort) {
  for (const auto* text :
       {"http://a", "https://shop.example", "https://shop.example:8443", "http://[::1]:3000", "http://127.0.0.1"})
    EXPECT_EQ(code(origin_rule, text), "") << text;
  for (const auto* text :
       {"", "*", "null", "shop.example", "https://shop.example/", "https://shop.example/x", "https://a?b",
        "https://a#b", "https://u@a", "ftp://a", "https://", "https://a:", "https://a:99999", "https://a b"})
    EXPECT_EQ(code(origin_rule, text), "invalid_format") << text;
}

}  // namespace
