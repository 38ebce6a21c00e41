// Every frame of protocol §4, byte for byte.
#include "domain/frame.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace {

using namespace chatmesh::domain;
using namespace std::chrono_literals;

const id company_id = *id::parse("0198a1b2-0000-7000-8000-00000000000a");
const id employee_id = *id::parse("0198a1b2-0000-7000-8000-00000000000b");
const id customer_id = *id::parse("0198a1b2-0000-7000-8000-00000000000c");

change some_change() {
  change c;
  c.company_id = company_id;
  c.epoch = 0x5f3a9c01;
  c.seq = 1842;
  c.authority = 7;
  c.entity = entity::customer;
  c.action = action::updated;
  c.object_id = customer_id;
  c.by = {author_kind::employee, employee_id, "Ada", "tab-1"};
  c.data = R"({"seq":1842})";
  return c;
}

hello some_hello() {
  hello h;
  h.connection_id = "c-1";
  h.company_id = company_id;
  h.employee_id = employee_id;
  h.from = {0x5f3a9c01, 12};
  h.head = 15;
  h.resumed = true;
  h.heartbeat = 15s;
  h.retry = 1500ms;
  h.node = "n\"1";
  h.server_time = timestamp{2345ms};
  return h;
}

// The one chunk that `f` is, without its framing.
std::string payload(const frame& f) {
  const auto chunk = f.chunk();
  std::size_t parsed = 0;
  const auto size = std::stoull(std::string{chunk}, &parsed, 16);
  EXPECT_EQ(chunk.substr(parsed, 2), "\r\n");
  EXPECT_EQ(chunk.size(), parsed + 2 + size + 2);
  EXPECT_EQ(chunk.substr(chunk.size() - 2), "\r\n");
  return std::string{chunk.substr(parsed + 2, size)};
}

// All three views of `f` at once.
void expect_frame(const frame_ptr& f, frame_kind kind, const std::string& lines, const std::string& data) {
  EXPECT_EQ(f->kind, kind);
  EXPECT_EQ(f->text(), lines + "data: " + data + "\n\n");
  EXPECT_EQ(f->data(), data);
  EXPECT_EQ(payload(*f), f->text());
}

TEST(Frame, Event) {
  const auto f = encode_event(some_change());
  expect_frame(f, frame_kind::event, "id: 5f3a9c01-1842\nevent: customer.updated\n", R"({"seq":1842})");
  EXPECT_EQ(f->chunk(), "3e\r\nid: 5f3a9c01-1842\nevent: customer.updated\ndata: {\"seq\":1842}\n\n\r\n");
}

TEST(Frame, EventCarriesWhatAConnectionDecidesBy) {
  const auto f = encode_event(some_change());
  EXPECT_EQ(f->entity, entity::customer);
  EXPECT_EQ(f->seq, 1842u);
  EXPECT_EQ(f->authority, 7u);
  EXPECT_EQ(f->by_kind, author_kind::employee);
  EXPECT_EQ(f->by_id, employee_id);
  EXPECT_EQ(f->client, "tab-1");
  EXPECT_EQ(f->ended_employee, id{});
  EXPECT_FALSE(f->ends_company);
  EXPECT_EQ(f->chunk().find("tab-1"), std::string_view::npos);
}

TEST(Frame, EventOfTheSystemHasNilForItsAuthor) {
  auto c = some_change();
  c.by = {};
  EXPECT_EQ(encode_event(c)->by_id, id{});
  EXPECT_EQ(encode_event(c)->by_kind, author_kind::system);
}

TEST(Frame, OnlyDeletionsEndMembershipsAndCompanies) {
  for (const auto e :
       {entity::company, entity::employee, entity::customer, entity::note, entity::message, entity::read}) {
    for (const auto a : {action::created, action::updated, action::deleted}) {
      auto c = some_change();
      c.entity = e;
      c.action = a;
      c.object_id = employee_id;
      const auto f = encode_event(c);
      EXPECT_EQ(f->ended_employee == employee_id, e == entity::employee && a == action::deleted);
      EXPECT_EQ(f->ends_company, e == entity::company && a == action::deleted);
    }
  }
}

TEST(Frame, ALargeEventIsOneChunk) {
  auto c = some_change();
  c.data = "{\"x\":\"" + std::string(300'000, 'x') + "\"}";
  const auto f = encode_event(c);
  EXPECT_EQ(f->data(), c.data);
  EXPECT_EQ(payload(*f), f->text());
}

TEST(Frame, Hello) {
  expect_frame(
      encode_hello(some_hello()), frame_kind::hello, "retry: 1500\nid: 5f3a9c01-12\nevent: hello\n",
      R"({"connection_id":"c-1","company_id":"0198a1b2-0000-7000-8000-00000000000a",)"
      R"("employee_id":"0198a1b2-0000-7000-8000-00000000000b","cursor":"5f3a9c01-12","head":15,"resumed":true,)"
      R"("heartbeat_ms":15000,"node":"n\"1","server_time":"1970-01-01T00:00:02.345Z"})");
}

