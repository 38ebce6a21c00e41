#include "domain/change.hpp"

#include "domain/codec.hpp"

namespace chatmesh::domain {

namespace {

constexpr std::size_t envelope_size = 320;  // what surrounds the object, without the author's name

std::string author_json(const author& by) {
  json out;
  out["kind"] = to_string(by.kind);
  out["id"] = by.id ? json(by.id->to_string()) : json();
  out["name"] = by.name;
  return dump(out);
}

}  // namespace

std::string encode_change_data(const change& c, std::string_view object) {
  const std::string_view kind = to_string(c.entity);
  const std::string_view done = to_string(c.action);
  std::string out;
  out.reserve(envelope_size + c.by.name.size() + object.size());
  const auto member = [&out](std::string_view name, std::string_view text) {
    out.append(",\"").append(name).append("\":\"").append(text).append("\"");
  };
  out.append("{\"seq\":").append(std::to_string(c.seq));
  member("type", std::string{kind}.append(".").append(done));
  member("entity", kind);
  member("action", done);
  member("company_id", c.company_id.to_string());
  member("at", to_rfc3339(c.at));
  out.append(",\"by\":").append(author_json(c.by)).append(",\"object\":").append(object).append("}");
  return out;
}

}  // namespace chatmesh::domain
