#include "domain/id.hpp"

#include "domain/time.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <set>
#include <string>
#include <thread>
#include <unordered_set>
#include <vector>

namespace {

using chatmesh::domain::id;

std::uint64_t milliseconds_of(const id& x) {
  const auto text = x.to_string();
  return std::stoull(text.substr(0, 8) + text.substr(9, 4), nullptr, 16);
}

TEST(Id, IsAVersion7Uuid) {
  for (int i = 0; i < 100; ++i) {
    const auto text = id::make().to_string();
    ASSERT_EQ(text.size(), 36u);
    for (const std::size_t hyphen : {8u, 13u, 18u, 23u})
      EXPECT_EQ(text[hyphen], '-') << text;
    EXPECT_EQ(text.find_first_not_of("0123456789abcdef-"), std::string::npos) << text;
    EXPECT_EQ(text[14], '7') << text;
    EXPECT_NE(std::string{"89ab"}.find(text[19]), std::string::npos) << text;
  }
}

TEST(Id, StartsWithTheTimeInMilliseconds) {
  const auto count = [] { return static_cast<std::uint64_t>(chatmesh::domain::now().time_since_epoch().count()); };
  const auto before = count();
  const auto made = milliseconds_of(id::make());
  const auto after = count();
  EXPECT_GE(made, before);
  // An id may be ahead of the clock by as many milliseconds as the ids before it had to borrow.
  EXPECT_LE(made, after + 1000);
}

TEST(Id, ParsesWhatItPrints) {
  for (int i = 0; i < 100; ++i) {
    const auto made = id::make();
    const auto parsed = id::parse(made.to_string());
    ASSERT_TRUE(parsed);
    EXPECT_EQ(*parsed, made);
  }
  const std::string text = "0198a1b2-c3d4-7e5f-8901-23456789abcd";
  ASSERT_TRUE(id::parse(text));
  EXPECT_EQ(id::parse(text)->to_string(), text);
}

TEST(Id, TakesNoOtherForm) {
  const std::string right = "0198a1b2-c3d4-7e5f-8901-23456789abcd";
  const std::vector<std::string> wrong = {
      "",
      "0",
      right + "0",
      right.substr(1),
      "{" + right + "}",
      std::string{" "}.append(right, 1),
      "0198A1B2-C3D4-7E5F-8901-23456789ABCD",
      "0198a1b2c3d47e5f890123456789abcd",
      "0198a1b2_c3d4_7e5f_8901_23456789abcd",
      "0198a1b2-c3d4-4e5f-8901-23456789abcd",
      "0198a1b2-c3d4-7e5f-7901-23456789abcd",
      "0198a1b2-c3d4-7e5f-c901-23456789abcd",
      "0198a1b2-c3d4-7e5f-8901-23456789abcg",
      std::string{"0198a1b2-c3d4-7e5f-8901-23456789ab\0d", 36},
      "00000000-0000-0000-0000-000000000000",
  };
  for (const auto& text : wrong)
    EXPECT_FALSE(id::parse(text)) << text;
  for (std::size_t i = 0; i < right.size(); ++i) {
    auto damaged = right;
    damaged[i] = 'x';
    EXPECT_FALSE(id::parse(damaged)) << damaged;
  }
}

TEST(Id, DefaultsToNilThatNothingHas) {
  EXPECT_EQ(id{}, id{});
  EXPECT_NE(id{}, id::make());
  EXPECT_FALSE(id::parse(id{}.to_string()));
}

TEST(Id, RisesInTheOrderOfMakingEvenWithinAMillisecond) {
  std::vector<id> made;
  for (int i = 0; i < 20'000; ++i)
    made.push_back(id::make());
  EXPECT_TRUE(std::is_sorted(made.begin(), made.end()));
  EXPECT_EQ(std::adjacent_find(made.begin(), made.end()), made.end());
  std::vector<std::string> texts;
  for (const auto& x : made)
    texts.push_back(x.to_string());
  EXPECT_TRUE(std::is_sorted(texts.begin(), texts.end()));
}

TEST(Id, IsUniqueAcrossThreads) {
  constexpr std::size_t per_thread = 5'000;
  std::vector<std::vector<id>> made(4);
  std::vector<std::thread> threads;
  for (auto& mine : made) {
    threads.emplace_back([&mine] {
      for (std::size_t i = 0; i < per_thread; ++i)
        mine.push_back(id::make());
    });
  }
  for (auto& t : threads)
    t.join();
  std::set<std::string> stamps;
  for (const auto& mine : made) {
    EXPECT_TRUE(std::is_sorted(mine.begin(), mine.end()));
    for (const auto& x : mine)
      stamps.insert(x.to_string().substr(0, 18));
  }
  // Not even the part before the random one is ever given twice.
  EXPECT_EQ(stamps.size(), made.size() * per_thread);
}

TEST(Id, HashesAlikeWhenEqualAndApartWhenNot) {
  const auto one = id::make();
  EXPECT_EQ(std::hash<id>{}(one), std::hash<id>{}(*id::parse(one.to_string())));
  std::unordered_set<std::size_t> hashes;
  for (int i = 0; i < 1000; ++i)
    hashes.insert(id::make().hash());
  EXPECT_GT(hashes.size(), 990u);
  const auto a = id::parse("0198a1b2-c3d4-7e5f-8901-23456789abcd");
  const auto b = id::parse("0198a1b2-c3d4-7e60-8901-23456789abcd");
  EXPECT_NE(a->hash(), b->hash());
}

}  // namespace
