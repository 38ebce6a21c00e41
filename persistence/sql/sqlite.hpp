// Everything that is particular to SQLite: opening, PRAGMAs, the clock, result codes, the write-ahead log.
// The SQL of stores and commands stays within what SQLite and PostgreSQL share.
#pragma once

#include "domain/time.hpp"
#include "persistence/settings.hpp"

#include <soci/soci.h>

#include <cstdint>
#include <exception>
#include <string>
#include <string_view>

namespace chatmesh::persistence::sqlite {

inline constexpr std::string_view begin_write = "BEGIN IMMEDIATE";  // takes the write lock now, not at the first write
inline constexpr std::string_view begin_read = "BEGIN";
// Milliseconds since 1970 on the database's clock.
inline constexpr std::string_view clock = "CAST(ROUND((julianday('now') - 2440587.5) * 86400000.0) AS INTEGER)";

// Creates folder and file where missing, the file readable by its owner alone. Throws database_error.
void create_file(const settings&);

// Opens a session and sets its PRAGMAs. Throws database_error.
void open(soci::session&, const settings&);

// What the file holds already.
bool has_tables(soci::session&);
bool has_table(soci::session&, const std::string& name);

// Ends a statement that may have rows left, so that it holds no read lock.
void reset(soci::statement&) noexcept;

// What an operator may read of an error: the result code and its meaning, never a parameter's value.
std::string describe(const std::exception&);

// The statement was refused by a constraint; the transaction around it is whole.
bool harms_only_its_statement(const std::exception&);

// Rows that the session has changed so far.
std::uint64_t changes(soci::session&);

// From here on, `bytes` is what the write-ahead log holds after each commit of this session. `bytes` outlives it.
void watch_wal(soci::session&, std::uint64_t& bytes);

// Copies the write-ahead log into the database, so that the next commit begins it anew; its file keeps its size. Waits
// for readers at most checkpoint_wait; false: a reader held it up and the log goes on.
bool checkpoint(soci::session&, const settings&);

}  // namespace chatmesh::persistence::sqlite
