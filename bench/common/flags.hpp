// Command line flags: --name=value, --name value, and --name for a switch.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace chatmesh::bench {

class flags {
public:
  /// Throws std::invalid_argument for anything that is not a flag.
  flags(int argc, char** argv);

  std::string text(std::string_view name, std::string_view otherwise);
  /// Throws std::invalid_argument where the value is no number.
  double number(std::string_view name, double otherwise);
  std::uint64_t count(std::string_view name, std::uint64_t otherwise);
  bool on(std::string_view name);
  /// Parts of a value at its commas; empty where the flag is missing.
  std::vector<std::string> list(std::string_view name);

  /// Throws std::invalid_argument for a flag that nothing asked for: a misspelt one must not pass as a default.
  void reject_unknown() const;

private:
  struct value {
    std::string text;
    bool asked = false;
  };
  const std::string* find(std::string_view name);
  std::map<std::string, value, std::less<>> values_;
};

}  // namespace chatmesh::bench
