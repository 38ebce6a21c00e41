// Sealed cursors: they open for whom they were made, and tell nobody anything.
#include "http/sealed_cursor.hpp"

#include <gtest/gtest.h>

namespace {

using namespace chatmesh;
using domain::cursor;
using http::cursor_seal;

const persistence::secret_key key{1, 2, 3}, other_key{3, 2, 1};
const domain::id customer = domain::id::make();

TEST(SealedCursor, OpensToWhatWasSealed) {
  const cursor_seal seal{key, customer};
  for (const cursor& c : {cursor{0, 0}, cursor{0x5f3a9c01, 1842}, cursor{0xffffffff, 0x7fffffffffffffff}})
    EXPECT_EQ(seal.open(seal.seal(c)), c);
  EXPECT_EQ((cursor_seal{key, customer}.open(seal.seal({1, 2}))), (cursor{1, 2})) << "after a restart too";
}

TEST(SealedCursor, NeverLooksTheSame) {
  const cursor_seal seal{key, customer};
  EXPECT_NE(seal.seal({1, 2}), seal.seal({1, 2}));
  EXPECT_EQ(seal.seal({1, 2}).size(), seal.seal({0xffffffff, 1'000'000'000}).size());
}

TEST(SealedCursor, OpensForNobodyElse) {
  const auto text = cursor_seal{key, customer}.seal({1, 2});
  EXPECT_FALSE((cursor_seal{key, domain::id::make()}.open(text)));
  EXPECT_FALSE((cursor_seal{other_key, customer}.open(text)));
}

TEST(SealedCursor, OpensNothingThatWasChanged) {
  const cursor_seal seal{key, customer};
  const auto text = seal.seal({1, 2});
  for (std::size_t i = 0; i < text.size(); ++i) {
    auto changed = text;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(seal.open(changed)) << i;
  }
  for (const std::string bad : {"", "5f3a9c01-1842", "nonsense", "%%%"})
    EXPECT_FALSE(seal.open(bad)) << bad;
  EXPECT_FALSE(seal.open(text + "A"));
  EXPECT_FALSE(seal.open(text.substr(1)));
}

}  // namespace
