// Where the web files are when http.web-root does not say.
#pragma once

#include <string>

namespace chatmesh::app {

// Beside the prefix of an installed server, else in the source tree that the build folder belongs to. Empty: nowhere.
std::string find_web_root();

}  // namespace chatmesh::app
