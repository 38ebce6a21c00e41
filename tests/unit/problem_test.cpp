#include "http/problem.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <chrono>
#include <string>

namespace chatmesh::http {

namespace {

nlohmann::json body_of(const problem& p) {
  return nlohmann::json::parse(to_response(p, "r-1").body);
}

problem refused(persistence::refusal why) {
  return to_problem(persistence::refused{why, {{"/name", "required", "Give it."}}, R"({"id":"x"})", "\"3\""});
}

}  // namespace

TEST(Problem, TellsWhatRfc9457Asks) {
  const auto response = to_response({404, "not_found", "There is no such thing."}, "r-1");
  EXPECT_EQ(response.status, 404U);
  EXPECT_EQ(response.content_type, "application/problem+json");
  EXPECT_EQ(response.body,
            R"({"type":"about:blank","title":"Not Found","status":404,"detail":"There is no such thing.",)"
            R"("code":"not_found","request_id":"r-1"})");
}

TEST(Problem, ListsEveryFault) {
  const domain::invalid faults{{{"/a~1b", "required", "Give it."}, {"/c", "too_long", "Shorter."}}};
  const auto body = body_of(to_problem(faults));
  EXPECT_EQ(body.at("status"), 422);
  EXPECT_EQ(body.at("code"), "validation_failed");
  ASSERT_EQ(body.at("errors").size(), 2U);
  EXPECT_EQ(body.at("errors")[0], (nlohmann::json{{"pointer", "/a~1b"}, {"code", "required"}, {"detail", "Give it."}}));
}

TEST(Problem, ImmutableIsTheCodeWhereNothingElseIsWrong) {
  EXPECT_EQ(to_problem(domain::invalid{{{"/a", "immutable", ""}}}).code, "immutable");
  EXPECT_EQ(to_problem(domain::invalid{{{"/a", "immutable", ""}, {"/b", "required", ""}}}).code, "validation_failed");
}

TEST(Problem, EveryRefusalHasItsStatusAndCode) {
  using enum persistence::refusal;
  const std::vector<std::tuple<persistence::refusal, unsigned, std::string>> expected{
      {unauthenticated, 401, "unauthenticated"},
      {not_found, 404, "not_found"},
      {forbidden, 403, "forbidden"},
      {last_owner, 409, "last_owner"},
      {email_taken, 409, "email_taken"},
      {idempotency_in_flight, 409, "idempotency_in_flight"},
      {idempotency_mismatch, 422, "idempotency_mismatch"},
      {invalid, 422, "validation_failed"},
      {version_mismatch, 412, "version_mismatch"},
      {unavailable, 503, "unavailable"}};
  for (const auto& [why, status, code] : expected) {
    EXPECT_EQ(refused(why).status, status) << code;
    EXPECT_EQ(refused(why).code, code);
  }
}

TEST(Problem, AMismatchCarriesTheCurrentObject) {
  const auto p = refused(persistence::refusal::version_mismatch);
  EXPECT_EQ(body_of(p).at("current"), (nlohmann::json{{"id", "x"}}));
  EXPECT_EQ(p.headers, (header_list{{"ETag", "\"3\""}}));
}

TEST(Problem, SaysHowToGoOn) {
  EXPECT_EQ(unauthenticated().headers, (header_list{{"WWW-Authenticate", "Bearer"}}));
  EXPECT_EQ(refused(persistence::refusal::unavailable).headers.at(0).first, "Retry-After");
  EXPECT_TRUE(draining().close);
}

TEST(Problem, RetryAfterIsNeverTooEarly) {
  for (int i = 0; i < 100; ++i) {
    const auto seconds = std::stoi(retry_after(std::chrono::milliseconds{2'100}).second);
    EXPECT_GE(seconds, 3);
    EXPECT_LE(seconds, 6);
    EXPECT_GE(std::stoi(retry_after(std::chrono::milliseconds{0}).second), 1);
  }
}

TEST(Problem, ADetailThatIsNoUtf8IsStillJson) {
  EXPECT_NO_THROW(body_of(problem{400, "malformed", "bad \xFF byte"}));
}

}  // namespace chatmesh::http
