#include "domain/etag.hpp"

namespace chatmesh::domain {

namespace {

std::string in_quotes(const std::string& text) {
  return std::string{"\""}.append(text).append("\"");
}

std::string tag(const record& of) {
  return in_quotes(std::to_string(of.version));
}

std::string tag(const record& of, const record& embedded) {
  return in_quotes(std::to_string(of.version).append(".").append(std::to_string(embedded.version)));
}

}  // namespace

std::string etag(const company& of) {
  return tag(of);
}

std::string etag(const employee& of) {
  return tag(of);
}

std::string etag(const customer& of) {
  return of.assigned_employee ? tag(of, *of.assigned_employee) : tag(of);
}

std::string etag(const note& of) {
  return tag(of, of.author);
}

std::string etag(const message& of) {
  return tag(of);
}

std::string etag(const read_mark& of) {
  return tag(of);
}

}  // namespace chatmesh::domain
