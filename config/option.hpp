// One row per setting: its name, what it means, how its text is read and written. Nothing else knows the names.
#pragma once

#include "config/settings.hpp"

#include <functional>
#include <span>
#include <string>
#include <string_view>

namespace chatmesh::config {

struct option {
  std::string_view group;                                // "http"
  std::string_view name;                                 // "port"
  std::string_view help;                                 // one line
  std::function<void(settings&, std::string_view)> set;  // throws bad_value
  std::function<std::string(const settings&)> get;       // text that set() reads back to the same value
  bool quoted = true;                                    // the file form: text in quotes, or a bare number

  std::string full_name() const { return std::string{group} + "." + std::string{name}; }
};

// All of them, group by group, in the order of chatmesh.conf.
std::span<const option> options();

// None for a name ("http.port") that is no setting.
const option* find_option(std::string_view full_name);

}  // namespace chatmesh::config
