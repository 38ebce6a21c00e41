// `--demo`: an example company for trying things out.
#pragma once

#include "persistence/readers.hpp"
#include "persistence/writer.hpp"

#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <string>

namespace chatmesh::app {

struct demo_options {
  std::string base_url;  // of the web files, without a slash at the end: the avatars' addresses begin with it
  std::size_t password_memory_kib;  // cost of the logins' argon2id hashes
  std::uint32_t password_passes;
};

// Fills a database that holds no company, through the writer's ordinary commands, and prints how to log in. Where there
// is a company already nothing is written; it says so, or repeats how to log in where that company is the demo's own.
// Blocks until everything is committed: for the main thread only. Throws std::runtime_error where a command is refused.
void fill_demo(persistence::writer&, persistence::readers&, const demo_options&, std::ostream& console);

}  // namespace chatmesh::app
