// A certificate authority of a test's own, and certificates of it, made by openssl.
#pragma once

#include "tests/support/temporary_folder.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace chatmesh::test {

class certificates {
public:
  // Throws std::runtime_error where openssl fails.
  explicit certificates(const std::string& authority);

  // What a node with that name is started with: a certificate and a key of its own, and the authority.
  std::vector<std::string> options(const std::string& node) const;

  std::filesystem::path file(const std::string& name) const { return folder_.path() / name; }

private:
  temporary_folder folder_;
};

}  // namespace chatmesh::test
