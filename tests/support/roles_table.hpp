// docs/roles.md as a test reads it.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace chatmesh::test {

struct role_row {
  std::string method;
  std::string pattern;                 // relative to /api/v1: "/companies/{c}/notes/{id}"
  std::string of;                      // whose object, or which; empty where there is only one
  std::map<std::string, int> answers;  // by who asks; without those for whom there is no such thing
};

// Every row of every table of routes, in the page's order. Throws std::runtime_error for a page that can't be read.
std::vector<role_row> read_roles_page();

}  // namespace chatmesh::test
