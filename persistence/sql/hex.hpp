// Bytes as the database keeps them: lowercase hex.
#pragma once

#include <sodium.h>

#include <span>
#include <string>

namespace chatmesh::persistence {

inline std::string to_hex(std::span<const unsigned char> bytes) {
  std::string hex(bytes.size() * 2 + 1, '\0');  // with the terminator that libsodium writes
  sodium_bin2hex(hex.data(), hex.size(), bytes.data(), bytes.size());
  hex.pop_back();
  return hex;
}

}  // namespace chatmesh::persistence
