#pragma once

#include <stdexcept>

namespace chatmesh::config {

// A fault in the command line or the file; the text names the option and is fit to be shown.
struct config_error : std::runtime_error {
  using std::runtime_error::runtime_error;
};

}  // namespace chatmesh::config
