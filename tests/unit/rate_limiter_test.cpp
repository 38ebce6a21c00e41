#include "http/rate_limiter.hpp"

#include <gtest/gtest.h>

#include <string>

namespace chatmesh::http {

namespace {

using attempt = rate_limiter::attempt;

class RateLimiter : public ::testing::Test {
protected:
  static request from(const std::string& address) {
    request r;
    r.remote = asio::ip::make_address(address);
    return r;
  }

  // How many of `tries` requests at this moment are admitted.
  template <class Ask>
  int admitted(int tries, Ask ask) {
    int count = 0;
    for (int i = 0; i < tries; ++i) {
      try {
        ask();
        ++count;
      } catch (const problem& p) {
        EXPECT_EQ(p.status, 429U);
        EXPECT_EQ(p.code, "rate_limited");
        EXPECT_EQ(p.headers.at(0).first, "Retry-After");
        EXPECT_GE(std::stoi(p.headers.at(0).second), 1);
      }
    }
    return count;
  }

  int auth(const std::string& address, int tries = 100) {
    return admitted(tries, [&] { limiter_.auth(from(address), attempt::sign_up); });
  }

  settings settings_;
  rate_limiter::clock::time_point now_{};
  rate_limiter limiter_{settings_, [this] { return now_; }};
};

}  // namespace

TEST_F(RateLimiter, AdmitsSixtyAMinuteAndAddress) {
  EXPECT_EQ(auth("10.0.0.1"), 60);
  EXPECT_EQ(auth("10.0.0.2"), 60);
  EXPECT_EQ(auth("10.0.0.1"), 0);
  now_ += std::chrono::seconds{10};
  EXPECT_EQ(auth("10.0.0.1"), 10);
  now_ += std::chrono::hours{1};
  EXPECT_EQ(auth("10.0.0.1"), 60);
}

TEST_F(RateLimiter, CountsMessagesByCustomerAndByAddress) {
  const auto say = [&](const domain::id& customer, const std::string& address, int tries) {
    return admitted(tries, [&] { limiter_.message(from(address), customer); });
  };
  const auto grace = domain::id::make();
  EXPECT_EQ(say(grace, "10.0.0.1", 100), 60);
  EXPECT_EQ(say(grace, "10.0.0.2", 100), 0) << "wherever the customer is";
  now_ += std::chrono::seconds{10};
  EXPECT_EQ(say(grace, "10.0.0.2", 100), 10);
  now_ += std::chrono::hours{1};
  int all = 0;
  for (int i = 0; i < 20; ++i)
    all += say(domain::id::make(), "10.0.0.1", 60);
  EXPECT_EQ(all, 600) << "of an address, however many customers it makes up";
  EXPECT_EQ(say(domain::id::make(), "10.0.0.2", 1), 1);
  EXPECT_EQ(auth("10.0.0.1", 1), 1) << "sessions have a bucket of their own";
}

TEST_F(RateLimiter, CountsImagesByTheSessionThatUploadsThem) {
  const auto upload = [&](const domain::id& session) { return admitted(100, [&] { limiter_.image(session); }); };
  const auto one = domain::id::make();
  EXPECT_EQ(upload(one), 10);
  EXPECT_EQ(upload(domain::id::make()), 10);
  now_ += std::chrono::seconds{30};
  EXPECT_EQ(upload(one), 5);
}

TEST_F(RateLimiter, CountsEachKindOfAttemptForItself) {
  for (const auto what : {attempt::sign_up, attempt::log_in, attempt::accept, attempt::widget})
    EXPECT_EQ(admitted(100, [&] { limiter_.auth(from("10.0.0.1"), what); }), 60);
}

TEST_F(RateLimiter, ANetworkOfIpv6IsOneAddress) {
  EXPECT_EQ(auth("2001:db8::1", 30), 30);
  EXPECT_EQ(auth("2001:db8::2"), 30);
  EXPECT_EQ(auth("2001:db8:0:1::1"), 60);
  EXPECT_EQ(auth("::ffff:10.0.0.1"), 60);
  EXPECT_EQ(auth("10.0.0.1"), 0);
}

TEST_F(RateLimiter, CountsEachTokenForItself) {
  const persistence::secret_hash one{1}, two{2};
  EXPECT_EQ(admitted(6'000, [&] { limiter_.token(one); }), 5'000);
  EXPECT_EQ(admitted(10, [&] { limiter_.token(two); }), 10);
  now_ += std::chrono::milliseconds{100};
  EXPECT_EQ(admitted(6'000, [&] { limiter_.token(one); }), 500);
}

TEST_F(RateLimiter, ForgetsTheAddressThatWasLongestAway) {
  EXPECT_EQ(auth("10.0.0.1"), 60);
  for (std::uint32_t i = 0; i < rate_limiter::max_address_buckets; ++i) {
    request r;
    r.remote = asio::ip::address_v4{0x0b000000U + i};
    limiter_.auth(r, attempt::log_in);
  }
  EXPECT_EQ(limiter_.address_buckets(), rate_limiter::max_address_buckets);
  EXPECT_EQ(auth("10.0.0.1"), 60);
}

TEST_F(RateLimiter, NoNumberOfTokensMakesItForgetAnAddress) {
  EXPECT_EQ(auth("10.0.0.1"), 60);
  for (std::size_t i = 0; i < rate_limiter::max_token_buckets + 1; ++i) {
    persistence::secret_hash hash{};
    for (std::size_t k = 0; k < 4; ++k)
      hash[k] = static_cast<std::uint8_t>(i >> (8 * k));
    limiter_.token(hash);
  }
  EXPECT_EQ(limiter_.token_buckets(), rate_limiter::max_token_buckets);
  EXPECT_EQ(auth("10.0.0.1"), 0);
}

TEST_F(RateLimiter, CanBeOff) {
  settings_.rate_limits = false;
  rate_limiter off{settings_};
  EXPECT_EQ(admitted(1'000, [&] { off.auth(from("10.0.0.1"), attempt::log_in); }), 1'000);
  EXPECT_EQ(off.address_buckets(), 0U);
}

}  // namespace chatmesh::http
