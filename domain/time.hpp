// Points in time as the protocol has them: UTC, milliseconds.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace chatmesh::domain {

using timestamp = std::chrono::sys_time<std::chrono::milliseconds>;

// The machine's wall clock. Code that needs the database's clock asks persistence for it.
timestamp now();

// RFC 3339, e.g. "2026-11-22T09:30:00.125Z".
std::string to_rfc3339(timestamp);

}  // namespace chatmesh::domain
