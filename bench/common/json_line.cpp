#include "bench/common/json_line.hpp"

#include <array>
#include <cmath>
#include <cstdio>

namespace chatmesh::bench {

void json_line::begin(std::string_view name) {
  if (!members_.empty())
    members_ += ',';
  members_.append("\"").append(name).append("\":");
}

void json_line::add(std::string_view name, std::string_view text) {
  begin(name);
  members_ += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\')
      members_ += '\\';
    members_ += c;
  }
  members_ += '"';
}

void json_line::add(std::string_view name, std::uint64_t value) {
  begin(name);
  members_ += std::to_string(value);
}

void json_line::add(std::string_view name, double value) {
  begin(name);
  std::array<char, 32> text{};
  const auto size = std::snprintf(text.data(), text.size(), "%.6g", std::isfinite(value) ? value : 0.0);
  members_.append(text.data(), static_cast<std::size_t>(size));
}

void json_line::add_flag(std::string_view name, bool value) {
  begin(name);
  members_ += value ? "true" : "false";
}

}  // namespace chatmesh::bench
