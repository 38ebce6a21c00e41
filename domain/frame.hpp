// The only SSE encoder. A frame is encoded once, HTTP/1.1 chunk framing included, and then shared by every connection.
#pragma once

#include "domain/change.hpp"
#include "domain/cursor.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace chatmesh::domain {

enum class frame_kind : std::uint8_t { hello, reset, event, skip, heartbeat, presence, typing, goodbye };

// Why the server ends a stream: a closed list, used by frames, logs, metrics and tests alike.
enum class end_reason : std::uint8_t {
  draining,
  overloaded,
  too_many_streams,
  session_ended,
  session_expired,
  membership_ended,
  token_revoked,
  company_deleted
};
std::string_view to_string(end_reason);

enum class reset_reason : std::uint8_t { unknown_epoch, expired, ahead, malformed };
std::string_view to_string(reset_reason);

// Immutable once shared; may be read from any thread.
struct frame {
  frame_kind kind = frame_kind::event;

  // What a connection needs to decide over an event; only set for kind event (`seq` also for skip: its last; the author
  // also for typing).
  domain::entity entity = domain::entity::company;
  std::uint64_t seq = 0;
  std::uint64_t authority = 0;
  author_kind by_kind = author_kind::system;
  domain::id by_id;  // nil for none
  std::string client;
  domain::id ended_employee;  // employee.deleted: whose membership ends here; else nil
  bool ends_company = false;  // company.deleted

  std::string_view chunk() const { return bytes; }                                                 // for HTTP/1.1
  std::string_view text() const { return std::string_view{bytes}.substr(text_begin, text_size); }  // for HTTP/1.0
  std::string_view data() const { return std::string_view{bytes}.substr(data_begin, data_size); }  // the JSON alone

  std::string bytes;
  std::uint32_t text_begin = 0, text_size = 0, data_begin = 0, data_size = 0;
};

using frame_ptr = std::shared_ptr<const frame>;

struct hello {
  std::string connection_id;
  domain::id company_id;
  std::optional<domain::id> employee_id;
  cursor from;  // the stream goes on after this one
  std::uint64_t head = 0;
  bool resumed = false;
  bool reset_follows = false;  // then the frame has no id
  std::chrono::milliseconds heartbeat{};
  std::chrono::milliseconds retry{};
  std::string node;
  timestamp server_time;
};

struct reset {
  reset_reason reason{};
  domain::id company_id;  // makes the `snapshot` path
  cursor head;
  std::chrono::milliseconds after{};
};

struct presence_change {
  domain::id employee_id;
  bool online = false;
};

struct typing {
  domain::id customer_id;
  author by;
};

frame_ptr encode_event(const change&);
// Several events in one buffer, as one chunk; `data` is empty.
frame_ptr join_events(std::span<const frame_ptr> events);
frame_ptr encode_hello(const hello&);
frame_ptr encode_reset(const reset&);
frame_ptr encode_skip(std::uint32_t epoch, std::uint64_t from, std::uint64_t to);
frame_ptr encode_heartbeat(cursor head, timestamp at);
frame_ptr encode_presence_full(const std::vector<domain::id>& online);  // the caller bounds it (500)
frame_ptr encode_presence_changes(const std::vector<presence_change>&);
frame_ptr encode_typing(const typing&);
// The same frame with other data and another id (none: empty), for a reader who may not see all of it.
frame_ptr encode_again(const frame&, const std::string& data, std::string id);
frame_ptr encode_goodbye(end_reason, std::chrono::milliseconds retry);

}  // namespace chatmesh::domain