TEST(Frame, HelloBeforeAResetHasNoId) {
  auto h = some_hello();
  h.reset_follows = true;
  const auto f = encode_hello(h);
  EXPECT_TRUE(f->text().starts_with("retry: 1500\nevent: hello\ndata: {")) << f->text();
  EXPECT_EQ(f->text().find("id: "), std::string_view::npos);
}

TEST(Frame, HelloToATokenHasNoEmployee) {
  auto h = some_hello();
  h.employee_id.reset();
  EXPECT_TRUE(json::parse(encode_hello(h)->data())["employee_id"].is_null());
}

TEST(Frame, Reset) {
  const std::pair<reset_reason, std::string> reasons[] = {{reset_reason::unknown_epoch, "unknown_epoch"},
                                                          {reset_reason::expired, "expired"},
                                                          {reset_reason::ahead, "ahead"},
                                                          {reset_reason::malformed, "malformed"}};
  for (const auto& [reason, word] : reasons) {
    expect_frame(
        encode_reset({reason, company_id, {0xab, 90}, 2500ms}), frame_kind::reset, "id: 000000ab-90\nevent: reset\n",
        R"({"reason":")" + word +
            R"(","cursor":"000000ab-90","snapshot":"/api/v1/companies/0198a1b2-0000-7000-8000-00000000000a/snapshot",)"
            R"("after_ms":2500})");
  }
}

TEST(Frame, Skip) {
  const auto f = encode_skip(0x5f3a9c01, 12, 15);
  expect_frame(f, frame_kind::skip, "id: 5f3a9c01-15\nevent: skip\n", R"({"from":12,"to":15})");
  EXPECT_EQ(f->seq, 15u);
}

TEST(Frame, HeartbeatHasNoId) {
  expect_frame(encode_heartbeat({0x5f3a9c01, 1842}, timestamp{2345ms}), frame_kind::heartbeat, "event: heartbeat\n",
               R"({"head":1842,"epoch":"5f3a9c01","at":"1970-01-01T00:00:02.345Z"})");
}

TEST(Frame, Presence) {
  expect_frame(
      encode_presence_full({employee_id, customer_id}), frame_kind::presence, "event: presence\n",
      R"({"full":true,"online":["0198a1b2-0000-7000-8000-00000000000b","0198a1b2-0000-7000-8000-00000000000c"]})");
  expect_frame(encode_presence_full({}), frame_kind::presence, "event: presence\n", R"({"full":true,"online":[]})");
  expect_frame(encode_presence_changes({{employee_id, true}, {customer_id, false}}), frame_kind::presence,
               "event: presence\n",
               R"({"changes":[{"employee_id":"0198a1b2-0000-7000-8000-00000000000b","online":true},)"
               R"({"employee_id":"0198a1b2-0000-7000-8000-00000000000c","online":false}]})");
}

TEST(Frame, Typing) {
  const auto f = encode_typing({customer_id, {author_kind::employee, employee_id, "Ada", "tab-1"}});
  expect_frame(f, frame_kind::typing, "event: typing\n",
               R"({"customer_id":"0198a1b2-0000-7000-8000-00000000000c","by":{"kind":"employee",)"
               R"("id":"0198a1b2-0000-7000-8000-00000000000b","name":"Ada"}})");
}

TEST(Frame, Goodbye) {
  const std::pair<end_reason, std::string> reasons[] = {
      {end_reason::draining, "draining"},
      {end_reason::overloaded, "overloaded"},
      {end_reason::too_many_streams, "too_many_streams"},
      {end_reason::session_ended, "session_ended"},
      {end_reason::session_expired, "session_expired"},
      {end_reason::membership_ended, "membership_ended"},
      {end_reason::token_revoked, "token_revoked"},
      {end_reason::company_deleted, "company_deleted"},
  };
  for (const auto& [reason, word] : reasons) {
    EXPECT_EQ(to_string(reason), word);
    expect_frame(encode_goodbye(reason, 700ms), frame_kind::goodbye, "retry: 700\nevent: goodbye\n",
                 R"({"reason":")" + word + R"(","retry_ms":700})");
  }
}

TEST(Frame, AgainWithOtherDataAndId) {
  const auto goodbye = encode_goodbye(end_reason::draining, 700ms);
  expect_frame(encode_again(*goodbye, R"({"at":1})", "sealed"), frame_kind::goodbye,
               "retry: 700\nid: sealed\nevent: goodbye\n", R"({"at":1})");
  const auto skip = encode_skip(0x5f3a9c01, 1, 2);
  expect_frame(encode_again(*skip, "{}", {}), frame_kind::skip, "event: skip\n", "{}");
}

TEST(Frame, TextFromOutsideCanNotBreakTheLines) {
  const auto f = encode_typing(
      {customer_id, {author_kind::customer, customer_id, "x\n\nevent: goodbye\r\ndata: {}", ""}});
  const auto text = f->text();
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 3);
  EXPECT_EQ(std::count(text.begin(), text.end(), '\r'), 0);
}

}  // namespace
