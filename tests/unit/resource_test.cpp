#include "http/resource.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace chatmesh::http {
namespace {

std::string field(const response& answer, std::string_view name) {
  const auto found = std::ranges::find(answer.headers, name, [](const auto& each) { return each.first; });
  return found == answer.headers.end() ? std::string{} : found->second;
}

persistence::written note_written() {
  persistence::written done;
  done.body = R"({"id":"0190a0b0-0000-7000-8000-000000000001","body":"x"})";
  done.etag = "\"1.2\"";
  done.cursor = domain::cursor{0x5f3a9c01, 7};
  return done;
}

TEST(Answers, OfACreatedObjectSayWhereItIsAndWhichEventTellsIt) {
  const response answer = created_answer("/api/v1/companies/c/notes", note_written());
  EXPECT_EQ(answer.status, 201u);
  EXPECT_EQ(answer.body, note_written().body);
  EXPECT_EQ(field(answer, "Location"), "/api/v1/companies/c/notes/0190a0b0-0000-7000-8000-000000000001");
  EXPECT_EQ(field(answer, "ETag"), "\"1.2\"");
  EXPECT_EQ(field(answer, "Chatmesh-Cursor"), "5f3a9c01-7");
  EXPECT_EQ(field(answer, "Idempotency-Replayed"), "");
}

TEST(Answers, ToARepeatedRequestSayThatTheyAreOld) {
  persistence::written done = note_written();
  done.replayed = true;
  EXPECT_EQ(field(created_answer("/x", done), "Idempotency-Replayed"), "true");
}

TEST(Answers, ThatMadeNoEventHaveNoCursor) {
  persistence::written done = note_written();
  done.cursor.reset();
  EXPECT_EQ(field(written_answer(200, done), "Chatmesh-Cursor"), "");
}

TEST(Answers, OfARemovalHaveNoBody) {
  const response answer = removed_answer(note_written());
  EXPECT_EQ(answer.status, 204u);
  EXPECT_EQ(answer.body, "");
  EXPECT_EQ(field(answer, "Chatmesh-Cursor"), "5f3a9c01-7");
}

TEST(Answers, ToAGetAreShortForOneWhoHasThatVersion) {
  request r;
  const response whole = found_answer(r, "{}", "\"3\"");
  EXPECT_EQ(whole.status, 200u);
  EXPECT_EQ(whole.body, "{}");
  EXPECT_EQ(field(whole, "ETag"), "\"3\"");

  r.headers = {{"If-None-Match", "\"3\""}};
  const response same = found_answer(r, "{}", "\"3\"");
  EXPECT_EQ(same.status, 304u);
  EXPECT_EQ(same.body, "");
  EXPECT_EQ(field(same, "ETag"), "\"3\"");
}

TEST(Pages, SayWhatFollowsAndWhereTheyStand) {
  domain::company item;
  item.name = "Acme";
  const persistence::page<domain::company> one{{item}, "next-page"};
  domain::json_writer out;
  begin_page(out, one);
  const domain::json page = domain::parse_object(end_page(std::move(out), "5f3a9c01-7"));
  EXPECT_EQ(page.at("items").size(), 1u);
  EXPECT_EQ(page.at("items").at(0), domain::to_json(item));
  EXPECT_EQ(page.at("next"), "next-page");
  EXPECT_EQ(page.at("cursor"), "5f3a9c01-7");
}

TEST(Pages, MayBeEmpty) {
  domain::json_writer out;
  begin_page(out, persistence::page<domain::message>{});
  EXPECT_EQ(end_page(std::move(out), "sealed"), R"({"items":[],"next":null,"cursor":"sealed"})");
}

}  // namespace
}  // namespace chatmesh::http
