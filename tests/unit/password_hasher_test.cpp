#include "http/password_hasher.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <gtest/gtest.h>

#include <future>
#include <string>
#include <utility>
#include <vector>

namespace chatmesh::http {

namespace {

settings cheap() {
  settings s;
  s.password_memory_kib = 8;
  s.password_passes = 1;
  return s;
}

class PasswordHasher : public ::testing::Test {
protected:
  template <class T>
  std::future<T> start(asio::awaitable<T> work) {
    return asio::co_spawn(context_, std::move(work), asio::use_future);
  }

  // Runs all that was started; the hasher's answers keep the context at work.
  void run() {
    context_.restart();
    context_.run();
  }

  template <class T>
  T wait(asio::awaitable<T> work) {
    auto result = start(std::move(work));
    run();
    return result.get();
  }

  asio::io_context context_;
  settings settings_ = cheap();
};

}  // namespace

TEST_F(PasswordHasher, KnowsItsPasswords) {
  password_hasher hasher{settings_};
  const auto hash = wait(hasher.hash("correct horse"));
  EXPECT_TRUE(hash.starts_with("$argon2id$v=19$m=8,t=1,p=1$")) << hash;
  EXPECT_TRUE(wait(hasher.verify(hash, "correct horse")));
  EXPECT_FALSE(wait(hasher.verify(hash, "correct horsf")));
  EXPECT_FALSE(wait(hasher.verify(hash, "")));
  EXPECT_NE(wait(hasher.hash("correct horse")), hash) << "each has its own salt";
}

TEST_F(PasswordHasher, AHashThatIsNoneIsNoOnes) {
  password_hasher hasher{settings_};
  EXPECT_FALSE(wait(hasher.verify("", "anything")));
  EXPECT_FALSE(wait(hasher.verify("nonsense", "anything")));
}

TEST_F(PasswordHasher, VerifiesHashesOfAnotherCost) {
  std::string hash;
  {
    auto dearer = settings_;
    dearer.password_memory_kib = 16;
    dearer.password_passes = 2;
    password_hasher hasher{dearer};
    hash = wait(hasher.hash("secret"));
  }
  password_hasher hasher{settings_};
  EXPECT_TRUE(wait(hasher.verify(hash, "secret")));
}

TEST_F(PasswordHasher, RefusesWhatItsQueueCanNotHold) {
  settings_.password_queue = 0;
  password_hasher hasher{settings_};
  auto hash = start(hasher.hash("secret"));
  auto verify = start(hasher.verify("", "secret"));
  run();
  try {
    hash.get();
    FAIL();
  } catch (const problem& p) {
    EXPECT_EQ(p.status, 503U);
    EXPECT_EQ(p.headers.at(0).first, "Retry-After");
  }
  EXPECT_THROW(verify.get(), problem);
}

TEST_F(PasswordHasher, FinishesWhatWaitsBeforeItEnds) {
  std::vector<std::future<std::string>> hashes;
  {
    password_hasher hasher{settings_};
    for (int i = 0; i < 20; ++i)
      hashes.push_back(start(hasher.hash("secret")));
    context_.poll();  // hands all of them to the hasher
  }
  run();
  for (auto& each : hashes)
    EXPECT_FALSE(each.get().empty());
}

}  // namespace chatmesh::http
