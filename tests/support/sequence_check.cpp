#include "tests/support/sequence_check.hpp"

#include "tests/support/http_client.hpp"
#include "tests/support/wait.hpp"

#include <set>

namespace chatmesh::test {

namespace {

void require(bool holds, const std::string& what, const sse_frame& frame) {
  if (!holds)
    throw format_error("event stream: " + what + " in frame " + frame.event + " (id " + frame.id.value_or("none") +
                       ") " + frame.data);
}

}  // namespace

std::string sequence_check::cursor() const {
  return epoch_.empty() ? std::string{} : epoch_ + "-" + std::to_string(position_);
}

void sequence_check::take(const sse_frame& frame) {
  require(!said_goodbye_, "something after goodbye", frame);
  if (frame.event == "goodbye") {
    require(!frame.id && frame.retry.has_value(), "an id or no retry", frame);
    require(frame.value().at("retry_ms").is_number_unsigned(), "no retry_ms", frame);
    said_goodbye_ = true;
    return;
  }
  if (widget_)
    return take_of_widget(frame);
  if (!greeted_)
    return take_hello(frame);
  if (reset_due_)
    require(frame.event == "reset", "no reset after a hello without id", frame);
  if (frame.event == "reset")
    take_reset(frame);
  else if (frame.event == "skip")
    take_skip(frame);
  else if (frame.event == "heartbeat" || frame.event == "presence" || frame.event == "typing")
    take_ephemeral(frame);
  else
    take_event(frame);
}

void sequence_check::take_of_widget(const sse_frame& frame) {
  static const std::set<std::string> known{"hello",           "reset",           "heartbeat",      "typing",
                                           "message.created", "message.updated", "message.deleted"};
  require(known.contains(frame.event), "not for a customer", frame);
  require(greeted_ == (frame.event != "hello"), "hello comes once, and first", frame);
  greeted_ = true;
  const auto value = frame.value();
  for (const auto* name : {"seq", "head", "epoch", "from", "to"})
    require(!value.contains(name), std::string{"a place in the company's sequence: "} + name, frame);
  if (frame.id)
    require(frame.id->size() > 40, "an open cursor", frame);
  if (frame.event == "hello" || frame.event == "reset")
    require(!frame.id || value.at("cursor") == *frame.id, "cursor is not the id", frame);
  else if (frame.event.starts_with("message."))
    require(frame.id.has_value(), "no id", frame);
  else
    require(!frame.id, "an id where none belongs", frame);
  resets_ += frame.event == "reset" ? 1 : 0;
}

void sequence_check::take_hello(const sse_frame& frame) {
  require(frame.event == "hello", "hello is not first", frame);
  require(frame.retry.has_value(), "no retry", frame);
  const auto hello = frame.value();
  for (const auto* name : {"connection_id", "company_id", "employee_id", "cursor", "head", "resumed", "heartbeat_ms",
                           "node", "server_time"})
    require(hello.contains(name), std::string{"no "} + name, frame);
  company_ = hello.at("company_id").get<std::string>();
  greeted_ = true;
  reset_due_ = !frame.id;
  if (frame.id) {
    require(hello.at("cursor") == *frame.id, "cursor is not the id", frame);
    epoch_ = epoch_of(*frame.id);
    position_ = seq_of(*frame.id);
  }
}

void sequence_check::take_reset(const sse_frame& frame) {
  static const std::set<std::string> reasons{"unknown_epoch", "expired", "ahead", "malformed"};
  const auto reset = frame.value();
  require(frame.id.has_value() && reset.at("cursor") == *frame.id, "cursor is not the id", frame);
  require(reasons.contains(reset.at("reason").get<std::string>()), "unknown reason", frame);
  require(reset.at("after_ms").is_number_unsigned() && reset.at("snapshot").is_string(), "no after_ms or snapshot",
          frame);
  epoch_ = epoch_of(*frame.id);
  position_ = seq_of(*frame.id);
  reset_due_ = false;
  ++resets_;
}

void sequence_check::move_to(const sse_frame& frame, std::uint64_t position) {
  require(frame.id == epoch_ + "-" + std::to_string(position), "id is not its cursor", frame);
  position_ = position;
}

void sequence_check::take_event(const sse_frame& frame) {
  const auto event = frame.value();
  require(event.at("type") == frame.event, "type is not the event's name", frame);
  require(frame.event == event.at("entity").get<std::string>() + "." + event.at("action").get<std::string>(),
          "type is not entity.action", frame);
  require(event.at("seq") == position_ + 1, "not seq " + std::to_string(position_ + 1), frame);
  require(event.at("company_id") == company_, "another company's event", frame);
  require(event.at("by").contains("kind") && event.at("at").is_string() && event.at("object").is_object(),
          "a part missing", frame);
  move_to(frame, position_ + 1);
}

void sequence_check::take_skip(const sse_frame& frame) {
  const auto skip = frame.value();
  require(skip.at("from") == position_ + 1, "skip not from " + std::to_string(position_ + 1), frame);
  require(skip.at("to") > position_, "an empty skip", frame);
  move_to(frame, skip.at("to").get<std::uint64_t>());
}

void sequence_check::take_ephemeral(const sse_frame& frame) {
  require(!frame.id && !frame.retry, "an id or retry where none belongs", frame);
  const auto value = frame.value();
  if (frame.event == "heartbeat") {
    require(value.at("epoch") == epoch_ && value.at("head") >= position_ && value.at("at").is_string(), "a wrong part",
            frame);
  } else if (frame.event == "presence") {
    const bool full = value.value("full", false);
    require(full == presence_due_, "the full presence comes once, and first", frame);
    require(value.contains(full ? "online" : "changes"), "a part missing", frame);
    presence_due_ = false;
  }
}

}  // namespace chatmesh::test
