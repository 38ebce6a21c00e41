#include "domain/change.hpp"

#include "domain/json_writer.hpp"

#include <utility>

namespace chatmesh::domain {

namespace {

constexpr std::size_t envelope_size = 320;  // what surrounds the object, without the author's name

std::string type_of(const change& c) {
  return std::string{to_string(c.entity)}.append(".").append(to_string(c.action));
}

// Null for data that were pruned, and for such that are none any more.
json object_of(const std::string& data) {
  const json event = json::parse(data, nullptr, false);
  return event.is_object() ? event.value("object", json()) : json();
}

}  // namespace

void write(json_writer& out, const author& by) {
  out.begin_object();
  out.member("kind", to_string(by.kind));
  out.member("id", by.id);
  out.member("name", by.name);
  out.end_object();
}

void write(json_writer& out, const audit_entry& entry) {
  const change& c = entry.change;
  out.begin_object();
  out.member("seq", c.seq);
  out.member("at", c.at);
  out.member("type", type_of(c));
  out.member("entity", to_string(c.entity));
  out.member("action", to_string(c.action));
  out.member("object_id", c.object_id);
  out.member("by", c.by);
  out.member("before", entry.before ? object_of(*entry.before) : json());
  out.member("after", object_of(c.data));
  out.end_object();
}

std::string encode_change_data(const change& c, std::string_view object) {
  json_writer out{envelope_size + c.by.name.size() + object.size()};
  out.begin_object();
  out.member("seq", c.seq);
  out.member("type", type_of(c));
  out.member("entity", to_string(c.entity));
  out.member("action", to_string(c.action));
  out.member("company_id", c.company_id);
  out.member("at", c.at);
  out.member("by", c.by);
  out.key("object");
  out.raw(object);
  out.end_object();
  return std::move(out).take();
}

}  // namespace chatmesh::domain
