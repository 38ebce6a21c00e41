// The log on stderr, for people or as one JSON object a line.
#pragma once

#include "config/settings.hpp"

namespace chatmesh::app {

// Before any thread starts. Control characters of a message are escaped in both forms: no peer can forge a line.
void set_up_log(const config::process_settings&);

}  // namespace chatmesh::app
