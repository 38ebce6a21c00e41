// What the integration tests share: a server of their own, people, and what they say of streams.
#pragma once

#include "tests/support/server_process.hpp"
#include "tests/support/story.hpp"
#include "tests/support/wait.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace chatmesh::test {

// The server starts when the test first asks for its port, with what with() was given before, and must end in order: a
// leak, a sanitizer's report or a hang at the end fails the test.
class server_test : public testing::Test {
protected:
  server_test() = default;
  explicit server_test(std::vector<std::string> options) : options_(std::move(options)) {}

  void with(std::vector<std::string> options) { options_ = std::move(options); }

  server_process& server() {
    if (!server_)
      server_.emplace(options_);
    return *server_;
  }
  std::uint16_t port() { return server().port(); }

  void TearDown() override {
    if (server_ && server_->running()) {
      EXPECT_EQ(server_->terminate(), 0);
    }
    if (server_ && HasFailure())
      ADD_FAILURE() << "the server printed:\n" << server_->log();
  }

private:
  std::vector<std::string> options_;
  std::optional<server_process> server_;
};

// One member of each role, in one company.
struct team {
  explicit team(std::uint16_t port)
      : owner(sign_up(port, "Acme", "Ada Owner")), admin(invite(owner, "Bob Admin", "admin")),
        agent(invite(owner, "Cy Agent")) {}

  std::vector<member*> all() { return {&owner, &admin, &agent}; }

  member owner, admin, agent;
};

// The stream has the event of that cursor, with that type, author and object, complete.
inline void expect_event(const sse_client& stream, const std::string& cursor, const std::string& type,
                         const json& object, const json& by) {
  const auto frame = stream.wait_for_id(cursor);
  EXPECT_EQ(frame.event, type);
  const auto event = frame.value();
  EXPECT_EQ(event.value("object", json{}), object);
  EXPECT_EQ(event.value("by", json{}), by);
}

// The stream has passed that cursor without an event for it.
inline void expect_skipped(const sse_client& stream, const std::string& cursor) {
  stream.wait_for_position(seq_of(cursor));
  for (const auto& frame : stream.events())
    EXPECT_NE(frame.value().at("seq"), seq_of(cursor)) << "not skipped: " << frame.data;
}

// The highest seq that the stream carried.
inline std::uint64_t last_seq(const sse_client& stream) {
  std::uint64_t last = 0;
  for (const auto& frame : stream.frames())
    if (frame.id)
      last = seq_of(*frame.id);
  return last;
}

// What the stream has heard of ephemeral kind, in order.
inline std::vector<json> heard(const sse_client& stream, const std::string& event) {
  std::vector<json> all;
  for (const auto& frame : stream.frames())
    if (frame.event == event)
      all.push_back(frame.value());
  return all;
}

// An event that everybody gets who still may: what has not come before it does not come.
inline std::string mark(member& author, const std::string& name = "Marker") {
  return author.create("/customers", {{"name", name}}).cursor;
}

// A request whose body is no JSON, or not to be trusted to a JSON library.
inline http_response post_text(member& author, const std::string& path, const std::string& body,
                               const header_list& more = {}) {
  auto headers = author.api().headers();
  headers.insert(headers.end(), more.begin(), more.end());
  return author.api().http().request("POST", "/api/v1" + author.path() + path, headers, body);
}

// The reason of the goodbye with which the server ends the stream.
inline std::string farewell(const sse_client& stream) {
  const auto frame = stream.wait_for_event("goodbye");
  stream.finish();
  return frame.value().at("reason");
}

// Every name of the object's members, sorted.
inline std::vector<std::string> names_of(const json& object) {
  std::vector<std::string> names;
  for (const auto& [name, value] : object.items())
    names.push_back(name);
  return names;
}

inline json full_customer(const std::string& name, const json& assigned_employee_id = nullptr) {
  return {{"name", name},
          {"email", "someone@example.org"},
          {"phone", "+49 30 1234"},
          {"avatar_url", "https://example.org/a.png"},
          {"organization", "Example & Söhne 🏭"},
          {"status", "open"},
          {"tags", {"vip", "Überfällig"}},
          {"attributes", {{"plan", "gold"}, {"seats", 12}, {"trial", false}, {"score", 0.5}}},
          {"assigned_employee_id", assigned_employee_id}};
}

}  // namespace chatmesh::test
