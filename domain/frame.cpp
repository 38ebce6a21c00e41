#include "domain/frame.hpp"

#include "domain/json_writer.hpp"

#include <charconv>

namespace chatmesh::domain {

namespace {

constexpr std::string_view end_reason_names[] = {"draining",      "overloaded",      "too_many_streams",
                                                 "session_ended", "session_expired", "membership_ended",
                                                 "token_revoked", "company_deleted"};
constexpr std::string_view reset_reason_names[] = {"unknown_epoch", "expired", "ahead", "malformed"};
constexpr std::string_view crlf = "\r\n";
constexpr std::size_t hello_size = 400;  // enough for all of it but the node's name
constexpr std::size_t small_size = 256;  // for a frame's few members

// The lines of one event stream message, in the order in which they are sent; empty ones are left out.
struct lines {
  std::string_view event;
  std::string_view data;  // JSON, so without a line break
  std::string id = {};
  std::optional<std::chrono::milliseconds> retry = {};
};

std::string hex(std::size_t size) {
  char text[2 * sizeof size];
  const auto end = std::to_chars(std::begin(text), std::end(text), size, 16).ptr;
  return {text, end};
}

// Writes the message and its chunk framing into `f`, in one allocation.
void write(frame& f, const lines& l) {
  std::string head;
  if (l.retry)
    head.append("retry: ").append(std::to_string(l.retry->count())).append("\n");
  if (!l.id.empty())
    head.append("id: ").append(l.id).append("\n");
  head.append("event: ").append(l.event).append("\ndata: ");
  constexpr std::string_view tail = "\n\n";
  const std::size_t text_size = head.size() + l.data.size() + tail.size();
  const std::string chunk_size = hex(text_size);

  f.text_begin = static_cast<std::uint32_t>(chunk_size.size() + crlf.size());
  f.text_size = static_cast<std::uint32_t>(text_size);
  f.data_begin = f.text_begin + static_cast<std::uint32_t>(head.size());
  f.data_size = static_cast<std::uint32_t>(l.data.size());
  f.bytes.reserve(f.text_begin + text_size + crlf.size());
  f.bytes.append(chunk_size).append(crlf).append(head).append(l.data).append(tail).append(crlf);
}

frame_ptr plain_frame(frame_kind kind, const lines& l) {
  auto f = std::make_shared<frame>();
  f->kind = kind;
  write(*f, l);
  return f;
}

std::uint64_t number(std::chrono::milliseconds x) {
  return static_cast<std::uint64_t>(x.count());
}

}  // namespace

std::string_view to_string(end_reason x) {
  return end_reason_names[static_cast<std::size_t>(x)];
}

std::string_view to_string(reset_reason x) {
  return reset_reason_names[static_cast<std::size_t>(x)];
}

frame_ptr encode_event(const change& c) {
  auto f = std::make_shared<frame>();
  f->kind = frame_kind::event;
  f->entity = c.entity;
  f->seq = c.seq;
  f->authority = c.authority;
  f->by_kind = c.by.kind;
  f->by_id = c.by.id.value_or(id{});
  f->client = c.by.client;
  if (c.action == action::deleted && c.entity == entity::employee)
    f->ended_employee = c.object_id;
  f->ends_company = c.action == action::deleted && c.entity == entity::company;
  const std::string type = std::string{to_string(c.entity)}.append(".").append(to_string(c.action));
  write(*f, {.event = type, .data = c.data, .id = to_string(cursor{c.epoch, c.seq})});
  return f;
}

frame_ptr join_events(std::span<const frame_ptr> events) {
  auto f = std::make_shared<frame>();
  f->seq = events.back()->seq;
  std::size_t text_size = 0;
  for (const auto& event : events)
    text_size += event->text_size;
  const auto chunk_size = hex(text_size);
  f->text_begin = static_cast<std::uint32_t>(chunk_size.size() + crlf.size());
  f->text_size = static_cast<std::uint32_t>(text_size);
  f->bytes.reserve(f->text_begin + text_size + crlf.size());
  f->bytes.append(chunk_size).append(crlf);
  for (const auto& event : events)
    f->bytes.append(event->text());
  f->bytes.append(crlf);
  return f;
}

frame_ptr encode_hello(const hello& h) {
  const std::string from = to_string(h.from);
  json_writer out{hello_size + h.node.size()};
  out.begin_object();
  out.member("connection_id", h.connection_id);
  out.member("company_id", h.company_id);
  out.member("employee_id", h.employee_id);
  out.member("cursor", from);
  out.member("head", h.head);
  out.member("resumed", h.resumed);
  out.member("heartbeat_ms", number(h.heartbeat));
  out.member("node", h.node);
  out.member("server_time", h.server_time);
  out.end_object();
  return plain_frame(frame_kind::hello, {.event = "hello",
                                         .data = std::move(out).take(),
                                         .id = h.reset_follows ? std::string{} : from,
                                         .retry = h.retry});
}

frame_ptr encode_reset(const reset& r) {
  json_writer out{small_size};
  out.begin_object();
  out.member("reason", to_string(r.reason));
  out.member("cursor", to_string(r.head));
  out.member("snapshot", "/api/v1/companies/" + r.company_id.to_string() + "/snapshot");
  out.member("after_ms", number(r.after));
  out.end_object();
  return plain_frame(frame_kind::reset, {.event = "reset", .data = std::move(out).take(), .id = to_string(r.head)});
}

frame_ptr encode_skip(std::uint32_t epoch, std::uint64_t from, std::uint64_t to) {
  json_writer out{small_size};
  out.begin_object();
  out.member("from", from);
  out.member("to", to);
  out.end_object();
  auto f = std::make_shared<frame>();
  f->kind = frame_kind::skip;
  f->seq = to;
  write(*f, {.event = "skip", .data = std::move(out).take(), .id = to_string(cursor{epoch, to})});
  return f;
}

frame_ptr encode_heartbeat(cursor head, timestamp at) {
  json_writer out{small_size};
  out.begin_object();
  out.member("head", head.seq);
  out.member("epoch", epoch_text(head.epoch));
  out.member("at", at);
  out.end_object();
  return plain_frame(frame_kind::heartbeat, {.event = "heartbeat", .data = std::move(out).take()});
}

frame_ptr encode_presence_full(const std::vector<id>& online) {
  json_writer out;
  out.begin_object();
  out.member("full", true);
  out.member("online", online);
  out.end_object();
  return plain_frame(frame_kind::presence, {.event = "presence", .data = std::move(out).take()});
}

static void write(json_writer& out, const presence_change& c) {
  out.begin_object();
  out.member("employee_id", c.employee_id);
  out.member("online", c.online);
  out.end_object();
}

frame_ptr encode_presence_changes(const std::vector<presence_change>& changes) {
  json_writer out;
  out.begin_object();
  out.member("changes", changes);
  out.end_object();
  return plain_frame(frame_kind::presence, {.event = "presence", .data = std::move(out).take()});
}

frame_ptr encode_typing(const typing& t) {
  json_writer out{small_size};
  out.begin_object();
  out.member("customer_id", t.customer_id);
  out.member("by", t.by);
  out.end_object();
  auto f = std::make_shared<frame>();
  f->kind = frame_kind::typing;
  f->by_kind = t.by.kind;
  f->by_id = t.by.id.value_or(id{});
  f->client = t.by.client;
  write(*f, {.event = "typing", .data = std::move(out).take()});
  return f;
}

frame_ptr encode_goodbye(end_reason reason, std::chrono::milliseconds retry) {
  json_writer out{small_size};
  out.begin_object();
  out.member("reason", to_string(reason));
  out.member("retry_ms", number(retry));
  out.end_object();
  return plain_frame(frame_kind::goodbye, {.event = "goodbye", .data = std::move(out).take(), .retry = retry});
}

frame_ptr encode_again(const frame& f, const std::string& data, std::string id) {
  lines l{.event = {}, .data = data, .id = std::move(id)};
  for (std::string_view rest = f.text(); !rest.empty();) {
    const auto line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(line.size() + 1);
    if (line.starts_with("event: "))
      l.event = line.substr(7);
    if (line.starts_with("retry: "))
      l.retry = std::chrono::milliseconds{std::stoll(std::string{line.substr(7)})};
    if (line.starts_with("data: "))
      break;
  }
  return plain_frame(f.kind, l);
}

}  // namespace chatmesh::domain
