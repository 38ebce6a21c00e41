// Copies of the database and their return (docs/operations.md). All of it is SQLite's; PostgreSQL has its own tools,
// and needs new epochs alone.
#pragma once

#include "persistence/settings.hpp"

#include <cstdint>
#include <string>

namespace chatmesh::persistence {

// Copies the database as it is at one moment, while a server may write to it, to a file of its own that only its owner
// reads; checked and on disk before it has its name. Throws database_error, for a file that is there already unless
// `replace`, too; then nothing is left behind.
void backup(const settings&, const std::string& file, bool replace);

// Makes a backup the database: checked, brought to this program's schema, with a new epoch for every company. Takes its
// place at once and whole. Throws database_error: where a server has the database open; where there is one already,
// unless `replace`; where `file` is no whole database of ChatMesh. Then what was there is as it was.
void restore(const settings&, const std::string& file, bool replace);

// Gives every company a new epoch, so that no cursor of before is honoured. Answers how many there are. Throws
// database_error.
std::uint64_t renew_epochs(const settings&);

}  // namespace chatmesh::persistence
