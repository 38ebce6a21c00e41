// Lists as JSON text in a column.
#pragma once

#include "domain/codec.hpp"

#include <string>
#include <utility>
#include <vector>

namespace chatmesh::persistence {

inline std::string json_from_texts(const std::vector<std::string>& texts) {
  domain::json_writer out;
  out.value(texts);
  return std::move(out).take();
}

inline std::vector<std::string> texts_from_json(const std::string& text) {
  return domain::json::parse(text).get<std::vector<std::string>>();
}

}  // namespace chatmesh::persistence
