// The tests' own tools: a parser that lets a fault pass would make every stream test worthless.
#include "tests/support/chunked_decoder.hpp"
#include "tests/support/replica.hpp"
#include "tests/support/sequence_check.hpp"
#include "tests/support/sse_parser.hpp"
#include "tests/support/wait.hpp"

#include <gtest/gtest.h>

namespace chatmesh::test {

namespace {

std::string decode(std::string_view bytes, std::size_t step) {
  chunked_decoder decoder;
  std::string out;
  for (; !bytes.empty(); bytes.remove_prefix(std::min(step, bytes.size()))) {
    const auto piece = bytes.substr(0, step);
    if (decoder.feed(piece, out) != piece.size())
      throw format_error("bytes left");
  }
  return decoder.done() ? out : out + "...";
}

sse_frame frame(const std::string& event, const json& data, std::optional<std::string> id = {}) {
  sse_frame f;
  f.event = event;
  f.id = std::move(id);
  f.data = data.dump();
  if (event == "hello" || event == "goodbye")
    f.retry = 1000;
  return f;
}

sse_frame hello(const std::string& cursor) {
  return frame("hello",
               {{"connection_id", "x"},
                {"company_id", "c"},
                {"employee_id", nullptr},
                {"cursor", cursor},
                {"head", 9},
                {"resumed", true},
                {"heartbeat_ms", 15000},
                {"node", "n"},
                {"server_time", "t"}},
               cursor);
}

sse_frame event(std::uint64_t seq, const std::string& company = "c") {
  return frame("customer.updated",
               {{"seq", seq},
                {"type", "customer.updated"},
                {"entity", "customer"},
                {"action", "updated"},
                {"company_id", company},
                {"at", "t"},
                {"by", {{"kind", "system"}}},
                {"object", json::object()}},
               "0a0b0c0d-" + std::to_string(seq));
}

sse_frame skip(std::uint64_t from, std::uint64_t to) {
  return frame("skip", {{"from", from}, {"to", to}}, "0a0b0c0d-" + std::to_string(to));
}

// What the check says of these frames, after a hello at 4.
std::string verdict(std::initializer_list<sse_frame> frames) {
  sequence_check check;
  try {
    check.take(hello("0a0b0c0d-4"));
    for (const auto& f : frames)
      check.take(f);
  } catch (const format_error&) {
    return "fault";
  }
  return check.cursor();
}

json employee(const char* id, int version, const char* name) {
  return {{"id", id}, {"version", version}, {"name", name}, {"status", "active"}};
}

json change(std::uint64_t seq, const char* entity, const char* action, const json& object) {
  return {{"seq", seq}, {"entity", entity}, {"action", action}, {"object", object}};
}

}  // namespace

TEST(ChunkedDecoder, ReadsPiecesOfAnySize) {
  const std::string_view bytes = "5\r\nhello\r\n1A\r\nabcdefghijklmnopqrstuvwxyz\r\n0\r\n\r\n";
  for (std::size_t step = 1; step <= bytes.size(); ++step)
    EXPECT_EQ(decode(bytes, step), "helloabcdefghijklmnopqrstuvwxyz") << step;
  EXPECT_EQ(decode(bytes.substr(0, 6), 3), "hel...");
}

TEST(ChunkedDecoder, RefusesWhatTheServerMustNotSend) {
  for (const auto* bytes : {"\r\nhello\r\n", "5\nhello\r\n", "5\r\nhelloX\r\n", "5;a=b\r\nhello\r\n",
                            "0\r\nTrailer: x\r\n\r\n", "g\r\n", "5\r\nhello\n"})
    EXPECT_THROW(decode(bytes, 2), format_error) << bytes;
  EXPECT_THROW(decode("0\r\n\r\nmore", 100), format_error);
}

TEST(SseParser, ReadsAFrameThatComesByteByByte) {
  sse_parser parser;
  const std::string text =
      "retry: 1000\nid: 0a0b0c0d-7\nevent: hello\ndata: {\"a\":1}\n\nevent: heartbeat\ndata: {}\n\n";
  std::vector<sse_frame> frames;
  for (const char c : text)
    for (auto& f : parser.feed({&c, 1}))
      frames.push_back(std::move(f));
  ASSERT_EQ(frames.size(), 2U);
  EXPECT_EQ(frames[0].id, "0a0b0c0d-7");
  EXPECT_EQ(frames[0].retry, 1000);
  EXPECT_EQ(frames[0].event, "hello");
  EXPECT_EQ(frames[0].value(), (json{{"a", 1}}));
  EXPECT_FALSE(frames[1].id);
  EXPECT_FALSE(frames[1].retry);
  EXPECT_EQ(parser.pending(), 0U);
}

TEST(SseParser, RefusesWhatTheServerMustNotSend) {
  for (const std::string text :
       {"event: a\r\ndata: {}\r\n\r\n", "event: a\n\n", "data: {}\n\n", "event: a\ndata: {}\ndata: {}\n\n",
        "event: a\nevent: b\ndata: {}\n\n", "event: a\ndata: 5\n\n", "event: a\ndata: {\n\n", ": comment\n",
        "foo: bar\n", "retry: 1s\n", "id:1\n"})
    EXPECT_THROW(sse_parser{}.feed(text), format_error) << text;
}

TEST(SequenceCheck, WantsEverySeqOnce) {
  EXPECT_EQ(verdict({event(5), skip(6, 8), event(9)}), "0a0b0c0d-9");
  EXPECT_EQ(verdict({event(6)}), "fault");
  EXPECT_EQ(verdict({event(5), event(5)}), "fault");
  EXPECT_EQ(verdict({skip(6, 8)}), "fault");
  EXPECT_EQ(verdict({skip(5, 4)}), "fault");
  EXPECT_EQ(verdict({event(5, "other")}), "fault");
}

TEST(SequenceCheck, WantsHelloFirstAndGoodbyeLast) {
  sequence_check check;
  EXPECT_THROW(check.take(event(1)), format_error);
  const auto goodbye = frame("goodbye", {{"reason", "draining"}, {"retry_ms", 1}});
  EXPECT_EQ(verdict({event(5), goodbye}), "0a0b0c0d-5");
  EXPECT_EQ(verdict({goodbye, event(5)}), "fault");
}

TEST(SequenceCheck, WantsAResetAfterAHelloWithoutId) {
  auto first = hello("0a0b0c0d-4");
  first.id.reset();
  const auto reset = frame(
      "reset", {{"reason", "expired"}, {"cursor", "0a0b0c0d-7"}, {"snapshot", "/"}, {"after_ms", 3}}, "0a0b0c0d-7");
  sequence_check check;
  check.take(first);
  EXPECT_EQ(check.cursor(), "");
  EXPECT_THROW(check.take(event(5)), format_error);
  check.take(reset);
  check.take(event(8));
  EXPECT_EQ(check.cursor(), "0a0b0c0d-8");
  EXPECT_EQ(check.resets(), 1U);
}

TEST(Replica, MergesEmbeddedEmployeesByTheirOwnVersion) {
  replica r;
  r.apply(change(1, "employee", "created", employee("e", 1, "Ada")));
  r.apply(
      change(2, "customer", "created", {{"id", "k"}, {"version", 1}, {"assigned_employee", employee("e", 1, "Ada")}}));
  r.apply(change(3, "employee", "updated", employee("e", 2, "Ada L.")));
  EXPECT_EQ(r.items("customer").at("k").at("assigned_employee").at("name"), "Ada L.");
  r.load("customer", json::array({{{"id", "k"}, {"version", 1}, {"assigned_employee", employee("e", 3, "Countess")}}}),
         "0a0b0c0d-4");
  EXPECT_EQ(r.items("employee").at("e").at("name"), "Countess");
}

TEST(Replica, DropsWhatACustomerTakesAlong) {
  replica r;
  r.apply(change(1, "customer", "created", {{"id", "k"}, {"version", 1}}));
  r.apply(change(2, "note", "created", {{"id", "n"}, {"version", 1}, {"customer_id", "k"}}));
  r.apply(change(3, "note", "created", {{"id", "o"}, {"version", 1}, {"customer_id", "other"}}));
  r.apply(change(4, "customer", "deleted", {{"id", "k"}, {"version", 1}}));
  EXPECT_TRUE(r.items("customer").empty());
  EXPECT_EQ(r.items("note").size(), 1U);
}

TEST(Replica, DropsItemsOfOldPagesThatADeleteOvertook) {
  replica r;
  const json item{{"id", "k"}, {"version", 1}};
  r.apply(change(5, "customer", "deleted", item));
  r.load("customer", json::array({item}), "0a0b0c0d-4");
  EXPECT_TRUE(r.items("customer").empty());
}

TEST(Replica, RefusesAVersionWithAGap) {
  replica r;
  r.apply(change(1, "customer", "created", {{"id", "k"}, {"version", 1}}));
  EXPECT_THROW(r.apply(change(2, "customer", "updated", {{"id", "k"}, {"version", 3}})), format_error);
  EXPECT_THROW(r.apply(change(3, "customer", "created", {{"id", "l"}, {"version", 2}})), format_error);
}

}  // namespace chatmesh::test
