// Lists as JSON text in a column.
#pragma once

#include "domain/codec.hpp"

#include <string>
#include <vector>

namespace chatmesh::persistence {

inline std::string json_from_texts(const std::vector<std::string>& texts) {
  return domain::dump(domain::json(texts));
}

inline std::vector<std::string> texts_from_json(const std::string& text) {
  return domain::json::parse(text).get<std::vector<std::string>>();
}

}  // namespace chatmesh::persistence
