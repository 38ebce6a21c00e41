#include "domain/change.hpp"

#include "domain/codec.hpp"

namespace chatmesh::domain {

namespace {

constexpr std::size_t envelope_size = 320;  // what surrounds the object, without the author's name

json author_json(const author& by) {
  json out;
  out["kind"] = to_string(by.kind);
  out["id"] = by.id ? json(by.id->to_string()) : json();
  out["name"] = by.name;
  return out;
}

std::string type_of(const change& c) {
  return std::string{to_string(c.entity)}.append(".").append(to_string(c.action));
}

// Null for data that were pruned, and for such that are none any more.
json object_of(const std::string& data) {
  const json event = json::parse(data, nullptr, false);
  return event.is_object() ? event.value("object", json()) : json();
}

}  // namespace

json to_json(const audit_entry& entry) {
  const change& c = entry.change;
  json out;
  out["seq"] = c.seq;
  out["at"] = to_rfc3339(c.at);
  out["type"] = type_of(c);
  out["entity"] = to_string(c.entity);
  out["action"] = to_string(c.action);
  out["object_id"] = c.object_id.to_string();
  out["by"] = author_json(c.by);
  out["before"] = entry.before ? object_of(*entry.before) : json();
  out["after"] = object_of(c.data);
  return out;
}

std::string encode_change_data(const change& c, std::string_view object) {
  std::string out;
  out.reserve(envelope_size + c.by.name.size() + object.size());
  const auto member = [&out](std::string_view name, std::string_view text) {
    out.append(",\"").append(name).append("\":\"").append(text).append("\"");
  };
  out.append("{\"seq\":").append(std::to_string(c.seq));
  member("type", type_of(c));
  member("entity", to_string(c.entity));
  member("action", to_string(c.action));
  member("company_id", c.company_id.to_string());
  member("at", to_rfc3339(c.at));
  out.append(",\"by\":").append(dump(author_json(c.by))).append(",\"object\":").append(object).append("}");
  return out;
}

}  // namespace chatmesh::domain
