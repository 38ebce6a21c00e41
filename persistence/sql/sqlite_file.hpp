// A look at SQLite's file before anything touches it.
#pragma once

#include <chrono>
#include <string>

namespace chatmesh::persistence::sqlite {

// Refuses, by database_error, what is no database of ours, or a damaged one, or a write-ahead log whose file is gone;
// and leaves every byte as it was, so that what can be saved from it still can. A file that is not there yet is fine.
// The whole file is looked through for damage, but for no longer than `limit`; zero: not at all.
void check_file(const std::string& path, std::chrono::milliseconds limit);

}  // namespace chatmesh::persistence::sqlite
