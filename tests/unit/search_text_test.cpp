// What a search finds, whatever the case and the spelling.
#include "domain/search_text.hpp"

#include <gtest/gtest.h>

namespace {

using namespace chatmesh::domain;

TEST(SearchText, FoldsTheCaseOfEveryScript) {
  EXPECT_EQ(fold("Grace HOPPER +49"), "grace hopper +49");
  EXPECT_EQ(fold("ÄÖÜ É Ø"), fold("äöü é ø"));
  EXPECT_EQ(fold("ΑΘΉΝΑ"), fold("αθήνα"));
  EXPECT_EQ(fold("МОСКВА"), fold("москва"));
  EXPECT_EQ(fold("ՀԱՅԱՍՏԱՆ"), fold("հայաստան"));
  EXPECT_EQ(fold("\U0001E900"), fold("\U0001E922")) << "Adlam, beyond the BMP";
}

TEST(SearchText, FoldsWhatBecomesLonger) {
  EXPECT_EQ(fold("Straße"), fold("STRASSE"));
  EXPECT_EQ(fold("STRAẞE"), fold("strasse"));
  EXPECT_EQ(fold("ΟΔΟΣ"), fold("οδος")) << "a final sigma is a sigma";
  EXPECT_EQ(fold("οδός"), fold("ΟΔΌΣ"));
  EXPECT_EQ(fold("ﬁnance"), fold("FINANCE"));
}

TEST(SearchText, FoldsHowACharacterIsComposed) {
  EXPECT_EQ(fold("Caf\u00e9"), fold("CAFE\u0301"));
  EXPECT_EQ(fold("Ｇｒａｃｅ"), "grace") << "full width";
  EXPECT_EQ(fold("한국"), fold("\u1112\u1161\u11ab\u1100\u116e\u11a8"));
}

TEST(SearchText, KeepsWhatDiffers) {
  EXPECT_NE(fold("e"), fold("é"));
  EXPECT_NE(fold("ı"), fold("i")) << "without a language, a dotless i is its own";
  EXPECT_EQ(fold("🏭 %_\\!"), "🏭 %_\\!");
  EXPECT_EQ(fold(""), "");
}

TEST(SearchText, SurvivesDamagedText) {
  EXPECT_EQ(fold("A\xff"), "a\xff");
}

TEST(SearchText, OfAQueryHasNoLines) {
  EXPECT_EQ(search_term("Grace\nHopper"), "grace hopper");
  EXPECT_EQ(search_term("\u200b\ufeff"), "") << "nothing that can be seen";
}

TEST(SearchText, OfACustomerHasItsFieldsInLines) {
  customer_fields c;
  c.name = "Grace\nHopper";
  EXPECT_EQ(search_text(c), "grace hopper\n");
  c.email = "Grace@Navy.example";
  c.phone = "+1 555";
  c.organization = "Süd GmbH";
  c.tags = {"vip"};
  EXPECT_EQ(search_text(c), "grace hopper\ngrace@navy.example\n+1 555\nsüd gmbh\n");
}

}  // namespace
