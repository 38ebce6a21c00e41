// Whole SQLite files: copied while they are written to, checked, and folded into one.
#pragma once

#include <string>

namespace chatmesh::persistence::sqlite {

// By SQLite's online backup, as of one moment; whoever writes to `from` meanwhile is not held up. `to` is an empty file
// and becomes one without journal files. Throws database_error.
void copy(const std::string& from, const std::string& to);

// Throws database_error for a file that is damaged, or no database.
void check(const std::string& file);

// Leaves no write-ahead log beside the file, which nobody else has open. Throws database_error.
void fold(const std::string& file);

}  // namespace chatmesh::persistence::sqlite
