// Writes one JSON object in one line, members in the order in which they were added.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace chatmesh::bench {

class json_line {
public:
  /// `text` holds nothing that needs escaping but quotes and backslashes.
  void add(std::string_view name, std::string_view text);
  void add(std::string_view name, const char* text) { add(name, std::string_view{text}); }
  void add(std::string_view name, std::uint64_t);
  /// Six significant digits.
  void add(std::string_view name, double);
  void add_flag(std::string_view name, bool);

  std::string text() const { return "{" + members_ + "}"; }

private:
  void begin(std::string_view name);
  std::string members_;
};

}  // namespace chatmesh::bench
